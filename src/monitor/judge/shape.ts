/** A distribution of latencies, known by its share of requests in each bucket. */
export interface Shape {
  readonly bounds: readonly number[];
  /** Requests it was taken from. */
  readonly total: number;
  /** `over[i]`: part of the requests at or above `bounds[i]`. */
  readonly over: readonly number[];
  /** Part of the requests above any value, interpolated on the logarithm. */
  above(x: number): number;
}

export function shapeOf(bounds: readonly number[], histograms: readonly (readonly number[])[]): Shape {
  const counts = new Float64Array(bounds.length + 1);
  let total = 0;
  for (const histogram of histograms)
    for (let i = 0; i < histogram.length && i < counts.length; i++) {
      counts[i] = (counts[i] ?? 0) + (histogram[i] ?? 0);
      total += histogram[i] ?? 0;
    }
  const over: number[] = [];
  let left = total;
  for (let i = 0; i < bounds.length; i++) {
    left -= counts[i] ?? 0;
    // Half a request beyond the last one seen: nothing is impossible.
    over.push((left + 0.5) / (total + 1));
  }
  const lowest = bounds[0] ?? 1;
  const step = (bounds[1] ?? lowest * 2) / lowest;
  const above = (x: number) => {
    let next = 0;
    let end = bounds.length;
    while (next < end) {
      const middle = (next + end) >> 1;
      if ((bounds[middle] ?? 0) > x) end = middle;
      else next = middle + 1;
    }
    if (next === bounds.length) return over.at(-1) ?? 0;
    const high = bounds[next] ?? x;
    const low = next === 0 ? lowest / step : (bounds[next - 1] ?? high);
    const highShare = over[next] ?? 0;
    const lowShare = next === 0 ? 1 : (over[next - 1] ?? 1);
    if (x <= low) return lowShare;
    const part = Math.log(x / low) / Math.log(high / low);
    // Between two borders of a tail the share falls about geometrically.
    return Math.exp(Math.log(lowShare) * (1 - part) + Math.log(highShare) * part);
  };
  return { bounds, total, over, above };
}

/** Tails of a histogram: `[0]` all requests, `[i + 1]` those at or above border `i`, as far as there are any. */
export function tailsOf(histogram: readonly number[]): readonly number[] {
  const tails = histogram.slice();
  for (let i = tails.length - 2; i >= 0; i--) tails[i] = (tails[i] ?? 0) + (tails[i + 1] ?? 0);
  return tails;
}
