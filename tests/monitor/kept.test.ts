import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judge } from '../../src/monitor/index.ts';
import { enoughFor } from '../../src/monitor/judge/budget.ts';
import { type KeptWindow, packWindow, unpackWindow } from '../../src/monitor/kept/kept-window.ts';
import { oldAgainstItself, peakOf } from '../../src/monitor/kept/replay.ts';
import { sayThreshold, thresholdFor, windowsNeeded } from '../../src/monitor/kept/threshold.ts';
import { MINUTE_MS, type Point } from '../../src/monitor/points.ts';
import { START, simulate, type Traffic } from './simulate.ts';

const traffic: Traffic = {
  seed: 11,
  perSecond: 5,
  share: 0.1,
  minutes: 30,
  baseErrors: 0.01,
  canaryErrors: 0.01,
};

/** An hour of the old version alone, then the window. */
function keptOf(more: Partial<Traffic> = {}): KeptWindow {
  const before = simulate({ ...traffic, ...more, seed: 5, minutes: 60 });
  const history = before
    .filter((p) => p.arm === 'baseline')
    .map((p) => ({ ...p, minute: p.minute - 60 * MINUTE_MS }));
  const window = { from: START, canaryShare: 0.1, durationMin: 30, history };
  const points = simulate({ ...traffic, ...more });
  return { rollout: 'k3f9x2ab', service: 'default', version: 'v2', step: 0, window, points };
}

describe('a kept window', () => {
  it('reads back as it was, but for the threshold of that day', () => {
    const kept = keptOf();
    const read = unpackWindow(packWindow({ ...kept, window: { ...kept.window, enough: 3 } }));
    expect(read).toEqual(kept);
    expect(judge(read.window, read.points)).toEqual(judge(kept.window, kept.points));
  });

  it('keeps the borders of every layout and whatever else a point knows', () => {
    const [first, second, ...others] = keptOf().points;
    if (!first || !second) throw new Error('The simulation gave no points.');
    const points: Point[] = [
      { ...first, latency: { bounds: [1, 10, 100], counts: [3, 0, 2] } },
      { ...second, latency: { bounds: [], counts: [] }, ...{ cpu: 0.25, custom: { orders: 3 } } },
      ...others,
    ];
    expect(unpackWindow(packWindow({ ...keptOf(), points })).points).toEqual(points);
  });

  it('takes less than 10 kB for half an hour and the hour before', () => {
    expect(packWindow(keptOf({ perSecond: 200 })).length).toBeLessThan(10_000);
  });

  it('says of a file that is none what is wrong and what to do', () => {
    expect(() => unpackWindow(Buffer.from('half a file'))).toThrow(/cannot be read .*Delete it\./);
    const newer = gzipSync(JSON.stringify({ schema: 2 }));
    expect(() => unpackWindow(newer)).toThrow('should be of schema 1, but is of 2. Delete it.');
  });
});

