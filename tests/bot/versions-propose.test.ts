import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LiveVersion } from '../../src/bot/info/traffic.ts';
import { buildCleanData, parseCleanData } from '../../src/bot/versions/press.ts';
import { MOST_AT_ONCE, propose } from '../../src/bot/versions/propose.ts';
import { DAY } from '../../src/plan/duration.ts';

const NOW = Date.UTC(2026, 10, 23);

function version(id: string, days: number, more: Partial<LiveVersion> = {}): LiveVersion {
  return {
    id,
    createTime: NOW - days * DAY,
    servingStatus: 'SERVING',
    runtime: 'nodejs22',
    env: 'standard',
    scaling: 'automatic',
    diskUsage: 1,
    ...more,
  };
}

const RULES = { keep: 2, olderThan: 30 * DAY };

test('what is old and idle goes; what has traffic, is new, is needed or is among the newest stays', () => {
  const { remove, needed } = propose(
    {
      service: 'default',
      split: { shardBy: 'RANDOM', shares: { old: 1000 } },
      versions: [
        version('newest', 90),
        version('second', 91),
        version('old', 100),
        version('way-back', 120),
        version('idle', 110),
        version('idler', 130),
      ],
    },
    new Map([['way-back', 'the way back from old']]),
    RULES,
    NOW,
  );
  expect(remove.map(({ id }) => id)).toEqual(['idler', 'idle']);
  expect(needed).toEqual([{ id: 'way-back', why: 'the way back from old' }]);
});

test('what runs for nobody may be stopped: flex and manual scaling, unless it is needed', () => {
  const { remove, stop } = propose(
    {
      service: 'default',
      split: { shardBy: 'RANDOM', shares: { busy: 1000 } },
      versions: [
        version('busy', 1, { env: 'flexible' }),
        version('flex', 2, { env: 'flexible' }),
        version('manual', 3, { scaling: 'manual', instances: 2 }),
        version('needed', 4, { env: 'flex' }),
        version('stopped', 5, { env: 'flex', servingStatus: 'STOPPED' }),
        version('cheap', 6),
        version('going', 60, { env: 'flex' }),
      ],
    },
    new Map([['needed', 'the way back']]),
    RULES,
    NOW,
  );
  expect(remove.map(({ id }) => id)).toEqual(['going']);
  expect(stop.map(({ id }) => id)).toEqual(['going', 'manual', 'flex']);
});

test('whatever there is: nothing with traffic, needed, young or newest is ever proposed', () => {
  const versions = fc.uniqueArray(
    fc.record({
      id: fc.integer({ min: 0, max: 300 }).map((n) => `v${n}`),
      days: fc.integer({ min: 0, max: 90 }),
    }),
    { selector: ({ id }) => id, maxLength: 120 },
  );
  fc.assert(
    fc.property(
      versions,
      fc.func(fc.boolean()),
      fc.func(fc.boolean()),
      fc.integer({ min: 1, max: 20 }),
      (all, hasTraffic, isNeeded, keep) => {
        const shares = Object.fromEntries(all.filter(hasTraffic).map(({ id }) => [id, 1]));
        const needs = new Map(all.filter(isNeeded).map(({ id }) => [id, 'needed']));
        const live = all.map(({ id, days }) => version(id, days));
        const service = { service: 'default', split: { shardBy: 'RANDOM' as const, shares }, versions: live };
        const { remove } = propose(service, needs, { keep, olderThan: 30 * DAY }, NOW);
        expect(remove.length).toBeLessThanOrEqual(Math.min(MOST_AT_ONCE, Math.max(0, all.length - keep)));
        for (const one of remove) {
          expect(shares[one.id]).toBeUndefined();
          expect(needs.has(one.id)).toBe(false);
          expect(NOW - one.createTime).toBeGreaterThan(30 * DAY);
          const newer = live.filter(({ createTime }) => createTime >= one.createTime);
          expect(newer.length).toBeGreaterThan(keep);
        }
      },
    ),
  );
});

test('a button says which proposal, and nothing else is taken for one', () => {
  const press = { kind: 'clean', cleaning: 'k3f9x2ab' } as const;
  expect(parseCleanData(buildCleanData(press))).toEqual(press);
  for (const data of ['vc/', 'vc/K3F9X2AB', 'vc/k3f9x2ab/x', 'vc/k3f9x2abc', 'bc/k3f9x2ab'])
    expect(parseCleanData(data)).toBeUndefined();
});
