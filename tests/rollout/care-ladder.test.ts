import fc from 'fast-check';
import { DateTime } from 'luxon';
import { expect, test } from 'vitest';
import type { Round } from '../../src/plan/terms.ts';
import { decide } from '../../src/rollout/decide.ts';
import { fold } from '../../src/rollout/evolve.ts';
import { CareWorld, ERRORS, HOUR, LAG, type Look, off, round } from './care-world.ts';
import { ADA, DAY, MINUTE, START } from './world.ts';

const HOURLY = round('Hourly', 'hour', { for: DAY, checks: [ERRORS] });
const DAILY = round('Daily', 'day', { for: 7 * DAY, checks: [ERRORS], tasks: ['Read the figures'] });
const WEEKLY = round('Weekly', 'week');
const MONTHLY = round('Monthly', 'month');
const QUARTERLY = round('Quarterly', 'quarter');

function at(text: string, zone: string): number {
  return DateTime.fromISO(text, { zone }).toMillis();
}

function dues(world: CareWorld, round: number): number[] {
  return world.looks.flatMap((look) =>
    look.kind === 'look-after' && look.round === round ? [look.due] : [],
  );
}

function localDues(world: CareWorld, round: number, zone: string): string[] {
  return dues(world, round).map((due) => DateTime.fromMillis(due, { zone }).toFormat('MM-dd HH:mm'));
}

test('the first 24 hours: a look each hour, over the hour before it, when its figures are complete', () => {
  const world = new CareWorld({ rounds: [HOURLY] });
  world.pass(2 * DAY);
  expect(dues(world, 0)).toEqual(Array.from({ length: 24 }, (_, k) => START + (k + 1) * HOUR));
  for (const look of world.looks as Extract<Look, { kind: 'look-after' }>[]) {
    expect(look).toMatchObject({ from: look.due - HOUR, missed: 0 });
  }
  expect(world.care.rounds[0]).toEqual({ last: START + DAY });
  expect(decide(world.rollout, world.now)).toEqual({ do: 'wait' });
});

test('figures that are not complete yet are not looked at, and the wait ends when they are', () => {
  const world = new CareWorld({ rounds: [HOURLY] });
  expect(decide(world.rollout, world.now)).toEqual({ do: 'wait', until: START + HOUR + LAG });
  world.wait(HOUR + LAG - 1);
  expect(world.intended).toBeUndefined();
  world.wait(1);
  expect(world.intended).toMatchObject({ kind: 'look-after', due: START + HOUR });
});

test('a whole week: 24 hours, then day by day at nine, and the verdict when it is over', () => {
  const criteria = [{ text: 'It serves.', checks: [ERRORS] }];
  const world = new CareWorld({ rounds: [HOURLY, DAILY, WEEKLY], criteria });
  world.pass(7 * DAY - HOUR);
  expect(dues(world, 0)).toHaveLength(24);
  expect(localDues(world, 1, 'UTC')).toEqual(
    [6, 7, 8, 9, 10, 11, 12].map((d) => `01-${String(d).padStart(2, '0')} 09:00`),
  );
  expect(localDues(world, 2, 'UTC')).toEqual(['01-12 09:00']);
  expect(world.care.assessment).toBeUndefined();
  world.pass(2 * HOUR);
  expect(world.looks.at(-1)).toMatchObject({ kind: 'assess', from: START, to: START + 7 * DAY });
  expect(world.care.conclusion).toMatchObject({ met: true });
  expect(world.care.rounds[1]).not.toHaveProperty('next');
});

test('a quarter and more: weekly, monthly, quarterly go on until a newer release takes over', () => {
  const world = new CareWorld({ rounds: [WEEKLY, MONTHLY, QUARTERLY] });
  world.pass(200 * DAY, 6 * HOUR);
  expect(dues(world, 0)).toHaveLength(28);
  expect(localDues(world, 1, 'UTC')).toEqual([2, 3, 4, 5, 6, 7].map((month) => `0${month}-05 09:00`));
  expect(localDues(world, 2, 'UTC')).toEqual(['04-05 09:00', '07-05 09:00']);

  world.record({ type: 'closed' });
  const looks = world.looks.length;
  world.pass(100 * DAY, DAY);
  expect(world.looks).toHaveLength(looks);
  expect(decide(world.rollout, world.now)).toEqual({ do: 'nothing' });
});

test('a look that is under way when a newer release takes over is let go of', () => {
  const world = new CareWorld({ rounds: [HOURLY] });
  world.wait(HOUR + LAG);
  expect(world.intended).toBeDefined();
  world.record({ type: 'closed' });
  expect(world.rollout.pending).toBeUndefined();
  expect(decide(world.rollout, world.now)).toEqual({ do: 'nothing' });
});

