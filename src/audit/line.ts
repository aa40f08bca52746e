import { createHash } from 'node:crypto';

/** One thing that happened, as the audit tells it. */
export interface Entry {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The type of the fact, such as `voted`, `refused`, `frozen`. */
  readonly act: string;
  readonly rollout?: string;
  /** Which record other than a rollout's journal has the fact: `team`, `guard` and so on. */
  readonly record?: string;
  /** The number of the fact in the journal or record that has it, counted from 1. */
  readonly revision?: number;
  /** Absent where Sluice did it by itself. */
  readonly by?: { readonly id: number; readonly name: string };
  /** Telegram's number of the update that brought it; absent where none did, such as for a pipeline's order. */
  readonly update?: number;
  /** Of the evidence that a question was put with. */
  readonly digest?: string;
  /** What it was about, for people. */
  readonly words?: string;
  /** SHA-256 of the fact as the journal or record has it, in hexadecimal digits. */
  readonly fact?: string;
  /** The public key that heads are signed with; in the first line only. */
  readonly key?: string;
}

/** An entry with its place in the chain. `hash` is over all that stands before it, `prev` included. */
export interface Line extends Entry {
  readonly seq: number;
  readonly prev: string;
  readonly hash: string;
}

/** The end of a chain: number and hash of its last line. */
export interface End {
  readonly seq: number;
  readonly hash: string;
}

/** Where a chain begins: its first line has number 1 and this hash as `prev`. */
export const BEGINNING: End = { seq: 0, hash: '0'.repeat(64) };

/** `,"hash":"…"}`: what a line has after the bytes that are hashed. */
const TAIL = /^,"hash":"([0-9a-f]{64})"\}$/;
const TAIL_BYTES = 75;
const CLOSING = Buffer.from('}');

/** The entry as a line of JSON, without its line end, and the end of the chain that it makes. */
export function seal(entry: Entry, after: End): { readonly text: string; readonly end: End } {
  const seq = after.seq + 1;
  const body = JSON.stringify({ seq, ...entry, prev: after.hash });
  const hash = sha256(body);
  return { text: `${body.slice(0, -1)},"hash":"${hash}"}`, end: { seq, hash } };
}

/**
 * Reads a line that {@link seal} made. Undefined when a single byte of it is not as it was made.
 * @param bytes without the line end.
 */
export function unseal(bytes: Buffer): Line | undefined {
  const at = bytes.length - TAIL_BYTES;
  const [, hash] = at > 0 ? (TAIL.exec(bytes.toString('latin1', at)) ?? []) : [];
  if (hash === undefined || sha256(bytes.subarray(0, at), CLOSING) !== hash) return undefined;
  return JSON.parse(bytes.toString('utf8')) as Line;
}

/** A time as it ends the name of a file that is put aside: 20261122140509. */
export function stamp(at: number): string {
  return new Date(at).toISOString().replace(/\D/g, '').slice(0, 14);
}

/** In hexadecimal digits. */
export function sha256(...parts: (string | Uint8Array)[]): string {
  const sum = createHash('sha256');
  for (const part of parts) sum.update(part);
  return sum.digest('hex');
}
