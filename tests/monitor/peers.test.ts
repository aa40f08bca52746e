import { describe, expect, it } from 'vitest';
import { ARGO_EXAMPLE, argo, argoMetric } from '../../bench/judge/peers/argo.ts';
import { playBeside, sluice } from '../../bench/judge/peers/beside.ts';
import { burnRate, burns, FAST_BURN } from '../../bench/judge/peers/burn-rate.ts';
import { errorRate, latency, openFigures } from '../../bench/judge/peers/figures.ts';
import { FLAGGER_EXAMPLE, flagger, flaggerPasses } from '../../bench/judge/peers/flagger.ts';
import { ALL_SIGNALS, classify, kayenta, scoreOf } from '../../bench/judge/peers/kayenta.ts';
import { shiftOf } from '../../bench/judge/peers/mann-whitney.ts';
import type { Peer, Word } from '../../bench/judge/peers/peer.ts';
import { sayBeside } from '../../bench/judge/peers/table.ts';
import { play } from '../../bench/judge/play.ts';
import type { Header, WirePoint } from '../../bench/judge/wire.ts';

const header: Header = {
  type: 'window',
  schema: 1,
  id: 'w',
  durationMin: 30,
  canaryShare: 0.1,
  env: 'standard',
  shardBy: 'random',
  maxDelayMin: 4,
  // Borders 100, 200, 400, 800, 1600.
  buckets: { exponential: { scale: 100, growthFactor: 2, numFiniteBuckets: 4 } },
  directions: {},
  history: Array.from({ length: 60 }, (_, i) => ({
    m: i - 60,
    v: 'baseline' as const,
    rc: { '2xx': 999, '5xx': 1 },
  })),
};

/** All of minute m is there at m + 1. */
function run(peer: Peer, minute: (m: number) => readonly WirePoint[]): Word[] {
  const judge = peer(header);
  return Array.from({ length: 30 }, (_, i) => judge({ type: 'tick', id: 'w', t: i + 1, points: minute(i) }));
}

const point = (
  v: WirePoint['v'],
  m: number,
  ok: number,
  failed: number,
  lat: readonly number[] = [ok + failed],
) => ({
  m,
  v,
  rc: { '2xx': ok, '5xx': failed },
  lat,
});
const baselineOnly = (m: number) => [point('baseline', m, 900, 0)];

describe('what the peers are shown', () => {
  it('has no error rate and no latency where nothing was answered', () => {
    expect(errorRate([])).toBeNaN();
    expect(latency(header, [], 0.99)).toBeNaN();
  });

  it('takes a quantile linearly inside its bucket, and the lower border of the last one', () => {
    const points = [point('canary', 0, 4, 0, [0, 4])];
    expect(latency(header, points, 0.5)).toBeCloseTo(150);
    expect(latency(header, [point('canary', 0, 1, 0, [0, 0, 0, 0, 0, 1])], 0.99)).toBe(1600);
  });

  it('asks for the newest minute of the canary, or for the one that can no longer be late', () => {
    const figures = openFigures(header);
    expect(figures.end(3)).toBeUndefined();
    figures.take({ type: 'tick', id: 'w', t: 3, points: [point('canary', 1, 10, 0)] });
    expect(figures.end(3)).toBe(2);
    expect(figures.end(20)).toBe(15);
  });
});

describe('Argo Rollouts', () => {
  it('fails once more measurements failed than the limit allows, in all and not in a row', () => {
    const measure = argoMetric({ success: (r) => r >= 0.95, failureLimit: 1 });
    expect([0.9, 1, 0.9].map(measure)).toEqual(['Running', 'Running', 'Failed']);
  });

  it('fails a measurement that is not a number', () => {
    expect(argoMetric({ success: (r) => r >= 0.95 })(Number.NaN)).toBe('Failed');
  });

  it('errs after five errors in a row; a measurement between them begins anew', () => {
    const measure = argoMetric({ success: (r) => r >= 0.95 });
    const words = ['error', 'error', 'error', 'error', 1, 'error', 'error', 'error', 'error'] as const;
    expect(words.map(measure)).toEqual(words.map(() => 'Running'));
    expect(measure('error')).toBe('Error');
  });

  it('aborts a canary without traffic at the fourth measurement', () => {
    const words = run(argo(ARGO_EXAMPLE), baselineOnly);
    // At minute 5 nothing can be told yet: figures may be four minutes late.
    expect(words.indexOf('rollback') + 1).toBe(25);
  });

  it('promotes 4 % of errors, which the documented condition allows', () => {
    const words = run(argo(ARGO_EXAMPLE), (m) => [point('canary', m, 96, 4)]);
    expect(words).not.toContain('rollback');
    expect(words.at(-1)).toBe('promote');
  });
});

