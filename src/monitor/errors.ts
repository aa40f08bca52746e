/** Requests and bad ones of both sides. */
export interface Totals {
  readonly canary: { readonly n: number; readonly x: number };
  readonly baseline: { readonly n: number; readonly x: number };
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** JSON knows no infinity: what has no upper end is cut here. */
export const HIGHEST_RATIO = 1000;
/** 95 %. */
const Z = 1.96;
/** Errors come in clusters (retries), so that many of them tell as much as one, in ordinary traffic. Assumed. */
export const CLUSTER = 1.4;

/** Wilson's interval of a part, in 0..1. */
export function wilson(x: number, n: number): Interval {
  const p = x / n;
  const middle = (p + Z ** 2 / (2 * n)) / (1 + Z ** 2 / n);
  const half = (Z / (1 + Z ** 2 / n)) * Math.sqrt((p * (1 - p)) / n + Z ** 2 / (4 * n ** 2));
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

/**
 * 95 % interval of the ratio of two rates of rare events: Wilson's for the canary's share of all of them, turned into a
 * ratio. Undefined when neither side had any.
 */
export function ratioInterval({ canary, baseline }: Totals): Interval | undefined {
  const all = canary.x + baseline.x;
  if (all === 0 || canary.n === 0 || baseline.n === 0) return undefined;
  const share = wilson(canary.x / CLUSTER, all / CLUSTER);
  const ratio = (pi: number) => (pi >= 1 ? HIGHEST_RATIO : ((pi / (1 - pi)) * baseline.n) / canary.n);
  const rounded = (r: number) => Number(Math.min(r, HIGHEST_RATIO).toPrecision(3));
  return { low: rounded(ratio(share.low)), high: rounded(ratio(share.high)) };
}
