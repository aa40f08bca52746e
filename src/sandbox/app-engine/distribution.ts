import type { JsonObject } from './json.ts';

/** Bucket layout of `response_latencies`: 64 finite buckets, bounds 1, √2, 2, … ms, one below and one above. */
const FINITE = 64;
const GROWTH = Math.SQRT2;
const SCALE = 1;

/** Values in milliseconds, as Cloud Monitoring keeps them. */
export interface Distribution {
  readonly count: number;
  readonly sum: number;
  readonly squares: number;
  /** Bucket number (0 below the first bound, 65 above the last) and how many fell into it. */
  readonly buckets: readonly (readonly [bucket: number, count: number])[];
}

export const EMPTY: Distribution = { count: 0, sum: 0, squares: 0, buckets: [] };

/** Bucket i holds [√2^(i-1), √2^i) ms. */
export function bucketOf(ms: number): number {
  if (ms < SCALE) return 0;
  return Math.min(FINITE + 1, Math.floor(2 * Math.log2(ms) + 1e-9) + 1);
}

/** Lower and upper bound of a bucket in ms; the outermost two end where their neighbours begin. */
function boundsOf(bucket: number): [number, number] {
  const low = bucket === 0 ? 0 : SCALE * GROWTH ** (bucket - 1);
  return [low, bucket > FINITE ? low : SCALE * GROWTH ** bucket];
}

export function merge(parts: readonly Distribution[]): Distribution {
  const buckets = new Map<number, number>();
  let [count, sum, squares] = [0, 0, 0];
  for (const part of parts) {
    count += part.count;
    sum += part.sum;
    squares += part.squares;
    for (const [bucket, n] of part.buckets) buckets.set(bucket, (buckets.get(bucket) ?? 0) + n);
  }
  return { count, sum, squares, buckets: [...buckets].toSorted(([a], [b]) => a - b) };
}

/** `share` of the values lie below it (0.95 for the 95th percentile), interpolated within the bucket; NaN if empty. */
export function percentile({ count, buckets }: Distribution, share: number): number {
  let left = share * count;
  for (const [bucket, n] of buckets) {
    const [low, high] = boundsOf(bucket);
    if (left <= n) return low + ((high - low) * left) / n;
    left -= n;
  }
  return Number.NaN;
}

/** google.api.Distribution: 64-bit numbers as text, trailing empty buckets left out. */
export function distributionValue({ count, sum, squares, buckets }: Distribution): JsonObject {
  const counts: string[] = Array(1 + (buckets.at(-1)?.[0] ?? -1)).fill('0');
  for (const [bucket, n] of buckets) counts[bucket] = String(n);
  const mean = count === 0 ? 0 : sum / count;
  return {
    count: String(count),
    mean,
    sumOfSquaredDeviation: Math.max(0, squares - count * mean * mean),
    bucketOptions: { exponentialBuckets: { numFiniteBuckets: FINITE, growthFactor: GROWTH, scale: SCALE } },
    bucketCounts: counts,
  };
}
