/** Seeded draws, so that every figure can be had again. */
export interface Random {
  /** In [0, 1). */
  uniform(): number;
  between(low: number, high: number): number;
  /** Evenly on the logarithm's scale. */
  logBetween(low: number, high: number): number;
  normal(): number;
  poisson(mean: number): number;
  binomial(n: number, p: number): number;
  /** Mean 1, variance 1/shape. */
  gamma(shape: number): number;
  pick<T>(items: readonly [T, ...T[]]): T;
}

/** Beyond this variance the normal distribution is near enough. */
const LARGE = 100;

/** mulberry32, with the usual transformations on top. */
export function seeded(seed: number): Random {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const poisson = (mean: number) => {
    if (mean <= 0) return 0;
    if (mean > LARGE) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
    // Waiting times, so that a large mean does not underflow.
    let count = -1;
    for (let left = mean; left > 0; count++) left += Math.log(1 - uniform());
    return count;
  };
  const binomial = (n: number, p: number): number => {
    if (!(p > 1e-15) || n <= 0) return 0;
    if (p >= 1) return n;
    if (p > 0.5) return n - binomial(n, 1 - p);
    if (n * p * (1 - p) > LARGE)
      return Math.min(n, Math.max(0, Math.round(n * p + Math.sqrt(n * p * (1 - p)) * normal())));
    // Jumps from one success to the next.
    let count = 0;
    const step = Math.log1p(-p);
    for (let at = Math.floor(Math.log(1 - uniform()) / step); at < n; count++)
      at += 1 + Math.floor(Math.log(1 - uniform()) / step);
    return count;
  };
  const between = (low: number, high: number) => low + (high - low) * uniform();
  return {
    uniform,
    between,
    logBetween: (low, high) => Math.exp(between(Math.log(low), Math.log(high))),
    normal,
    poisson,
    binomial,
    gamma(shape) {
      // Wilson and Hilferty's cube, exact enough for the shapes used here (20 and more).
      return Math.max(0, (1 - 1 / (9 * shape) + normal() / Math.sqrt(9 * shape)) ** 3);
    },
    pick: (items) => items[Math.floor(uniform() * items.length)] ?? items[0],
  };
}

/** A first-order autoregression of the given stationary spread. */
export function autoregression(random: Random, r: number, sd: number): () => number {
  let x = sd * random.normal();
  return () => {
    const now = x;
    x = r * x + sd * Math.sqrt(1 - r * r) * random.normal();
    return now;
  };
}
