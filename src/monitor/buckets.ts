import { isDeepStrictEqual } from 'node:util';
import { EMPTY, type Histogram } from './histogram.ts';
import type { BucketOptions, Distribution } from './time-series.ts';

/** Counts come as text, with trailing zeros cut; the layout stands in every point. */
export function toHistogram(distribution: Distribution): Histogram {
  const counts = (distribution.bucketCounts ?? []).map(Number);
  return counts.length === 0 ? EMPTY : { bounds: boundsOf(distribution.bucketOptions), counts };
}

interface Layout {
  readonly options: BucketOptions;
  readonly bounds: readonly number[];
}

const layouts: Layout[] = [];
const MOST_LAYOUTS = 50;

/** Layouts are few, and nearly every point has the same: each is computed once and shared, the latest found first. */
function boundsOf(given: Distribution['bucketOptions']): readonly number[] {
  const options = given ?? {};
  const at = layouts.findIndex((known) => isSame(known.options, options));
  const found = layouts[at] ?? { options, bounds: computeBounds(options) };
  if (at !== 0) {
    if (at > 0) layouts.splice(at, 1);
    layouts.unshift(found);
    layouts.length = Math.min(layouts.length, MOST_LAYOUTS);
  }
  return found.bounds;
}

function isSame(a: BucketOptions, b: BucketOptions): boolean {
  const [x, y] = [a.exponentialBuckets, b.exponentialBuckets];
  if (!x || !y) return isDeepStrictEqual(a, b);
  return (
    x.numFiniteBuckets === y.numFiniteBuckets && x.growthFactor === y.growthFactor && x.scale === y.scale
  );
}

function computeBounds({ exponentialBuckets: e, linearBuckets: l, explicitBuckets: x }: BucketOptions) {
  if (e) {
    const [scale, growth] = [e.scale ?? 1, e.growthFactor ?? 2];
    return Array.from({ length: (e.numFiniteBuckets ?? 0) + 1 }, (_, i) => scale * growth ** i);
  }
  if (l) {
    const [offset, width] = [l.offset ?? 0, l.width ?? 1];
    return Array.from({ length: (l.numFiniteBuckets ?? 0) + 1 }, (_, i) => offset + width * i);
  }
  return x?.bounds ?? [];
}
