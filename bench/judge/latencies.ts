import type { Random } from './random.ts';

/** Answers come from a quick and a slow way through the app, each lognormal; cold starts are a third. */
export interface Mixture {
  readonly median: number;
  readonly spread: number;
  readonly slowShare: number;
  readonly slowFactor: number;
  readonly slowSpread: number;
}

/** Milliseconds of a request that waits for an instance, and their spread on the log scale. */
const COLD = { median: 2300, spread: 0.35 };

export function drawMixture(random: Random): Mixture {
  return {
    median: random.between(15, 40),
    spread: random.between(0.4, 0.6),
    slowShare: random.between(0.06, 0.12),
    slowFactor: random.between(3.5, 5),
    slowSpread: random.between(0.3, 0.5),
  };
}

export interface Change {
  /** Factor on all latencies. */
  readonly factor: number;
  /** Factor on the share of slow answers: the mix differs from minute to minute. */
  readonly mix: number;
  /** Part of the answers that wait for an instance. */
  readonly cold: number;
  /** Part of the answers thrown out to this many milliseconds. */
  readonly thrown?: { readonly share: number; readonly ms: number };
}

/** Probability of each bucket, `bounds.length + 1` of them. */
export function bucketShares(bounds: readonly number[], m: Mixture, change: Change): number[] {
  const slow = m.slowShare * change.mix;
  const thrown = change.thrown ?? { share: 0, ms: 1 };
  const below = (x: number) => {
    const warm =
      (1 - slow) * lognormal(x, m.median * change.factor, m.spread) +
      slow * lognormal(x, m.median * m.slowFactor * change.factor, m.slowSpread);
    const with_ = (1 - thrown.share) * warm + thrown.share * lognormal(x, thrown.ms, 0.25);
    return (1 - change.cold) * with_ + change.cold * lognormal(x, COLD.median, COLD.spread);
  };
  let before = 0;
  const shares = bounds.map((x) => {
    const now = below(x);
    const share = Math.max(0, now - before);
    before = now;
    return share;
  });
  return [...shares, Math.max(0, 1 - before)];
}

export function coldShares(bounds: readonly number[]): number[] {
  const none: Mixture = { median: 1, spread: 1, slowShare: 0, slowFactor: 1, slowSpread: 1 };
  return bucketShares(bounds, none, { factor: 1, mix: 1, cold: 1 });
}

/** The value that a share `q` of the answers stays under. */
export function quantileOf(m: Mixture, q: number): number {
  let low = 0.1;
  let high = 1e5;
  for (let i = 0; i < 50; i++) {
    const middle = Math.sqrt(low * high);
    const [under] = bucketShares([middle], m, { factor: 1, mix: 1, cold: 0 });
    if ((under ?? 0) < q) low = middle;
    else high = middle;
  }
  return high;
}

export function draw(random: Random, n: number, shares: readonly number[]): number[] {
  let left = n;
  let mass = 1;
  const counts = shares.map((share) => {
    const count = mass > 1e-12 ? random.binomial(left, Math.min(1, share / mass)) : 0;
    left -= count;
    mass -= share;
    return count;
  });
  const last = counts.length - 1;
  counts[last] = (counts[last] ?? 0) + left;
  return counts;
}

function lognormal(x: number, median: number, spread: number): number {
  return x <= 0 ? 0 : normalBelow(Math.log(x / median) / spread);
}

/** Abramowitz and Stegun 26.2.17, good to 7e-8. */
function normalBelow(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const poly =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const above = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * poly;
  return z >= 0 ? 1 - above : above;
}
