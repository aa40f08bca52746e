import { expect, test } from 'vitest';
import { collect, compareJournals, type Told } from '../../src/audit/compare.ts';
import { verifyAudit } from '../../src/audit/verify.ts';
import type { Event, Fact } from '../../src/rollout/events.ts';
import type { GuardRecord } from '../../src/rollout/guard-record.ts';
import { DRAFT, MINUTE, START } from '../rollout/world.ts';
import { openDesk } from './desk.ts';

const ADA = { id: 1, name: 'Ada', update: 501 };
const BEN = { id: 2, name: 'Ben', update: 502 };
const SPLIT = { shardBy: 'RANDOM', shares: { v1: 1000 } } as const;

function event(fact: Fact): Event {
  return { ...fact, at: START };
}

const started = event({ type: 'started', draft: DRAFT, by: ADA });
const asked = event({
  type: 'asked',
  gate: 'abc-1',
  revision: 1,
  topic: { kind: 'promote', step: 0, from: SPLIT, to: SPLIT },
  digest: 'd1'.repeat(32),
  expires: START + MINUTE,
});
const refused = event({ type: 'refused', attempt: 'answer', why: 'No role.', by: ADA, gate: 'abc-1' });
const voted = event({ type: 'voted', gate: 'abc-1', answer: 'yes', by: BEN });
const closed = event({ type: 'closed' });

test('each event is one line, with who, the update, the revision and the evidence that was shown', async () => {
  const { audit, lines, problem } = await openDesk();
  await audit.store.append('abc', 0, [started, asked]);
  await audit.store.append('abc', 2, [refused, voted]);
  const told = await lines();
  expect(told.map(({ act }) => act)).toEqual(['audit-begun', 'started', 'asked', 'refused', 'voted']);
  expect(told[1]).toMatchObject({ rollout: 'abc', revision: 1, by: { id: 1, name: 'Ada' }, update: 501 });
  expect(told[3]).toMatchObject({
    revision: 3,
    update: 501,
    digest: 'd1'.repeat(32),
    words: 'answer: No role.',
  });
  expect(told[4]).toMatchObject({ revision: 4, by: { id: 2 }, update: 502, digest: 'd1'.repeat(32) });
  expect(await problem()).toBeUndefined();
});

test('what a journal has and the audit has not is told at the next start, once', async () => {
  const desk = await openDesk();
  await desk.audit.store.append('abc', 0, [started]);
  // It dies between the journal and the audit, twice.
  await desk.plain.append('abc', 1, [asked, refused]);
  const second = await desk.restart();
  expect((await second.lines()).map(({ revision }) => revision)).toEqual([undefined, 1, 2, 3]);
  await second.plain.append('abc', 3, [voted]);
  await second.plain.append('xyz', 0, [started]);
  const third = await second.restart();
  await third.audit.store.append('abc', 4, [closed]);
  const last = await (await third.restart()).lines();
  expect(last.map(({ rollout, revision }) => `${rollout} ${revision}`).toSorted()).toEqual(
    ['undefined undefined', 'abc 1', 'abc 2', 'abc 3', 'abc 4', 'abc 5', 'xyz 1'].toSorted(),
  );
  expect(last.find(({ act }) => act === 'voted')?.digest).toBe('d1'.repeat(32));
  expect(await third.problem()).toBeUndefined();
});

test('a rollout that was closed as the process died is told to its end', async () => {
  const desk = await openDesk();
  await desk.audit.store.append('abc', 0, [started]);
  await desk.plain.append('abc', 1, [closed]);
  const past = { id: 'abc', service: 'default', version: 'v2', startedAt: START, endedAt: START, by: 'Ada' };
  await desk.plain.close('abc', { ...past, outcome: 'cancelled' });
  const next = await desk.restart();
  expect((await next.lines()).at(-1)).toMatchObject({ act: 'closed', revision: 2 });
  expect(await (await next.restart()).lines()).toHaveLength(3);
});