describe('judging a window again', () => {
  it('finds the evidence above which no look would have called it bad', async () => {
    const { window, points } = keptOf({ canaryErrors: 0.02 });
    const peak = (await peakOf({ window, points })) ?? Number.NaN;
    const isBadAt = (enough: number) =>
      Array.from({ length: 30 }, (_, i) => points.filter((p) => p.minute <= START + i * MINUTE_MS)).some(
        (seen) => judge({ ...window, enough }, seen).answer === 'bad',
      );
    expect(isBadAt(peak)).toBe(true);
    expect(isBadAt(peak + 1e-6)).toBe(false);
  });

  it('finds more against a failing version than against a sound one', async () => {
    const [sound, failing] = [await peakOf(keptOf()), await peakOf(keptOf({ canaryErrors: 0.2 }))];
    expect(failing).toBeGreaterThan(20);
    expect(sound).toBeLessThan(1);
  });

  it('has nothing to say where one side answered nothing', async () => {
    const { window, points } = keptOf();
    const canary = points.filter((p) => p.arm === 'canary');
    expect(await peakOf({ window: { ...window, history: [] }, points: canary })).toBeUndefined();
    expect(await peakOf({ window, points: [] })).toBeUndefined();
  });

  it('stops when nobody waits for it any more', async () => {
    await expect(peakOf(keptOf(), AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
  });
});

describe('the old version against itself', () => {
  it('is compared with the half hour before, and has none of the new version in it', () => {
    const against = oldAgainstItself(keptOf());
    expect(against?.window).toMatchObject({ canaryShare: 1, durationMin: 30, from: START - 30 * MINUTE_MS });
    expect(against?.window.history).toHaveLength(30);
    expect(against?.points).toHaveLength(30);
    expect(against?.points.every((p) => p.arm === 'canary' && p.minute < START)).toBe(true);
    expect(against?.window.history.every((p) => p.minute < START - 30 * MINUTE_MS)).toBe(true);
  });

  it('does not answer for what the new version left behind', () => {
    const kept = keptOf();
    const carried = { ...kept, window: { ...kept.window, carried: { '5xx': 3 } } };
    expect(oldAgainstItself(carried)).toEqual(oldAgainstItself(kept));
  });

  it('is left out where the hour before has another step in it, or no figures', () => {
    expect(oldAgainstItself({ ...keptOf(), step: 1 })).toBeUndefined();
    const kept = keptOf();
    expect(oldAgainstItself({ ...kept, window: { ...kept.window, history: [] } })).toBeUndefined();
  });
});

describe('the threshold for a share of false alarms', () => {
  const quiet = (count: number) => Array.from({ length: count }, (_, i) => -5 + i / count);

  it('is the simulated one while the service has too few windows of its own', () => {
    expect(windowsNeeded(0.01)).toBe(99);
    expect(windowsNeeded(0.05)).toBe(19);
    const few = Array.from({ length: 18 }, () => enoughFor(0.01) + 1);
    expect(thresholdFor(0.01, few)).toEqual({
      budget: 0.01,
      enough: enoughFor(0.01),
      from: 'simulation',
      windows: 18,
      needed: 99,
    });
    expect(thresholdFor(0.01, [...few, enoughFor(0.01) + 1])).toMatchObject({
      from: 'own-past',
      windows: 19,
    });
  });

  it('is never lower for whoever bears less', () => {
    const peaks = fc.array(fc.double({ min: -5, max: 20, noNaN: true }), { maxLength: 250 });
    fc.assert(
      fc.property(peaks, (all) => {
        const thresholds = [0.05, 0.02, 0.01, 0.007, 0.005, 0.001].map((b) => thresholdFor(b, all).enough);
        expect(thresholds).toEqual(thresholds.toSorted((a, b) => a - b));
      }),
    );
  });

  it('is not driven up without end by a version that was worse and let out all the same', () => {
    const found = thresholdFor(0.01, [...quiet(100), 40]);
    expect(found).toMatchObject({ enough: enoughFor(0.001), from: 'own-past' });
  });

  it('is never lower than the simulated one, however quiet the service was', () => {
    const found = thresholdFor(0.01, quiet(300));
    expect(found).toMatchObject({ enough: enoughFor(0.01), from: 'simulation', windows: 300 });
  });

  it('lies above what all but the share of its own windows reached', () => {
    const above = enoughFor(0.01) + 1;
    const peaks = [...quiet(197), above - 0.5, above, above + 2];
    const { enough, from } = thresholdFor(0.01, peaks);
    expect(from).toBe('own-past');
    // Rank 199 of 200: of the next windows one in a hundred may exceed it.
    expect(enough).toBeGreaterThan(above);
    expect(enough).toBeLessThan(above + 0.001);
  });

  it('holds for windows that come later, drawn as those before', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 120, maxLength: 200 }),
        (peaks) => {
          // Each in turn is the next one; ties count for whoever is above.
          const alarms = peaks.filter((peak, i) => peak >= thresholdFor(0.05, peaks.toSpliced(i, 1)).enough);
          expect(alarms.length).toBeLessThanOrEqual(Math.floor(peaks.length * 0.05));
        },
      ),
      { numRuns: 30 },
    );
  });

  it('says where it comes from', () => {
    expect(sayThreshold(thresholdFor(0.01, quiet(12)))).toBe(
      'at most 1 % (simulated; it has 12 of the 99 windows that its own past takes)',
    );
    expect(sayThreshold(thresholdFor(0.05, quiet(120)))).toBe(
      'at most 5 % (simulated; 120 windows of its own past agree)',
    );
    expect(
      sayThreshold(
        thresholdFor(0.05, [...quiet(100), ...Array.from({ length: 7 }, () => enoughFor(0.05) + 1)]),
      ),
    ).toBe('at most 5 % (by 107 windows of its own past)');
  });
});
