import { appendFile, open, readdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseHead, sayWholeHead } from '../../src/audit/head.ts';
import { readSigner } from '../../src/audit/keys.ts';
import type { Event } from '../../src/rollout/events.ts';
import { DRAFT, MINUTE, START } from '../rollout/world.ts';
import { type AuditDesk, openDesk } from './desk.ts';

const ADA = { id: 1, name: 'Ada', update: 501 };
const SPLIT = { shardBy: 'RANDOM', shares: { v1: 1000 } } as const;
const started: Event = { type: 'started', draft: DRAFT, by: ADA, at: START };
const judged = (n: number): Event => ({ type: 'held', reason: `number ${n}`, by: ADA, at: START + n });
const wish: Event = { type: 'rollback-requested', reason: 'Errors', by: ADA, at: START };
const asked: Event = {
  type: 'asked',
  gate: 'abc-1',
  revision: 1,
  topic: { kind: 'promote', step: 0, from: SPLIT, to: SPLIT },
  digest: 'd',
  expires: START + MINUTE,
  at: START,
};
const yes: Event = { type: 'voted', gate: 'abc-1', answer: 'yes', by: ADA, at: START };

/** A chain of so many lines, the first of the audit itself included. */
async function deskWith(lines: number): Promise<AuditDesk> {
  const desk = await openDesk();
  const events = Array.from({ length: lines - 1 }, (_, i) => (i === 0 ? started : judged(i)));
  if (lines > 1) await desk.audit.store.append('abc', 0, events);
  return desk;
}

async function cutTo(desk: AuditDesk, lines: number): Promise<void> {
  const text = await readFile(desk.path, 'utf8');
  await writeFile(desk.path, text.split('\n').slice(0, lines).join('\n') + (lines > 0 ? '\n' : ''));
}

test('an end that was cut off is found by a head of before, wherever it was cut', async () => {
  const desk = await deskWith(6);
  const short = desk.audit.standing().head;
  const whole = sayWholeHead(desk.audit.end(), desk.audit.signer);
  const { signer } = desk.audit;
  for (const head of [short, whole, `Audit ${short}`]) {
    expect(await desk.problem({ head: parseHead(head), signer })).toBeUndefined();
  }
  for (const left of [5, 3, 1]) {
    await cutTo(desk, left);
    expect(await desk.problem({ signer })).toBeUndefined();
    const problem = await desk.problem({ head: parseHead(short), signer });
    expect(problem).toContain(`the head is of line 6, and the file ends with ${left}`);
  }
  await cutTo(desk, 0);
  expect(await desk.problem()).toMatch(/no lines/);
});

test('an audit that was written anew with the very same key is found by a head of before', async () => {
  const desk = await deskWith(6);
  const head = parseHead(desk.audit.standing().head);
  await rm(desk.path);
  await rm(join(desk.folder, 'rollouts'), { recursive: true });
  const anew = await desk.restart();
  await anew.audit.store.append('other', 0, [started, ...[1, 2, 3, 4, 5].map(judged)]);
  const { signer } = anew.audit;
  expect(await anew.problem({ signer })).toBeUndefined();
  expect(await anew.problem({ head, signer })).toMatch(/line 6 is not the one that the head was made of/);
});

test('a head that was signed by somebody else is refused, and one with a flaw is not read', async () => {
  const desk = await deskWith(3);
  const other = await openDesk();
  const { signer } = desk.audit;
  const foreign = parseHead(sayWholeHead(desk.audit.end(), other.audit.signer));
  expect(await desk.problem({ head: foreign, publicKey: signer.publicKey })).toMatch(/foreign signature/);
  expect(await desk.problem({ head: foreign, signer })).toMatch(/foreign signature/);
  expect(await desk.problem({ publicKey: other.audit.signer.publicKey })).toMatch(/audit of somebody else/);
  const [seq, hash, tag] = desk.audit.standing().head.split('·');
  const forged = parseHead(`${seq}·${hash}·${[...(tag ?? '')].toReversed().join('')}`);
  expect(await desk.problem({ head: forged, signer })).toMatch(/foreign signature/);
  for (const flaw of ['', 'Audit', `${seq}`, `${seq}·${hash}`, `${seq}·${hash}·${tag}x`, `x·${hash}·${tag}`])
    expect(() => parseHead(flaw)).toThrow(/A head should look like/);
});

