import { EMPTY, type Histogram } from './histogram.ts';
import type { BucketOptions, Distribution } from './time-series.ts';

/** Counts come as text, with trailing zeros cut; the layout stands in every point. */
export function toHistogram(distribution: Distribution): Histogram {
  const counts = (distribution.bucketCounts ?? []).map(Number);
  return counts.length === 0 ? EMPTY : { bounds: boundsOf(distribution.bucketOptions), counts };
}

const layouts = new Map<string, readonly number[]>();

/** Layouts are few, so each is computed once and shared. */
function boundsOf(options: BucketOptions = {}): readonly number[] {
  const key = JSON.stringify(options);
  const known = layouts.get(key);
  if (known) return known;
  const bounds = computeBounds(options);
  if (layouts.size > 100) layouts.clear();
  layouts.set(key, bounds);
  return bounds;
}

function computeBounds({ exponentialBuckets: e, linearBuckets: l, explicitBuckets: x }: BucketOptions) {
  if (e) {
    const { scale = 1, growthFactor = 2 } = e;
    return Array.from({ length: (e.numFiniteBuckets ?? 0) + 1 }, (_, i) => scale * growthFactor ** i);
  }
  if (l) {
    const { offset = 0, width = 1 } = l;
    return Array.from({ length: (l.numFiniteBuckets ?? 0) + 1 }, (_, i) => offset + width * i);
  }
  return x?.bounds ?? [];
}
