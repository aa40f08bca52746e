import { expect, test } from 'vitest';
import type { Outage } from '../../src/bot/blind.ts';
import { createVitals } from '../../src/health/vitals.ts';
import { createWatchdog } from '../../src/health/watchdog.ts';
import type { Clock } from '../../src/plan/clock.ts';
import { MINUTE } from '../../src/plan/duration.ts';
import { fold } from '../../src/rollout/evolve.ts';
import type { Rollout } from '../../src/rollout/state.ts';
import { fullJournal } from '../bot/journal.ts';

const START = Date.UTC(2026, 10, 22, 12);
const AFTER = 5 * MINUTE;

function world(told: readonly Outage[] = []) {
  let now = START;
  let live: readonly Rollout[] = [fold(fullJournal().slice(0, 1))];
  const clock: Clock = { now: () => now, sleep: () => Promise.resolve() };
  const vitals = createVitals(clock);
  const said: string[] = [];
  const asked: number[] = [];
  const watch = createWatchdog({
    vitals,
    clock,
    world: clock,
    after: AFTER,
    told,
    live: () => live,
    ask: async () => void asked.push(now - START),
    begun: ({ api, since, why }) => void said.push(`${api} since ${(since - START) / MINUTE}: ${why}`),
    over: ({ api, since, until = 0 }) =>
      void said.push(`${api} from ${(since - START) / MINUTE} to ${(until - START) / MINUTE}`),
  });
  return {
    said,
    asked,
    over() {
      live = [];
    },
    /** A minute passes, second by second, and at its end an API answers so. */
    minute(api: string, outcome?: number | string) {
      for (let i = 0; i < 60; i++) {
        now += 1_000;
        watch();
      }
      if (outcome !== undefined) vitals.notice({ kind: 'google', api, outcome });
      watch();
    },
  };
}

test('failures and nothing else for five minutes are told once, and so is their end', () => {
  const { minute, said } = world();
  minute('Cloud Monitoring', 200);
  for (let i = 0; i < 5; i++) minute('Cloud Monitoring', 503);
  expect(said).toEqual([]);
  minute('Cloud Monitoring', 'timeout');
  minute('Cloud Monitoring', 'lost');
  expect(said).toEqual(['monitoring since 2: no answer in time']);
  minute('Cloud Monitoring', 404);
  expect(said.slice(1)).toEqual(['monitoring from 2 to 9']);
});

test.each([401, 403, 429, 500, 'credentials'])(
  '%s for long is blindness; an answer between begins anew',
  (outcome) => {
    const { minute, said } = world();
    for (let i = 0; i < 5; i++) minute('Cloud Monitoring', outcome);
    minute('Cloud Monitoring', 400);
    for (let i = 0; i < 5; i++) minute('Cloud Monitoring', outcome);
    expect(said).toEqual([]);
    minute('Cloud Monitoring', outcome);
    expect(said).toHaveLength(1);
  },
);

test('one failure that nobody followed up is not told, and the Admin API is asked once a minute while it fails', () => {
  const { minute, said, asked } = world();
  minute('App Engine', 'lost');
  for (let i = 0; i < 10; i++) minute('App Engine');
  expect(said).toEqual([]);
  expect(asked).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map((at) => at * MINUTE));
});

test('with no release under way nothing is told', () => {
  const { minute, said, over } = world();
  over();
  for (let i = 0; i < 9; i++) minute('Cloud Monitoring', 503);
  expect(said).toEqual([]);
});

test('the end of an outage that the process before told of is told, and not its beginning again', () => {
  const { minute, said } = world([{ api: 'monitoring', since: START - 10 * MINUTE, why: 'HTTP 503' }]);
  for (let i = 0; i < 8; i++) minute('Cloud Monitoring', 503);
  expect(said).toEqual([]);
  minute('Cloud Monitoring', 200);
  expect(said).toEqual(['monitoring from -10 to 9']);
});
