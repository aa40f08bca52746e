/** Counts of latencies by bucket. */
export interface Histogram {
  /** Ascending borders in milliseconds. */
  readonly bounds: readonly number[];
  /** `counts[0]` lies under the first border, `counts[i]` in [bounds[i-1], bounds[i]); what is cut off at the end is 0. */
  readonly counts: readonly number[];
}

export const EMPTY: Histogram = { bounds: [], counts: [] };

export function countOf(histogram: Histogram): number {
  return histogram.counts.reduce((sum, count) => sum + count, 0);
}

/** Adds up. Where layouts differ, on the borders that they share: nothing is guessed. Empty buckets at the end are cut. */
export function merge(histograms: readonly Histogram[]): Histogram {
  const filled = histograms.filter((h) => h.counts.length > 0);
  const [first] = filled;
  if (!first) return EMPTY;
  const bounds = sharedBounds(filled);
  const sums: number[] = [];
  for (const histogram of filled) {
    const counts = countsOn(bounds, histogram);
    for (let i = 0; i < counts.length; i++) sums[i] = (sums[i] ?? 0) + (counts[i] ?? 0);
  }
  while (sums.at(-1) === 0) sums.pop();
  return { bounds, counts: sums };
}

/** The borders that all filled histograms have. */
export function sharedBounds(histograms: readonly Histogram[]): readonly number[] {
  const filled = histograms.filter((h) => h.counts.length > 0);
  const [first] = filled;
  if (!first) return [];
  const alike = filled.every((h) => h.bounds === first.bounds || sameBounds(h.bounds, first.bounds));
  return alike ? first.bounds : commonBounds(filled);
}

/** Counts on fewer borders, all of which the histogram has. */
export function countsOn(bounds: readonly number[], { bounds: own, counts }: Histogram): readonly number[] {
  if (own === bounds) return counts;
  const sums = Array.from({ length: bounds.length + 1 }, () => 0);
  let to = 0;
  for (const [i, count] of counts.entries()) {
    // The bucket's lower border decides where it belongs.
    const low = i === 0 ? Number.NEGATIVE_INFINITY : (own[i - 1] ?? Number.POSITIVE_INFINITY);
    while (to < bounds.length && (bounds[to] ?? 0) <= low * (1 + 1e-9)) to++;
    sums[to] = (sums[to] ?? 0) + count;
  }
  return sums;
}

function sameBounds(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((x, i) => x === b[i]);
}

/** Borders that every layout has; two computed by different formulas count as one when they differ by rounding only. */
function commonBounds(histograms: readonly Histogram[]): number[] {
  const [first, ...others] = histograms;
  const near = (a: number, b: number) => Math.abs(a - b) <= 1e-9 * Math.abs(a);
  return (first?.bounds ?? []).filter((x) => others.every((h) => h.bounds.some((y) => near(x, y))));
}

/**
 * The value under which a share `q` of the counts lies, with geometric interpolation inside a bucket: for buckets that
 * grow by √2 the error is at most 19 %. Undefined without counts.
 */
export function quantile(histogram: Histogram, q: number): number | undefined {
  const { bounds, counts } = histogram;
  const total = countOf(histogram);
  const [lowest] = bounds;
  if (total === 0 || lowest === undefined) return undefined;
  let left = q * total;
  for (const [i, count] of counts.entries()) {
    if (left > count || count === 0) {
      left -= count;
      continue;
    }
    const high = bounds[i];
    const low = bounds[i - 1];
    if (low === undefined) return (lowest * left) / count;
    // The last bucket has no upper border; its lower one is what is known.
    if (high === undefined) return low;
    return low > 0 ? low * (high / low) ** (left / count) : low + ((high - low) * left) / count;
  }
  return bounds.at(-1);
}
