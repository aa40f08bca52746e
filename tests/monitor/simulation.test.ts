import { beforeAll, describe, expect, it } from 'vitest';
import { play } from '../../bench/judge/play.ts';
import { type Score, score } from '../../bench/judge/score.ts';

/** Neither for tuning nor for reporting. */
const FIRST = 500_000;
const WINDOWS = 90;

describe('simulated windows of all kinds, with everything that makes judging hard', () => {
  let found: Score;
  beforeAll(() => {
    found = score(Array.from({ length: WINDOWS }, (_, i) => play(FIRST + i).outcome));
  }, 300_000);

  it('of healthy versions end well', () => {
    expect(found.healthy).toBeGreaterThan(30);
    expect(found.falseRollback * found.healthy).toBeLessThanOrEqual(2);
    expect(found.healthyPromoted).toBeGreaterThanOrEqual(0.85);
  });
  it('of faults that can be known are mostly found, and soon', () => {
    expect(found.detectable).toBeGreaterThan(25);
    expect(found.detected).toBeGreaterThanOrEqual(0.75);
    expect(found.wrongPromote).toBeLessThanOrEqual(0.2);
    expect(found.ratioMedian).toBeLessThanOrEqual(2.2);
  });
  it('without traffic are held', () => {
    expect(found.zeroHeld).toBe(1);
  });
});