test.each([
  ['Europe/Zurich', '2026-03-27T15:20'],
  ['America/New_York', '2026-03-06T15:20'],
  ['Europe/Zurich', '2026-10-23T15:20'],
  ['America/New_York', '2026-10-30T15:20'],
  ['Australia/Lord_Howe', '2026-04-03T15:20'],
])('in %s, from %s on: nine stays nine when the clocks change, and an hour an hour', (zone, from) => {
  const begun = at(from, zone);
  const hourly = round('Hourly', 'hour', { for: 3 * DAY });
  const world = new CareWorld({ rounds: [hourly, { ...DAILY, for: 4 * DAY }], zone, begun });
  world.pass(5 * DAY);
  expect(dues(world, 0)).toEqual(Array.from({ length: 72 }, (_, k) => begun + (k + 1) * HOUR));
  const days = [1, 2, 3, 4].map((k) => DateTime.fromMillis(begun, { zone }).plus({ days: k }));
  expect(localDues(world, 1, zone)).toEqual(days.map((day) => `${day.toFormat('MM-dd')} 09:00`));
});

test('two teams in two zones are asked at their own nine', () => {
  const zones = ['Asia/Tokyo', 'America/Los_Angeles'] as const;
  const [tokyo, angeles] = zones.map((zone) => new CareWorld({ rounds: [DAILY], zone }));
  tokyo?.pass(2 * DAY);
  angeles?.pass(2 * DAY);
  // 12:00 UTC on the 5th is 21:00 in Tokyo and 04:00 in Los Angeles.
  expect(tokyo && localDues(tokyo, 0, 'UTC')).toEqual(['01-06 00:00', '01-07 00:00']);
  expect(angeles && localDues(angeles, 0, 'UTC')).toEqual(['01-06 17:00']);
});

test('whoever sleeps over several due times looks once, over all of it, and says how many were missed', () => {
  const world = new CareWorld({ rounds: [HOURLY, DAILY] });
  world.pass(3 * HOUR + 5 * MINUTE);
  world.sleep(5 * HOUR);
  world.wake();
  expect(world.looks.at(-1)).toMatchObject({ from: START + 3 * HOUR, due: START + 8 * HOUR, missed: 4 });
  expect(world.looks).toHaveLength(4);
  world.wake();
  expect(world.looks).toHaveLength(4);

  world.sleep(10 * DAY);
  world.wake();
  const [hourly, daily] = world.looks.slice(4);
  expect(hourly).toMatchObject({ round: 0, from: START + 8 * HOUR, due: START + DAY, missed: 15 });
  expect(daily).toMatchObject({ round: 1, from: START, due: at('2026-01-12T09:00', 'UTC'), missed: 6 });
  expect(world.looks).toHaveLength(6);
});

test('a look that was intended when the process died is taken over its own span, and the next covers the rest', () => {
  const world = new CareWorld({ rounds: [HOURLY] });
  world.wait(HOUR + LAG);
  const before = world.intended;
  world.sleep(3 * HOUR);
  expect(world.reread().pending?.effect).toEqual(before);
  world.wake();
  expect(world.looks).toMatchObject([
    { from: START, due: START + HOUR, missed: 0 },
    { from: START + HOUR, due: START + 4 * HOUR, missed: 2 },
  ]);
});

test('a rollback ends the looks, and one that is under way', () => {
  const world = new CareWorld({ rounds: [HOURLY] });
  world.wait(HOUR + LAG);
  const look = world.intended;
  world.act({ type: 'roll-back', reason: 'Bad.' }, ADA);
  expect(world.intended).toEqual(look);
  world.answer('roll-back', 'yes', ADA);
  expect(world.rollout.stage.at).toBe('restore');
  // Its outcome comes late, and counts for nothing.
  world.record({
    type: 'looked-after',
    effect: look?.id ?? '',
    round: 0,
    from: START,
    due: START + HOUR,
    missed: 0,
    readings: [],
  });
  expect(world.digests).toEqual([]);
  world.finish('done');
  world.finish('done');
  expect(world.rollout.stage.at).toBe('rolled-back');
  world.pass(2 * DAY);
  expect(world.looks).toEqual([]);
});

test('a rollback that was asked for and declined leaves after-care as it was', () => {
  const world = new CareWorld({ rounds: [HOURLY] });
  world.act({ type: 'roll-back', reason: 'Bad.' }, ADA);
  world.pass(2 * HOUR + 5 * MINUTE);
  world.answer('roll-back', 'no', ADA);
  world.pass(HOUR);
  expect(world.looks).toHaveLength(3);
});