test('a line that a dying process left unfinished goes, and its fact is told again', async () => {
  const desk = await deskWith(4);
  const { size } = await stat(desk.path);
  await truncate(desk.path, size - 20);
  expect(await desk.problem()).toMatch(/Line 4 is cut short/);
  const next = await desk.restart();
  expect(next.failures.join()).toMatch(/never finished/);
  expect((await next.lines()).map(({ act }) => act)).toEqual([
    'audit-begun',
    'started',
    'held',
    'audit-found',
    'held',
  ]);
  expect(await next.problem()).toBeUndefined();
});

test('an audit whose last line was changed is put aside, and says so as it begins anew', async () => {
  const desk = await deskWith(4);
  const bytes = await readFile(desk.path);
  bytes[bytes.length - 30] = 'x'.charCodeAt(0);
  await writeFile(desk.path, bytes);
  const next = await desk.restart();
  const [first, ...rest] = await next.lines();
  expect(first?.words).toMatch(/put aside as .*audit\.jsonl\.broken-/);
  expect(rest.map(({ revision }) => revision)).toEqual([1, 2, 3]);
  expect((await readdir(next.folder)).filter((name) => name.includes('.broken-'))).toHaveLength(1);
});

test('a start finds that lines which it knew are gone', async () => {
  const desk = await deskWith(6);
  const { hash } = desk.audit.end();
  await desk.audit.stop();
  await cutTo(desk, 4);
  const cut = await desk.restart();
  const found = (await cut.lines()).find(({ act }) => act === 'audit-found');
  expect(found?.words).toContain(`had a line 6 with the hash ${hash}`);
  await cut.audit.stop();
  await rm(cut.path);
  const anew = await cut.restart();
  expect((await anew.lines())[0]).toMatchObject({
    act: 'audit-begun',
    words: expect.stringMatching(/has none such/),
  });
});

test('while it cannot be written nothing more is let out, rollbacks go on, and all of it is told later', async () => {
  const desk = await openDesk();
  const { store, standing } = desk.audit;
  await store.append('abc', 0, [started, asked]);
  const before = await readFile(desk.path);
  await appendFile(desk.path, 'another hand\n');
  await expect(store.append('abc', 2, [yes])).rejects.toThrow(/another hand was in it/);
  await expect(store.append('new', 0, [started])).rejects.toThrow(/nothing is promoted/);
  expect(await desk.plain.read('abc')).toHaveLength(2);
  expect(await desk.plain.read('new')).toBeUndefined();

  await store.append('abc', 2, [wish]);
  desk.audit.refused({ id: 66, name: 'Eve' }, '/deploy');
  await expect.poll(() => standing().problem, { timeout: 30_000 }).toMatch(/another hand/);
  expect(await desk.plain.read('abc')).toHaveLength(3);
  expect(desk.failures).toHaveLength(1);

  await writeFile(desk.path, before);
  const standingLater = () => {
    // It may be about to lie down again when it is woken.
    desk.clock.pass(10_000);
    return standing().problem;
  };
  await expect.poll(standingLater, { timeout: 30_000 }).toBeUndefined();
  await store.append('abc', 3, [yes]);
  const told = (await desk.lines()).map(({ act, revision }) => `${act} ${revision ?? ''}`.trim());
  expect(told.slice(0, 3)).toEqual(['audit-begun', 'started 1', 'asked 2']);
  expect(told.slice(3, 5).toSorted()).toEqual(['refused', 'rollback-requested 3']);
  expect(told.slice(5)).toEqual(['voted 4']);
  expect(await desk.problem()).toBeUndefined();
});

