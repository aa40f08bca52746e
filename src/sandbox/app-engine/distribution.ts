import { isObject, type JsonObject, numberAt, objectAt } from './json.ts';
import { badField } from './refusal.ts';

/** How values fall into buckets, as google.api.Distribution.BucketOptions has it. One bucket below and one above. */
export type Layout =
  /** Bounds scale × growth^0 … scale × growth^finite. */
  | { readonly kind: 'exponential'; readonly finite: number; readonly growth: number; readonly scale: number }
  /** Bounds offset, offset + width … offset + finite × width. */
  | { readonly kind: 'linear'; readonly finite: number; readonly width: number; readonly offset: number }
  | { readonly kind: 'explicit'; readonly bounds: readonly number[] };

/** That of `response_latencies`: 64 finite buckets, bounds 1, √2, 2, … ms. */
export const LATENCIES: Layout = { kind: 'exponential', finite: 64, growth: Math.SQRT2, scale: 1 };
/** What a log-based metric gets that asks for none. */
const USUAL: Layout = { kind: 'exponential', finite: 64, growth: 2, scale: 0.01 };
const MOST_BUCKETS = 200;

/** Values, as Cloud Monitoring keeps them. */
export interface Distribution {
  readonly count: number;
  readonly sum: number;
  readonly squares: number;
  /** Bucket number (0 below the first bound) and how many fell into it. */
  readonly buckets: readonly (readonly [bucket: number, count: number])[];
  /** Absent: that of latencies. */
  readonly layout?: Layout;
}

/** Bucket i holds what is at least bound i - 1 and below bound i. */
export function bucketOf(value: number, layout: Layout = LATENCIES): number {
  if (layout.kind === 'explicit') return layout.bounds.filter((bound) => bound <= value).length;
  // A hair's breadth, so that a value on a bound is not put below it by rounding.
  const at =
    layout.kind === 'linear'
      ? (value - layout.offset) / layout.width
      : value <= 0
        ? -1
        : Math.log2(value / layout.scale) / Math.log2(layout.growth);
  return Math.min(layout.finite + 1, Math.max(0, Math.floor(at + 1e-9) + 1));
}

/** One value by itself. */
export function single(value: number, layout: Layout): Distribution {
  return { count: 1, sum: value, squares: value * value, buckets: [[bucketOf(value, layout), 1]], layout };
}

/** Lower and upper bound of a bucket; the outermost two end where their neighbours begin. */
function boundsOf(bucket: number, layout: Layout): [number, number] {
  const bound = (i: number): number => {
    if (layout.kind === 'explicit') return layout.bounds[i] ?? layout.bounds.at(-1) ?? 0;
    return layout.kind === 'linear' ? layout.offset + i * layout.width : layout.scale * layout.growth ** i;
  };
  const last = layout.kind === 'explicit' ? layout.bounds.length - 1 : layout.finite;
  const low = bucket === 0 ? Math.min(0, bound(0)) : bound(bucket - 1);
  return [low, bucket > last ? low : bound(bucket)];
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
  const layout = parts.find((part) => part.layout)?.layout;
  const sorted = [...buckets].toSorted(([a], [b]) => a - b);
  return { count, sum, squares, buckets: sorted, ...(layout && { layout }) };
}

/** `share` of the values lie below it (0.95 for the 95th percentile), interpolated within the bucket; NaN if empty. */
export function percentile({ count, buckets, layout }: Distribution, share: number): number {
  let left = share * count;
  for (const [bucket, n] of buckets) {
    const [low, high] = boundsOf(bucket, layout ?? LATENCIES);
    if (left <= n) return low + ((high - low) * left) / n;
    left -= n;
  }
  return Number.NaN;
}

/** google.api.Distribution: 64-bit numbers as text, trailing empty buckets left out. */
export function distributionValue({ count, sum, squares, buckets, layout }: Distribution): JsonObject {
  const counts: string[] = Array(1 + (buckets.at(-1)?.[0] ?? -1)).fill('0');
  for (const [bucket, n] of buckets) counts[bucket] = String(n);
  const mean = count === 0 ? 0 : sum / count;
  return {
    count: String(count),
    mean,
    sumOfSquaredDeviation: Math.max(0, squares - count * mean * mean),
    bucketOptions: bucketOptions(layout ?? LATENCIES),
    bucketCounts: counts,
  };
}

function bucketOptions(layout: Layout): JsonObject {
  switch (layout.kind) {
    case 'exponential': {
      const { finite, growth, scale } = layout;
      return { exponentialBuckets: { numFiniteBuckets: finite, growthFactor: growth, scale } };
    }
    case 'linear':
      return {
        linearBuckets: { numFiniteBuckets: layout.finite, width: layout.width, offset: layout.offset },
      };
    case 'explicit':
      return { explicitBuckets: { bounds: layout.bounds } };
  }
}

/** BucketOptions as a log-based metric gives them. @throws Refusal for what makes no buckets */
export function readLayout(options: JsonObject): Layout {
  if (Object.keys(options).length === 0) return USUAL;
  const { linearBuckets, exponentialBuckets, explicitBuckets } = options;
  if (isObject(linearBuckets)) {
    const width = numberAt(linearBuckets, 'width') ?? 0;
    const finite = finiteIn(linearBuckets);
    if (!(width > 0)) throw badBuckets('linearBuckets.width must be greater than 0');
    return { kind: 'linear', finite, width, offset: numberAt(linearBuckets, 'offset') ?? 0 };
  }
  if (isObject(exponentialBuckets)) {
    const growth = numberAt(exponentialBuckets, 'growthFactor') ?? 0;
    const scale = numberAt(exponentialBuckets, 'scale') ?? 0;
    if (!(growth > 1)) throw badBuckets('exponentialBuckets.growthFactor must be greater than 1');
    if (!(scale > 0)) throw badBuckets('exponentialBuckets.scale must be greater than 0');
    return { kind: 'exponential', finite: finiteIn(exponentialBuckets), growth, scale };
  }
  const list = objectAt({ explicitBuckets }, 'explicitBuckets').bounds;
  const bounds = Array.isArray(list) ? list.map(Number) : [];
  const rising = bounds.every((bound, i) => Number.isFinite(bound) && bound > (bounds[i - 1] ?? -Infinity));
  if (bounds.length === 0 || !rising) throw badBuckets('explicitBuckets.bounds must be numbers that rise');
  return { kind: 'explicit', bounds };
}

function finiteIn(options: JsonObject): number {
  const finite = numberAt(options, 'numFiniteBuckets') ?? 0;
  if (Number.isInteger(finite) && finite > 0 && finite <= MOST_BUCKETS) return finite;
  throw badBuckets(`numFiniteBuckets must be a whole number from 1 to ${MOST_BUCKETS}`);
}

function badBuckets(what: string) {
  return badField('metric.bucketOptions', `Invalid bucket options: ${what}.`);
}
