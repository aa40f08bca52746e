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

/** Adds up. Where layouts differ, on the borders that they share: nothing is guessed. */
export function merge(histograms: readonly Histogram[]): Histogram {
  const filled = histograms.filter((h) => h.counts.length > 0);
  const [first] = filled;
  if (!first) return EMPTY;
  const alike = filled.every((h) => h.bounds === first.bounds || sameBounds(h.bounds, first.bounds));
  const bounds = alike ? first.bounds : commonBounds(filled);
  const sums = Array.from({ length: bounds.length + 1 }, () => 0);
  for (const { bounds: own, counts } of filled) {
    let to = 0;
    for (const [i, count] of counts.entries()) {
      // The bucket's lower border decides where it belongs.
      const low = i === 0 ? Number.NEGATIVE_INFINITY : (own[i - 1] ?? Number.POSITIVE_INFINITY);
      while (to < bounds.length && (bounds[to] ?? 0) <= low) to++;
      sums[to] = (sums[to] ?? 0) + count;
    }
  }
  return { bounds, counts: sums };
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

/** How many lay at or above one of the histogram's borders. */
export function above(histogram: Histogram, border: number): number {
  const { bounds, counts } = histogram;
  let sum = 0;
  for (let i = counts.length - 1; i > 0; i--) {
    if ((bounds[i - 1] ?? Number.POSITIVE_INFINITY) < border * (1 - 1e-9)) break;
    sum += counts[i] ?? 0;
  }
  return sum;
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

/** Share of the counts above `x`, interpolated as in {@link quantile} and kept off 0 and 1. */
export function survival(histogram: Histogram, x: number): number {
  const { bounds, counts } = histogram;
  const total = countOf(histogram);
  let over = 0;
  for (const [i, count] of counts.entries()) {
    const low = bounds[i - 1] ?? 0;
    const high = bounds[i] ?? Number.POSITIVE_INFINITY;
    if (low >= x) over += count;
    else if (high > x && Number.isFinite(high)) {
      const part = low > 0 ? Math.log(x / low) / Math.log(high / low) : x / high;
      over += count * (1 - part);
    }
  }
  return (over + 0.5) / (total + 1);
}
