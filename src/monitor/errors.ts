/** Requests and bad ones of both sides. */
export interface Totals {
  readonly canary: { readonly n: number; readonly x: number };
  readonly baseline: { readonly n: number; readonly x: number };
}

/** JSON knows no infinity: what has no upper end is cut here. */
const HIGHEST_RATIO = 1000;
/** 95 %. */
const Z = 1.96;

/** Wilson's interval of a part, in 0..1. */
export function wilson(x: number, n: number): { low: number; high: number } {
  const p = x / n;
  const middle = (p + Z ** 2 / (2 * n)) / (1 + Z ** 2 / n);
  const half = (Z / (1 + Z ** 2 / n)) * Math.sqrt((p * (1 - p)) / n + Z ** 2 / (4 * n ** 2));
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

/**
 * 95 % interval of the ratio of the error rates: Wilson's for the canary's share of all errors, turned into a ratio.
 * Undefined when neither side had an error.
 */
export function ratioInterval({ canary, baseline }: Totals): { low: number; high: number } | undefined {
  const n = canary.x + baseline.x;
  if (n === 0 || canary.n === 0 || baseline.n === 0) return undefined;
  const share = wilson(canary.x, n);
  const ratio = (pi: number) => (pi >= 1 ? HIGHEST_RATIO : ((pi / (1 - pi)) * baseline.n) / canary.n);
  const rounded = (r: number) => Number(Math.min(r, HIGHEST_RATIO).toPrecision(3));
  return { low: rounded(ratio(share.low)), high: rounded(ratio(share.high)) };
}

/**
 * The smallest multiple of the baseline's error rate that this much traffic would be expected to show. Expected
 * evidence per baseline-rate error in the canary: [(ρs + 1 - s) / s] KL(π_ρ ‖ s), s being the canary's share.
 * @param nats evidence that a verdict takes. @returns undefined when even "every request fails" would not do.
 */
export function detectableRatio({ canary, baseline }: Totals, nats: number): number | undefined {
  if (canary.n === 0 || baseline.n === 0) return undefined;
  const rate = (baseline.x + 0.5) / (baseline.n + 1);
  const s = canary.n / (canary.n + baseline.n);
  const expected = (ratio: number) => {
    const pi = (ratio * s) / (ratio * s + 1 - s);
    const kl = pi * Math.log(pi / s) + (1 - pi) * Math.log((1 - pi) / (1 - s));
    return (canary.n * rate * (ratio * s + 1 - s) * kl) / s;
  };
  let low = 1;
  let high = Math.min(HIGHEST_RATIO, 1 / rate);
  if (high <= 1 || expected(high) < nats) return undefined;
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    if (expected(middle) < nats) low = middle;
    else high = middle;
  }
  return Number(high.toPrecision(2));
}