test('a look that fails finds out nothing, and holds nothing up', () => {
  const criteria = [{ text: 'It serves.', checks: [ERRORS] }];
  const world = new CareWorld({ rounds: [{ ...HOURLY, for: HOUR }], criteria });
  world.wait(HOUR + LAG);
  world.finish('failed');
  expect(world.rollout.stage.at).toBe('done');
  expect(world.digests[0]?.readings).toEqual([
    { name: 'errors', answer: 'unknown', detail: 'It did not work.' },
  ]);
  world.wait(7 * DAY);
  world.finish('failed');
  expect(world.rollout.stage.at).toBe('done');
  expect(world.care.assessment?.criteria).toMatchObject([{ answer: 'open' }]);
  expect(world.care.conclusion).toBeUndefined();
});

test('the state keeps the newest looks, and the last of each round however long ago', () => {
  const world = new CareWorld({ rounds: [HOURLY, { ...DAILY, for: DAY }] });
  world.find = ({ name }, { to }) => (to === START + HOUR ? off(name) : { name, answer: 'good', detail: '' });
  world.pass(2 * DAY);
  expect(world.digests.length).toBeLessThanOrEqual(13);
  expect(world.digests.some((digest) => digest.round === 1)).toBe(true);
  expect(world.digests.some((digest) => digest.due === START + HOUR)).toBe(false);
  const kept = world.journal.filter((event) => event.type === 'looked-after');
  expect(kept).toHaveLength(25);
});

const rounds: fc.Arbitrary<Round[]> = fc.uniqueArray(
  fc
    .record({
      every: fc.constantFrom('hour', 'day', 'week', 'month', 'quarter'),
      days: fc.option(fc.integer({ min: 1, max: 100 }), { nil: undefined }),
    })
    .map(({ every, days }) => round(every, every, days === undefined ? {} : { for: days * DAY })),
  { selector: ({ name }) => name, minLength: 1, maxLength: 5 },
);

type Move = (world: CareWorld) => void;
const moves: fc.Arbitrary<Move> = fc.oneof(
  // Awake for a while, in steps of any size; looks may end long after they were intended, or fail.
  fc.integer({ min: 1, max: 40 * 60 }).map(
    (minutes): Move =>
      (world) =>
        world.wait(minutes * MINUTE),
  ),
  fc.constant<Move>((world) => world.lookOnce()),
  fc.constant<Move>((world) => world.look()),
  fc.constant<Move>((world) => world.finish('failed')),
  // The process dies, and another one reads the journal some time later.
  fc.integer({ min: 0, max: 40 * DAY }).map(
    (ms): Move =>
      (world) => {
        world.sleep(ms);
        expect(world.reread()).toEqual(world.rollout);
        world.settle();
      },
  ),
);

test('in whatever order it sleeps, wakes, dies and fails: no due time twice, and no gap between the spans', () => {
  fc.assert(
    fc.property(
      rounds,
      fc.constantFrom('UTC', 'Europe/Zurich', 'America/New_York', 'Australia/Lord_Howe', 'Pacific/Apia'),
      fc.integer({ min: 0, max: 365 * 24 * 60 }),
      fc.array(moves, { maxLength: 40 }),
      (rounds, zone, minutes, moves) => {
        const begun = START + minutes * MINUTE;
        const world = new CareWorld({ rounds, zone, begun });
        for (const move of moves) move(world);
        world.wake();
        rounds.forEach((_, round) => {
          const spans = spansOf(world, round);
          let last = begun;
          for (const { from, due } of spans) {
            expect(from).toBe(last);
            expect(due).toBeGreaterThan(from);
            expect(due).toBeLessThanOrEqual(world.now - LAG);
            last = due;
          }
          expect(world.care.rounds[round]?.last).toBe(last);
          // All that was due has been looked at, and each due time is in exactly one look.
          expect(world.care.rounds[round]?.next ?? Number.POSITIVE_INFINITY).toBeGreaterThan(world.now - LAG);
        });
        expect(fold(world.journal)).toEqual(world.rollout);
      },
    ),
    { numRuns: 150 },
  );
});

/** Every look of a round that came to an end, well or not. */
function spansOf(world: CareWorld, round: number): { from: number; due: number; missed: number }[] {
  const intents = new Map(
    world.journal.flatMap((event) =>
      event.type === 'effect-intended' && event.effect.kind === 'look-after'
        ? [[event.effect.id, event.effect] as const]
        : [],
    ),
  );
  return world.journal.flatMap((event) => {
    if (event.type !== 'looked-after' && event.type !== 'effect-failed') return [];
    const look = intents.get(event.effect);
    return look?.round === round ? [look] : [];
  });
}

test('each due time counts once: as the one that was looked at, or as one that was missed', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 20 }), (naps) => {
      const world = new CareWorld({ rounds: [round('Hourly', 'hour')] });
      for (const minutes of naps) {
        world.sleep(minutes * MINUTE);
        world.wake();
      }
      const counted = spansOf(world, 0).reduce((sum, { missed }) => sum + missed + 1, 0);
      expect(counted).toBe(Math.max(0, Math.floor((world.now - LAG - START) / HOUR)));
    }),
  );
});
