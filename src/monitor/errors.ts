import { dispersion, type MinuteEvidence } from './evidence.ts';

/** One minute of both sides: requests and bad ones. */
export interface Stratum {
  readonly canary: { readonly n: number; readonly x: number };
  readonly baseline: { readonly n: number; readonly x: number };
}

/** Multiples of the null's rate that are looked for. */
const MULTIPLES = [1.5, 2, 3, 5, 10, 25, 60, 150];
/** Between-minute scatter of the log odds of healthy versions. */
const TAU = 0.12;

/**
 * Evidence per minute that the canary's error rate is more than `null` times the baseline's. Given all errors of a
 * minute, those of the canary are binomial with π(ρ) = ρ n_c / (ρ n_c + n_b): whatever raises both rates together
 * (an incident, a burst) drops out. One-sided, so a canary with fewer errors gathers none.
 */
export function errorEvidence(strata: readonly Stratum[], nullRatio: number): MinuteEvidence[] {
  const fitted = fittedRatio(strata);
  const scatter = dispersion(
    strata.map(({ canary, baseline }) => {
      const total = canary.x + baseline.x;
      const pi = share(fitted, canary.n, baseline.n);
      return { observed: canary.x, expected: total * pi, variance: total * pi * (1 - pi) };
    }),
  );
  return strata.map(({ canary, baseline }) => {
    const total = canary.x + baseline.x;
    const pi0 = share(nullRatio, canary.n, baseline.n);
    const damp = scatter * (1 + TAU ** 2 * total * pi0 * (1 - pi0));
    return MULTIPLES.map((multiple) => {
      if (total === 0 || canary.n === 0 || baseline.n === 0) return 0;
      const pi = share(nullRatio * multiple, canary.n, baseline.n);
      return (canary.x * Math.log(pi / pi0) + baseline.x * Math.log((1 - pi) / (1 - pi0))) / damp;
    });
  });
}

/** Of the errors of both sides, the share that is the canary's when its rate is `ratio` times the baseline's. */
function share(ratio: number, canary: number, baseline: number): number {
  return canary + baseline === 0 ? 0 : (ratio * canary) / (ratio * canary + baseline);
}

function fittedRatio(strata: readonly Stratum[]): number {
  const { canary, baseline } = total(strata);
  if (canary.n === 0 || baseline.n === 0) return 1;
  return (canary.x + 0.5) / (canary.n + 1) / ((baseline.x + 0.5) / (baseline.n + 1));
}

export function total(strata: readonly Stratum[]): Stratum {
  const add = (arm: 'canary' | 'baseline') => ({
    n: strata.reduce((sum, s) => sum + s[arm].n, 0),
    x: strata.reduce((sum, s) => sum + s[arm].x, 0),
  });
  return { canary: add('canary'), baseline: add('baseline') };
}

/** JSON knows no infinity: what has no upper end is cut here. */
const HIGHEST_RATIO = 1000;

/**
 * 95 % interval of the ratio of the error rates: Wilson's for the canary's share of all errors, turned into a ratio.
 * Undefined when neither side had an error.
 */
export function ratioInterval({ canary, baseline }: Stratum): { low: number; high: number } | undefined {
  const n = canary.x + baseline.x;
  if (n === 0 || canary.n === 0 || baseline.n === 0) return undefined;
  const z = 1.96;
  const p = canary.x / n;
  const middle = (p + z ** 2 / (2 * n)) / (1 + z ** 2 / n);
  const half = (z / (1 + z ** 2 / n)) * Math.sqrt((p * (1 - p)) / n + z ** 2 / (4 * n ** 2));
  const ratio = (pi: number) => (pi >= 1 ? HIGHEST_RATIO : ((pi / (1 - pi)) * baseline.n) / canary.n);
  const rounded = (r: number) => Number(Math.min(r, HIGHEST_RATIO).toPrecision(3));
  return {
    low: rounded(ratio(Math.max(0, middle - half))),
    high: rounded(ratio(Math.min(1, middle + half))),
  };
}

/**
 * The smallest multiple of the baseline's error rate that this much traffic would be expected to show. Expected
 * evidence per baseline-rate error in the canary: [(ρs + 1 - s) / s] KL(π_ρ ‖ s), s being the canary's share.
 * @param nats evidence that a verdict takes. @returns undefined when even "every request fails" would not do.
 */
export function detectableRatio({ canary, baseline }: Stratum, nats: number): number | undefined {
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
