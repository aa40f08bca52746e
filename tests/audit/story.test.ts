import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseHead } from '../../src/audit/head.ts';
import type { Line } from '../../src/audit/line.ts';
import { verifyAudit } from '../../src/audit/verify.ts';
import { openFileStore } from '../../src/store/file-store.ts';
import { ADA, assembleTeam, BEN, CLEO, prepareRelease, type Team } from '../story/team.ts';

let team: Team;

/** Real milliseconds, on a machine that has much else to do. */
const PATIENCE_MS = 240_000;

beforeAll(async () => {
  team = await assembleTeam();
}, PATIENCE_MS);

afterAll(async () => {
  await team.close();
}, PATIENCE_MS);

interface Sent {
  readonly file: string;
  readonly caption: string;
  readonly lines: readonly Line[];
}

/** Has the audit handed out, as somebody in the chat does. */
async function askForAudit(words: string, caption: RegExp): Promise<Sent> {
  await team.send(BEN, words);
  const message = (await team.waitFor(caption)) as {
    readonly caption?: string;
    readonly document?: { readonly file_name: string; readonly url: string };
  };
  const text = await (await fetch(`${team.sandbox.telegram?.url}${message.document?.url}`)).text();
  const file = join(await mkdtemp(join(tmpdir(), 'sluice-audit-')), message.document?.file_name ?? '');
  await writeFile(file, text);
  const lines = text.trim().split('\n');
  return { file, caption: message.caption ?? '', lines: lines.map((line) => JSON.parse(line) as Line) };
}

/** What the audit on the disk tells so far. */
async function acts(): Promise<string[]> {
  const text = await readFile(join(team.dataDir, 'audit.jsonl'), 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n'));
  return whole.split('\n').map((line) => (JSON.parse(line) as Line).act);
}

function wordAfter(label: string, caption: string): string {
  return new RegExp(`^${label}: (\\S+)$`, 'm').exec(caption)?.[1] ?? '';
}

test(
  'every act and every refused attempt is one line of the file that /audit gives',
  async () => {
    await team.send(CLEO, '/deploy');
    await team.waitFor(/neither operator nor approver/);
    await prepareRelease(team);
    await team.press(ADA, 'Promote to 10 %');
    await team.press(CLEO, 'Promote to 10 %');
    await team.press(BEN, 'Promote to 10 %');
    // What the card says of it may be over before anybody looks.
    await expect.poll(acts, { timeout: PATIENCE_MS }).toContain('split-set');
    await team.send(ADA, '/freeze An audit');
    await team.waitFor(/Releases are frozen/);
    await team.send(BEN, '/rollback Errors');
    await team.press(BEN, 'Yes, roll back now');
    await team.waitFor(/is rolled back|was rolled back/);
    await team.send(CLEO, '/audit');
    await team.waitFor(/takes the role operator or approver or admin/);

    const { lines, caption, file } = await askForAudit('/audit', /The audit, lines 1 to/);
    const rollout = lines.find(({ act }) => act === 'started')?.rollout ?? '';
    const journal = (await openFileStore(team.dataDir).read(rollout)) ?? [];
    const told = lines.filter((line) => line.rollout === rollout && line.record === undefined);
    expect(told.length).toBeGreaterThan(20);
    expect(told.map(({ act }) => act)).toEqual(journal.slice(0, told.length).map(({ type }) => type));
    expect(told.map(({ revision }) => revision)).toEqual(told.map((_, i) => i + 1));

    // Whatever people did or tried names the update that brought it, and none brought two answers.
    const human = lines.filter(({ by, words }) => by && !words?.includes('more within a minute'));
    expect(human.every(({ update }) => update !== undefined)).toBe(true);
    const count = (act: string) => human.filter((line) => `${line.by?.id} ${line.act}` === act).length;
    expect(count(`${ADA} started`)).toBe(1);
    expect(count(`${ADA} item-marked`)).toBe(1);
    expect(count(`${ADA} refused`)).toBe(1);
    expect(count(`${ADA} frozen`)).toBe(1);
    expect(count(`${BEN} voted`)).toBe(1);
    expect(count(`${BEN} rollback-requested`)).toBe(1);
    // Of /deploy, of the button and of /audit: the first is told, those of the same minute are counted.
    expect(count(`${CLEO} refused`)).toBeGreaterThanOrEqual(1);

    const promote = lines.find(({ act, words }) => act === 'asked' && words?.includes('promote'));
    expect(promote?.digest).toMatch(/\S{20,}/);
    for (const act of ['voted', 'refused']) {
      const answer = told.find((line) => line.act === act && line.by?.id === (act === 'voted' ? BEN : ADA));
      expect(answer?.digest).toBe(promote?.digest);
    }

    // The file and its caption are all that it takes to check it.
    expect(caption).toContain('all');
    const head = parseHead(wordAfter('Head', caption));
    const publicKey = wordAfter('Key', caption);
    const report = await verifyAudit(file, { head, publicKey });
    expect(report).toMatchObject({ notes: [], lines: lines.length });
    expect(report.problem).toBeUndefined();
  },
  PATIENCE_MS,
);

test(
  'the card bears a head that the audit still has after a restart, and a rollout’s part is sound by itself',
  async () => {
    await team.restartBot();
    const card = await team.waitFor(/Started by Ada .*\n.*Audit \d+·/);
    const shown = parseHead(/Audit (\S+)/.exec(card.text ?? '')?.[1] ?? '');
    const path = join(team.dataDir, 'audit.jsonl');
    const { readSigner } = await import('../../src/audit/keys.ts');
    const signer = await readSigner(team.dataDir);
    expect(signer).toBeDefined();
    const report = await verifyAudit(path, { head: shown, ...(signer && { signer }) });
    expect(report.problem).toBeUndefined();
    expect(report.notes).toEqual([]);

    const rollout = /· ([a-z0-9]{8})\n/.exec(card.text ?? '')?.[1] ?? '';
    const piece = await askForAudit(`/audit ${rollout}`, /The audit, lines (?!1 )\d+ to/);
    const from = piece.lines[0]?.seq ?? 0;
    expect(from).toBeGreaterThan(1);
    expect(piece.caption).toContain(`--from ${from} `);
    const head = parseHead(wordAfter('Head', piece.caption));
    const checked = await verifyAudit(piece.file, { from, head, publicKey: wordAfter('Key', piece.caption) });
    expect(checked.problem).toBeUndefined();
    expect(checked.lines).toBe(piece.lines.length);
  },
  PATIENCE_MS,
);