test('a file that was taken away under the bot is not begun anew in silence', async () => {
  const desk = await deskWith(3);
  await rename(desk.path, `${desk.path}.away`);
  await desk.audit.store.append('abc', 2, [wish]);
  expect(desk.audit.standing().problem).toMatch(/ENOENT/);
  await rename(`${desk.path}.away`, desk.path);
  await desk.audit.store.append('abc', 3, [judged(9)]);
  expect((await desk.lines()).map(({ revision }) => revision)).toEqual([undefined, 1, 2, 3, 4]);
});

test('a start and an append read none of the lines of long ago', async () => {
  const desk = await deskWith(20_000);
  await desk.audit.stop();
  // Whatever reads the first nine tenths finds no line there.
  const { size } = await stat(desk.path);
  const file = await open(desk.path, 'r+');
  await file.write(Buffer.alloc(Math.floor(size * 0.9), 'x'), 0, undefined, 0);
  await file.close();
  const next = await desk.restart();
  await next.audit.store.append('abc', 19_999, [wish]);
  expect(next.failures).toEqual([]);
  expect(next.audit.end().seq).toBe(20_001);
  const added = (await readFile(desk.path)).subarray(size).toString('utf8');
  expect(
    added
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).revision),
  ).toEqual([20_000]);
});

test('the private key is for the bot’s account alone, and in no file but its own', async () => {
  const desk = await deskWith(3);
  await desk.audit.stop();
  const path = join(desk.folder, 'audit-key.pem');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  const pem = await readFile(path, 'utf8');
  const secret = pem.split('\n')[1] ?? '';
  expect(secret).toMatch(/^[\w+/=]{40,}$/);
  for (const name of await readdir(desk.folder, { recursive: true })) {
    if (name === 'audit-key.pem' || !(await stat(join(desk.folder, name))).isFile()) continue;
    expect(await readFile(join(desk.folder, name), 'utf8')).not.toContain(secret);
  }
  await writeFile(path, 'no key');
  await expect(readSigner(desk.folder)).rejects.toThrow(/should hold the Ed25519 key/);
  const next = await desk.restart();
  expect(next.failures.join()).toMatch(/^the key of the audit: .* should hold the Ed25519 key/);
  expect((await next.lines()).at(-1)).toMatchObject({ act: 'audit-key', key: next.audit.signer.publicKey });
  const aside = (await readdir(next.folder)).find((name) => name.startsWith('audit-key.pem.broken-'));
  expect(await readFile(join(next.folder, aside ?? ''), 'utf8')).toBe('no key');
});

test('marks that cannot be read are made anew from the chain, and a journal that cannot holds up no other', async () => {
  const desk = await deskWith(4);
  await desk.audit.store.append('xyz', 0, [started]);
  await desk.audit.stop();
  await writeFile(join(desk.folder, 'audit-marks.json'), '{');
  await writeFile(join(desk.folder, 'rollouts', 'live', 'xyz.json'), '{');
  const next = await desk.restart();
  expect(next.failures.map((failure) => failure.split(':')[0])).toEqual([
    'the marks of the audit',
    'the audit of the rollout xyz',
  ]);
  expect(next.audit.standing().problem).toBeUndefined();
  await next.audit.store.append('abc', 3, [asked, yes]);
  expect((await next.lines()).map(({ rollout, revision }) => `${rollout} ${revision}`).slice(4)).toEqual([
    'xyz 1',
    'abc 4',
    'abc 5',
  ]);
});

test('a key that was lost is made anew, and the audit says from where on it counts', async () => {
  const desk = await deskWith(3);
  const old = parseHead(sayWholeHead(desk.audit.end(), desk.audit.signer));
  await rm(join(desk.folder, 'audit-key.pem'));
  const next = await desk.restart();
  expect((await next.lines()).at(-1)).toMatchObject({ act: 'audit-key', key: next.audit.signer.publicKey });
  expect(await next.problem({ signer: next.audit.signer })).toBeUndefined();
  const { publicKey } = desk.audit.signer;
  for (const evidence of [
    { head: old, publicKey },
    { head: old, signer: next.audit.signer },
  ])
    expect(await next.problem(evidence)).toBeUndefined();
  const late = parseHead(sayWholeHead(next.audit.end(), next.audit.signer));
  expect(await next.problem({ head: late, publicKey })).toMatch(/foreign signature/);
});
