import { dirname, join } from 'node:path';
import { AUDIT_FILE } from '../audit/audit.ts';
import { collect, compareJournals, type Told } from '../audit/compare.ts';
import { parseHead, sayWholeHead } from '../audit/head.ts';
import { readSigner } from '../audit/keys.ts';
import { type Line, unseal } from '../audit/line.ts';
import { linesOf } from '../audit/read-lines.ts';
import { settledEnd, verifyAudit } from '../audit/verify.ts';
import { readConfig } from '../config.ts';

export interface VerifyOptions {
  readonly head?: string;
  readonly key?: string;
  readonly from?: string;
}

/**
 * Looks whether an audit is as it was written. Ends with 1 and a sentence on the first thing that is not.
 * @param named a file from the chat; absent: that of the data folder, whose journals are held against it as well.
 */
export async function verify(named: string | undefined, options: VerifyOptions): Promise<void> {
  const head = options.head === undefined ? undefined : parseHead(options.head);
  const from = options.from === undefined ? 1 : parseNumber(options.from);
  const path = named ?? (await ownAudit());
  const signer = await readSigner(dirname(path));
  const told: Told = new Map();
  const report = await verifyAudit(
    path,
    {
      from,
      ...(head && { head }),
      ...(options.key && { publicKey: options.key }),
      ...(signer && { signer }),
    },
    (line) => collect(told, line),
  ).catch(sayUnreadable(path));
  if (report.problem !== undefined) throw new Error(`${path}: ${report.problem}`);

  const { first, last, lines, notes } = report;
  if (!first || !last) return;
  say(`Sound: lines ${first.seq} to ${last.seq} (${lines}), ${time(first.at)} to ${time(last.at)}.`);
  if (signer) say(`Head: ${sayWholeHead(last, signer)}`);
  if (named === undefined) say(await compare(told, dirname(path)));
  if (!head)
    say('That no lines were cut off its end takes a head from the chat: --head NUMBER·HASH·SIGNATURE.');
  for (const note of notes) say(note);
}

async function compare(told: Told, folder: string): Promise<string> {
  const { openFileStore } = await import('../store/file-store.ts');
  const store = openFileStore(folder);
  const { problem, compared, gone, untold } = await compareJournals(told, (rollout) => store.read(rollout));
  if (problem !== undefined) throw new Error(problem);
  const others = [
    ...(gone > 0 ? [`taken away since: ${gone}`] : []),
    ...(untold > 0 ? [`events that the audit does not have, or not yet: ${untold}`] : []),
  ];
  return `Journals that are what the audit says: ${[compared, ...others].join('; ')}.`;
}

/** Prints an audit for people, a line for each. */
export async function show(
  named: string | undefined,
  { rollout }: { readonly rollout?: string },
): Promise<void> {
  const path = named ?? (await ownAudit());
  try {
    const { end } = await settledEnd(path);
    for await (const bytes of linesOf(path, { end })) {
      const line = unseal(bytes);
      if (!line) throw new Error(`A line was changed or is cut short: 'sluice audit verify' says which.`);
      if (rollout === undefined || line.rollout === rollout) say(readable(line));
    }
  } catch (error) {
    sayUnreadable(path)(error as Error);
  }
}

/** Prints the public key that heads are signed with. */
export async function key(): Promise<void> {
  const folder = dirname(await ownAudit());
  const signer = await readSigner(folder);
  if (!signer) throw new Error(`${folder} has no key yet: the bot makes it at its first start.`);
  say(signer.publicKey);
}

async function ownAudit(): Promise<string> {
  return join(readConfig(process.env).dataDir, AUDIT_FILE);
}

function sayUnreadable(path: string): (error: Error) => never {
  return (error) => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new Error(
      `There is no audit at ${path}. Name its file, or set SLUICE_DATA_DIR to the folder of a bot that has run.`,
    );
  };
}

function parseNumber(text: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(number) && number > 0) return number;
  throw new Error(`--from should be the number of the first line, from 1 on, not '${text}'.`);
}

function readable({ seq, at, rollout, record, revision, act, by, update, words }: Line): string {
  const where = [rollout, record].filter(Boolean).join(' ');
  return [
    seq,
    time(at),
    `${where}${revision === undefined ? '' : ` ${revision}`}`.trim(),
    act,
    by ? `${by.name} (${by.id}${update === undefined ? '' : `, update ${update}`})` : '',
    words ?? '',
  ]
    .filter((part) => part !== '')
    .join('  ');
}

function time(at: number): string {
  return new Date(at).toISOString();
}

/** A name may have characters that a terminal obeys. */
function say(text: string): void {
  process.stdout.write(`${text.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, '�')}\n`);
}
