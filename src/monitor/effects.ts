import type { Interval } from './errors.ts';
import type { Point } from './points.ts';

/** A figure of one side over some of its minutes; undefined where it cannot be told. */
export type Estimate = (points: readonly Point[]) => number | undefined;

/** Blocks of neighbouring minutes: what one minute has in common with the next stays in one block. */
const BLOCKS = 8;
/** Student's t, 97.5 %, by degrees of freedom from 3 on. */
const T = [3.18, 2.78, 2.57, 2.45, 2.36];
/** Fewer blocks tell nothing of how much they differ. */
const FEWEST = 4;

/**
 * 95 % interval of how many times the baseline's a figure of the canary's is: the jackknife over blocks of minutes, on
 * the logarithm. Nothing is assumed of how the figure is made, or that minutes are independent.
 * @param paired whether both sides' minutes are the same ones: what they share then cancels out.
 * @returns undefined where there are too few minutes, or nothing to divide by.
 */
export function timesInterval(
  canary: readonly Point[],
  baseline: readonly Point[],
  estimate: Estimate,
  paired: boolean,
): Interval | undefined {
  const log = (points: readonly Point[]) => {
    const value = estimate(points);
    return value !== undefined && value > 0 ? Math.log(value) : Number.NaN;
  };
  const times = log(canary) - log(baseline);
  const variance = paired
    ? jackknife([canary, baseline], ([c = [], b = []]) => log(c) - log(b))
    : jackknife([canary], ([c = []]) => log(c)) + jackknife([baseline], ([b = []]) => log(b));
  if (!Number.isFinite(times) || !Number.isFinite(variance)) return undefined;
  const blocks = Math.min(blocksOf([canary]).length, blocksOf([baseline]).length);
  const half = (T[Math.min(blocks - FEWEST, T.length - 1)] ?? 2.36) * Math.sqrt(variance);
  const rounded = (x: number) => Number(Math.exp(x).toPrecision(3));
  return { low: rounded(times - half), high: rounded(times + half) };
}

type Sides = readonly (readonly Point[])[];

/** Variance of an estimate, from what it is without each of the blocks; not a number where that cannot be told. */
function jackknife(sides: Sides, estimate: (sides: Sides) => number): number {
  const blocks = blocksOf(sides);
  const k = blocks.length;
  if (k < FEWEST) return Number.NaN;
  const without = blocks.map(({ from, to }) =>
    estimate(sides.map((side) => side.filter((p) => p.minute < from || p.minute >= to))),
  );
  const mean = without.reduce((sum, x) => sum + x, 0) / k;
  return ((k - 1) / k) * without.reduce((sum, x) => sum + (x - mean) ** 2, 0);
}

/** Stretches of about as many minutes each, in order of time. */
function blocksOf(sides: Sides): { from: number; to: number }[] {
  const minutes = [...new Set(sides.flatMap((side) => side.map((p) => p.minute)))].toSorted((a, b) => a - b);
  const k = Math.min(BLOCKS, Math.floor(minutes.length / 2));
  return Array.from({ length: k }, (_, i) => ({
    from: minutes[Math.floor((i * minutes.length) / k)] ?? 0,
    to: minutes[Math.floor(((i + 1) * minutes.length) / k)] ?? Number.POSITIVE_INFINITY,
  }));
}
