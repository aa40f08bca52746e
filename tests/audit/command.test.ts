import { copyFile, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sayWholeHead } from '../../src/audit/head.ts';
import type { Event } from '../../src/rollout/events.ts';
import { sluice } from '../process/sluice.ts';
import { DRAFT, START } from '../rollout/world.ts';
import { type AuditDesk, openDesk } from './desk.ts';

/** Processes take long to begin where there is much else to do. */
const PATIENCE = { timeout: 180_000 };

const ADA = { id: 1, name: 'Ada\u001b[31m', update: 501 };
const EVENTS: readonly Event[] = [
  { type: 'started', draft: DRAFT, by: ADA, at: START },
  { type: 'held', reason: 'Looking', by: ADA, at: START },
];

async function filledDesk(): Promise<AuditDesk> {
  const desk = await openDesk();
  await desk.audit.store.append('abc', 0, EVENTS);
  desk.audit.refused({ id: 66, name: 'Eve', update: 7 }, '/deploy');
  await desk.audit.stop();
  return desk;
}

async function run(
  folder: string,
  ...args: string[]
): Promise<{ code: number | null; out: string; err: string }> {
  const elsewhere = await mkdtemp(join(tmpdir(), 'sluice-audit-'));
  const process = sluice(['audit', ...args], elsewhere, { SLUICE_DATA_DIR: folder });
  const code = await process.ended();
  return { code, out: process.out(), err: process.err() };
}

test(
  'an audit is verified in its folder and anywhere else, printed, and its key is told',
  PATIENCE,
  async () => {
    const { folder, path, audit } = await filledDesk();
    const own = await run(folder, 'verify', '--head', `Audit ${audit.standing().head}`);
    expect(own).toMatchObject({ code: 0, err: '' });
    expect(own.out).toMatch(/^Sound: lines 1 to 4 \(4\), 2026-/);
    expect(own.out).toContain('Journals that are what the audit says: 1.');

    const file = join(await mkdtemp(join(tmpdir(), 'sluice-audit-')), 'audit-1-4.jsonl');
    await copyFile(path, file);
    const { publicKey } = audit.signer;
    const head = sayWholeHead(audit.end(), audit.signer);
    const copy = await run(folder, 'verify', file, '--key', publicKey, '--head', head);
    expect(copy).toMatchObject({ code: 0, err: '' });
    expect((await run(folder, 'key')).out).toBe(`${publicKey}\n`);

    const shown = (await run(folder, 'show')).out.trim().split('\n');
    expect(shown).toHaveLength(4);
    expect(shown[2]).toMatch(/^3 {2}2026-\S+Z {2}abc 2 {2}held {2}Ada.*\(1, update 501\) {2}Looking$/);
    expect(shown.join()).not.toContain('\u001b');
    expect((await run(folder, 'show', '--rollout', 'abc')).out.trim().split('\n')).toHaveLength(2);
  },
);

test('what is wrong ends with 1 and a sentence', PATIENCE, async () => {
  const { folder, path, audit } = await filledDesk();
  const head = audit.standing().head;
  const text = await readFile(path, 'utf8');
  await writeFile(path, text.replace('Looking', 'Leaving'));
  const changed = await run(folder, 'verify');
  expect(changed).toMatchObject({ code: 1, out: '' });
  expect(changed.err).toContain('Line 3 was changed');

  await writeFile(path, `${text.split('\n').slice(0, 2).join('\n')}\n`);
  expect((await run(folder, 'verify')).code).toBe(0);
  expect((await run(folder, 'verify', '--head', head)).err).toContain('2 lines are missing');
  expect((await run(folder, 'verify', '--head', 'nonsense')).err).toContain('A head should look like');
  expect((await run(folder, 'verify', '--from', '0')).err).toContain('--from should be');
  expect((await run(`${folder}/none`, 'verify')).err).toMatch(/^There is no audit at .*\n$/);
});
