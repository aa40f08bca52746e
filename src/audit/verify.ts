import { open } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { type Checked, checkChain } from './check.ts';
import { authorOf, type Head } from './head.ts';
import type { Signer } from './keys.ts';
import type { Line } from './line.ts';
import { endOfLines, linesOf } from './read-lines.ts';

/** What an audit is held against. */
export interface Evidence {
  /** Number that the first line should have; 1 for a whole audit. */
  readonly from?: number;
  /** What the chat said that its end was. */
  readonly head?: Head;
  /** The public key that heads must be signed with; absent: the one that the file itself names. */
  readonly publicKey?: string;
  /** Checks short signatures. */
  readonly signer?: Signer;
}

export interface Report extends Checked {
  /** A sentence on the first thing that is wrong; absent when all is sound. */
  readonly problem?: string;
  /** What could not be told. */
  readonly notes: readonly string[];
}

/** Real milliseconds, and how often, that a line which is just being written is waited for. */
const PAUSE_MS = 200;
const PAUSES = 10;

/**
 * Holds the file of an audit, or a piece of it, against what it should be. Reads only, also while a bot writes it.
 * @param seen is given each sound line, and where it ends in the file, in bytes.
 */
export async function verifyAudit(
  path: string,
  { from = 1, head, publicKey, signer }: Evidence,
  seen: (line: Line, end: number) => void = () => {},
): Promise<Report> {
  const { end, whole } = await settledEnd(path);
  let at = 0;
  const named: string[] = [];
  let headed: { readonly line: Line; readonly key: string | undefined } | undefined;
  const lines = async function* () {
    for await (const bytes of linesOf(path, { end })) {
      at += bytes.length + 1;
      yield bytes;
    }
  };
  const checked = await checkChain(lines(), from, (line) => {
    if (line.key !== undefined) named.push(line.key);
    if (line.seq === head?.seq) headed = { line, key: named.at(-1) };
    seen(line, at);
  });
  const notes: string[] = [];
  const wrong =
    checked.fault?.say ??
    (whole ? undefined : `Line ${checked.lines + 1} is cut short: the file ends within it.`) ??
    (checked.lines === 0 ? 'The file has no lines: an audit has one at least.' : undefined) ??
    sayForeignKey(publicKey ?? signer?.publicKey, named) ??
    (head && sayHeadFault(head, checked, headed, publicKey, signer, notes));
  return { ...checked, notes, ...(wrong !== undefined && { problem: wrong }) };
}

/** A chain names the keys that its heads are signed with, in its first line and where a new one was made. */
function sayForeignKey(expected: string | undefined, named: readonly string[]): string | undefined {
  if (expected === undefined || named.length === 0 || named.includes(expected)) return undefined;
  return `The file says that its heads are signed with the key ${named.at(-1)}, but the key is ${expected}: it is the audit of somebody else, or was made anew.`;
}

function sayHeadFault(
  head: Head,
  { first, last }: Checked,
  headed: { readonly line: Line; readonly key: string | undefined } | undefined,
  publicKey: string | undefined,
  signer: Signer | undefined,
  notes: string[],
): string | undefined {
  if (last && head.seq > last.seq) {
    const gone = head.seq - last.seq;
    return `The end was cut off: the head is of line ${head.seq}, and the file ends with ${last.seq}. ${gone === 1 ? 'One line is' : `${gone} lines are`} missing.`;
  }
  if (!headed)
    return `The head is of line ${head.seq}, and the file begins with ${first?.seq}: it is no head of this piece.`;
  const { line, key = signer?.publicKey } = headed;
  if (!line.hash.startsWith(head.hash)) {
    return `The file was written anew: its line ${head.seq} is not the one that the head was made of.`;
  }
  const by = publicKey ?? key;
  if (by === undefined) {
    notes.push('The signature of the head was not checked: give the public key with --key.');
    return undefined;
  }
  switch (authorOf(head, line, { publicKey: by, ...(signer && { signer }) })) {
    case 'signed':
      if (publicKey === undefined && signer === undefined)
        notes.push(`The signature was checked with the key that the file itself names, ${by}: compare it.`);
      return undefined;
    case 'foreign':
      return `The head has a foreign signature: it was not made with the key ${by}.`;
    case 'unknown':
      notes.push(
        'The line is the one that the head was made of. Its short signature can only be checked where the bot runs; /audit gives a head in full.',
      );
      return undefined;
  }
}

/** Where the last whole line ends, and whether the file ends there. What a bot is writing is waited for. */
export async function settledEnd(path: string): Promise<{ readonly end: number; readonly whole: boolean }> {
  const file = await open(path, 'r');
  try {
    for (let tries = 0; ; tries++) {
      const { size } = await file.stat();
      const end = await endOfLines(file, size);
      if (end === size || tries === PAUSES) return { end, whole: end === size };
      await pause(PAUSE_MS);
    }
  } finally {
    await file.close();
  }
}