describe('Flagger', () => {
  it('fails a look without values', () => {
    expect(flaggerPasses(FLAGGER_EXAMPLE, { successRate: Number.NaN, p99: 100 })).toBe(false);
    expect(flaggerPasses(FLAGGER_EXAMPLE, { successRate: 1, p99: Number.NaN })).toBe(false);
    expect(flaggerPasses(FLAGGER_EXAMPLE, { successRate: 0.99, p99: 500 })).toBe(true);
  });

  it('forgives nothing: five failed looks of a whole window roll back at the next one', () => {
    const words = run(flagger(FLAGGER_EXAMPLE), (m) => [
      point('canary', m, m % 4 === 0 ? 90 : 100, m % 4 === 0 ? 10 : 0),
    ]);
    // Looks 1, 5, 9, 13 and 17 fail.
    expect(words.indexOf('rollback') + 1).toBe(18);
  });

  it('looks at each minute once, also where two come together', () => {
    const bad = (m: number) => [point('canary', m, 50, 50)];
    // 0 and 1 at minute 2, 2 and 3 at minute 4, the fifth bad one at minute 6.
    const words = run(flagger(FLAGGER_EXAMPLE), (m) => (m % 2 === 1 ? [...bad(m - 1), ...bad(m)] : []));
    expect(words.indexOf('rollback') + 1).toBe(7);
  });

  it('fails the minutes of a canary without traffic, once these can no longer come', () => {
    const words = run(flagger(FLAGGER_EXAMPLE), baselineOnly);
    // Minutes 0 to 4 fail at 6 to 10.
    expect(words.indexOf('rollback') + 1).toBe(11);
  });

  it('promotes where fewer fail', () => {
    const words = run(flagger(FLAGGER_EXAMPLE), (m) => [point('canary', m, 100, m < 4 ? 10 : 0)]);
    expect(words.at(-1)).toBe('promote');
    expect(words).not.toContain('rollback');
  });
});

describe('a burn-rate pair', () => {
  it('wants both windows to burn, and is quiet without requests', () => {
    expect(burns(14.4, 0.001, 0.02, 0.02)).toBe(true);
    expect(burns(14.4, 0.001, 0.02, 0.01)).toBe(false);
    expect(burns(14.4, 0.001, Number.NaN, Number.NaN)).toBe(false);
  });

  it('alarms at more than 14.4 times what the old version used, and promotes what has no traffic', () => {
    expect(run(burnRate(FAST_BURN), (m) => [point('canary', m, 98, 2)])).toContain('rollback');
    expect(run(burnRate(FAST_BURN), (m) => [point('canary', m, 99, 1)])).not.toContain('rollback');
    expect(run(burnRate(FAST_BURN), baselineOnly).at(-1)).toBe('promote');
  });
});

describe('Kayenta', () => {
  it('bounds a shift where the test gives 2 %, as scipy.stats.mannwhitneyu does with these samples', () => {
    const x = [12.1, 13.4, 15.2, 11.8, 14.9, 16.3, 13.1, 12.7, 15.8, 14.2, 13.9, 17.1];
    const y = [10.2, 11.5, 12.8, 9.9, 13.0, 12.2, 11.1, 10.8, 13.6, 12.4];
    const { low, high, estimate } = shiftOf(x, y, 2.3263);
    expect(low).toBeCloseTo(0.6, 3);
    expect(estimate).toBeCloseTo(2.4, 3);
    expect(high).toBeCloseTo(4.1, 3);
  });

  it('has no data where one side has none, NaN left out', () => {
    expect(classify([Number.NaN, Number.NaN], [1, 2], 'increase')).toBe('Nodata');
    expect(classify([1], [], 'increase')).toBe('Nodata');
    expect(classify([1, 2], [1, 2], 'increase')).toBe('Pass');
  });

  it('finds a metric high, but not in the direction that nobody minds', () => {
    const low = Array.from({ length: 20 }, (_, i) => i % 5);
    const high = low.map((value) => value + 10);
    expect(classify(high, low, 'increase')).toBe('High');
    expect(classify(high, low, 'decrease')).toBe('Pass');
    expect(classify(low, high, 'decrease')).toBe('Low');
  });

  it('scores what passes of what has data, and nothing where half has none', () => {
    expect(scoreOf(['Pass', 'Pass', 'High', 'Nodata'])).toBeCloseTo(66.7, 1);
    expect(scoreOf(['Pass', 'Nodata'])).toBe(0);
  });

  it('rolls back a canary without traffic, and promotes one that is the same', () => {
    const peer = kayenta({ every: 30, signals: ALL_SIGNALS });
    expect(run(peer, baselineOnly).at(-1)).toBe('rollback');
    const gauges = { cpu: 0.3, mem: 200 };
    const same = run(peer, (m) => [
      { ...point('canary', m, 100, 1), ...gauges },
      { ...point('baseline', m, 100, 1), ...gauges },
    ]);
    expect(same.at(-1)).toBe('promote');
  });
});

it('judges the same windows as the judge is reported on, and puts the judges side by side', () => {
  const seeds = [11, 12, 13, 14];
  const played = seeds.map((seed) => playBeside(seed, [sluice, burnRate(FAST_BURN)]));
  expect(played.map(([own]) => own)).toEqual(seeds.map((seed) => play(seed).outcome));
  const judged = ['Sluice', 'burn rate'].map((name, i) => ({
    name,
    outcomes: played.flatMap((outcomes) => outcomes[i] ?? []),
  }));
  expect(sayBeside(judged)).toMatch(/^\| figure \| wanted \| Sluice \| burn rate \|\n/);
});