test('team, guard, restorations and cleanings are told too, also after a death between', async () => {
  const desk = await openDesk();
  const stamp = { at: START, by: ADA };
  const guard: GuardRecord = {
    schema: 1,
    locks: [],
    lockedBy: [],
    rejections: [],
    history: [{ type: 'frozen', why: 'Audit', ...stamp }],
  };
  await desk.audit.store.writeDocument('guard', guard);
  const team = { schema: 1, history: [{ type: 'claimed', chat: -1, by: ADA, at: START, update: 7 }] };
  await desk.audit.store.writeDocument('team', team);
  await desk.plain.writeDocument('guard', {
    ...guard,
    history: [...guard.history, { type: 'unlocked', service: 'default', why: 'Done', ...stamp }],
  });
  await desk.plain.writeDocument('restorations', [{ ...stamp, rollout: 'abc', what: 'cron jobs' }]);
  const cleaning = {
    id: 'c1',
    service: 'default',
    what: 'delete',
    versions: ['v1'],
    chat: { id: 1 },
    at: START,
  };
  await desk.plain.writeDocument('cleanings', [{ ...cleaning, results: [] }]);
  const next = await desk.restart();
  const begun = { ...cleaning, begun: { by: BEN, at: START } };
  await next.audit.store.writeDocument('cleanings', [{ ...begun, results: [] }]);
  const results = [{ name: 'v1', ok: true, detail: 'deleted' }];
  await next.audit.store.writeDocument('cleanings', [{ ...begun, results, ended: START + 1 }]);
  const told = await (await next.restart()).lines();
  expect(told.map(({ act, record, update }) => [act, record, update])).toEqual([
    ['audit-begun', undefined, undefined],
    ['frozen', 'guard', 501],
    ['claimed', 'team', 7],
    ['unlocked', 'guard', 501],
    ['restoration', 'restorations', 501],
    ['cleaning-begun', 'cleanings', 502],
    ['cleaning-ended', 'cleanings', undefined],
  ]);
});

test('whatever comes at the same time is told whole, in order and once', async () => {
  const { audit, lines, problem } = await openDesk();
  const rollouts = Array.from({ length: 20 }, (_, i) => `r${i}`);
  await Promise.all([
    ...rollouts.map(async (id) => {
      for (let revision = 0; revision < 10; revision++)
        await audit.store.append(id, revision, [revision === 0 ? started : refused]);
    }),
    ...rollouts.map((id, i) =>
      audit.store.writeDocument('restorations', [
        { at: START, by: { ...ADA, update: i }, rollout: id, what: 'traffic' },
      ]),
    ),
  ]);
  for (let id = 100; id < 120; id++) audit.refused({ id, name: `No ${id}` }, '/deploy');
  await audit.stop();
  const told = await lines();
  expect(told.map(({ seq }) => seq)).toEqual(told.map((_, i) => i + 1));
  for (const id of rollouts) {
    const own = told.filter(({ rollout, record }) => rollout === id && record === undefined);
    expect(own.map(({ revision }) => revision)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  }
  expect(told.filter(({ record }) => record === 'restorations')).toHaveLength(20);
  expect(told.filter(({ act, rollout }) => act === 'refused' && rollout === undefined)).toHaveLength(20);
  expect(await problem()).toBeUndefined();
});

test('a flood of refused attempts is counted, by person and minute', async () => {
  const { audit, clock, lines } = await openDesk();
  for (let n = 0; n < 10_000; n++) audit.refused({ id: 66, name: 'Eve', update: n }, `/deploy ${n}`);
  clock.pass(MINUTE);
  await expect.poll(async () => (await lines()).length, { timeout: 30_000 }).toBe(3);
  for (let id = 1000; id < 3000; id++) audit.refused({ id, name: 'Many', update: id }, '/claim');
  await audit.stop();
  const told = await lines();
  expect(told[1]).toMatchObject({ act: 'refused', by: { id: 66 }, update: 0, words: '/deploy 0' });
  expect(told[2]).toMatchObject({
    by: { id: 66 },
    words: '9999 more within a minute, the last: /deploy 9999',
  });
  expect(told[2]?.update).toBeUndefined();
  expect(told).toHaveLength(3 + 500 + 1);
  expect(told.at(-1)).toMatchObject({ words: '1500 more, of other people' });
});

test('journals are held against the audit: changed or shortened, they are found', async () => {
  const desk = await openDesk();
  await desk.audit.store.append('abc', 0, [started, asked, voted]);
  const told: Told = new Map();
  await verifyAudit(desk.path, {}, (line) => collect(told, line));
  const events = (await desk.plain.read('abc')) ?? [];
  const compare = (now: readonly Event[] | undefined) => compareJournals(told, async () => now);
  expect(await compare(events)).toEqual({ compared: 1, gone: 0, untold: 0 });
  expect(await compare([...events, closed])).toEqual({ compared: 1, gone: 0, untold: 1 });
  expect(await compare(undefined)).toEqual({ compared: 0, gone: 1, untold: 0 });
  expect((await compare(events.slice(0, 2))).problem).toMatch(/has 2 events, and the audit has told of 3/);
  const forged = events.with(2, { ...voted, by: ADA } as Event);
  expect((await compare(forged)).problem).toMatch(/Event 3 of the journal of abc/);
});
