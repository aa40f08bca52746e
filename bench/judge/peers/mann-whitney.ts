/** Where the values of one sample lie against another's. */
export interface Shift {
  readonly low: number;
  readonly high: number;
  /** Hodges and Lehmann's estimate. */
  readonly estimate: number;
}

/** Width to which a bound is narrowed, as Kayenta's solver has it; absolute, whatever the values' size. */
const TOLERANCE = 1e-4;

/**
 * The location shift between two samples by the Mann-Whitney test, normal approximation with corrections for ties and
 * continuity (R's `wilcox.test(conf.int = TRUE, exact = FALSE)`).
 * @param z normal quantile of the two-sided confidence: 2.326 for 98 %.
 */
export function shiftOf(x: readonly number[], y: readonly number[], z: number): Shift {
  const ends = [Math.min(...x) - Math.max(...y), Math.max(...x) - Math.min(...y)] as const;
  const bound = (quantile: number) => solve((mu) => statistic(x, y, mu) - quantile, ends);
  return { low: bound(z), high: bound(-z), estimate: bound(0) };
}

/** Falls as `mu` grows, in steps. */
function statistic(x: readonly number[], y: readonly number[], mu: number): number {
  const all = [
    ...x.map((value) => ({ value: value - mu, own: 1 })),
    ...y.map((value) => ({ value, own: 0 })),
  ].toSorted((a, b) => a.value - b.value);
  let ranks = 0;
  let ties = 0;
  for (let from = 0; from < all.length; ) {
    let to = from;
    let own = 0;
    for (; to < all.length && all[to]?.value === all[from]?.value; to++) own += all[to]?.own ?? 0;
    const size = to - from;
    ranks += own * (from + (size + 1) / 2);
    ties += size ** 3 - size;
    from = to;
  }
  const [m, n] = [x.length, y.length];
  const distance = ranks - (m * (m + 1)) / 2 - (m * n) / 2;
  const variance = ((m * n) / 12) * (m + n + 1 - ties / ((m + n) * (m + n - 1)));
  return variance <= 0 ? 0 : (distance - Math.sign(distance) * 0.5) / Math.sqrt(variance);
}

function solve(f: (mu: number) => number, [low, high]: readonly [number, number]): number {
  if (f(low) <= 0) return low;
  if (f(high) >= 0) return high;
  let [left, right] = [low, high];
  while (right - left > TOLERANCE) {
    const middle = (left + right) / 2;
    if (middle <= left || middle >= right) break;
    if (f(middle) > 0) left = middle;
    else right = middle;
  }
  return (left + right) / 2;
}
