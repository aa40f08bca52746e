import { isSignedBy, type Signer } from './keys.ts';
import type { End } from './line.ts';

/** Hexadecimal digits of the hash in a short head: 80 bits, more than anybody can find a second line for. */
const SHORT_HASH = 20;
/** Characters of the signature in a short head: 96 bits. */
const SHORT_TAG = 16;
const WHOLE_HASH = 64;
const WHOLE_TAG = 86;

/** A head as somebody pasted it: the end that a chain had once. Hash and tag are whole, or the first part of it. */
export interface Head extends End {
  readonly tag: string;
}

/** `NUMBER·HASH·SIGNATURE`, short enough for a line of the card. */
export function sayHead({ seq, hash }: End, signer: Signer): string {
  return `${seq}·${hash.slice(0, SHORT_HASH)}·${signatureOf({ seq, hash }, signer).slice(0, SHORT_TAG)}`;
}

/** The same in full, so that the public key alone is enough to check it. */
export function sayWholeHead(end: End, signer: Signer): string {
  return `${end.seq}·${end.hash}·${signatureOf(end, signer)}`;
}

/** Reads what {@link sayHead} or {@link sayWholeHead} said, with or without "Audit" before it. @throws Error with a sentence */
export function parseHead(text: string): Head {
  const [, seq, hash, tag] =
    /^\s*(?:audit\s+)?(\d{1,15})[·.:]([0-9a-f]{20,64})[·.:]([\w-]{16,86})\s*$/i.exec(text) ?? [];
  const whole = hash?.length === WHOLE_HASH && tag?.length === WHOLE_TAG;
  const short = hash?.length === SHORT_HASH && tag?.length === SHORT_TAG;
  if (seq === undefined || hash === undefined || tag === undefined || !(whole || short)) {
    throw new Error(
      `A head should look like 1234·9f3a77c2d41ba0605e3c·kJ8sQ2mN0bVx7LpA, as the card or /audit shows it, not '${text.slice(0, 200)}'.`,
    );
  }
  return { seq: Number(seq), hash: hash.toLowerCase(), tag };
}

/** What a signature says of a head. */
export type Authorship =
  | 'signed'
  | 'foreign'
  /** A short tag is checked with the private key only, and that is not here. */
  | 'unknown';

/**
 * Whether a head is of whoever has the key.
 * @param end the line of the chain that the head is of: its hash is whole.
 */
export function authorOf(head: Head, end: End, keys: { publicKey: string; signer?: Signer }): Authorship {
  const text = signedText(end);
  if (head.tag.length === WHOLE_TAG) return isSignedBy(keys.publicKey, text, head.tag) ? 'signed' : 'foreign';
  const { signer } = keys;
  if (signer?.publicKey !== keys.publicKey) return 'unknown';
  return signer.sign(text).startsWith(head.tag) ? 'signed' : 'foreign';
}

function signatureOf(end: End, signer: Signer): string {
  return signer.sign(signedText(end));
}

function signedText({ seq, hash }: End): string {
  return `sluice audit head\n${seq}\n${hash}`;
}
