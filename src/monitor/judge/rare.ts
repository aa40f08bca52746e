import { CLUSTERS, INCIDENT } from './constants.ts';
import { logSumExp, type MinuteEvidence } from './onset.ts';

/** Bad ones among the requests of a minute, on both sides. */
export interface RareMinute {
  readonly m: number;
  readonly canary: Count;
  readonly baseline: Count;
  /** Part of the canary's requests that may be bad for a harmless reason. */
  readonly excused?: number;
}
export interface Count {
  readonly n: number;
  readonly x: number;
}

/** What the old version's past says about the rate: a gamma distribution. */
export interface RatePrior {
  readonly rate: number;
  /** The larger, the surer. */
  readonly shape: number;
  /** How much more the counts scatter than independent requests would. */
  readonly dispersion: number;
}

export interface RareMargins {
  readonly nullRatio: number;
  readonly slack: number;
  readonly multiples: readonly number[];
  readonly sharedSpread: number;
  readonly ownSpread: number;
}

/**
 * The rate that history and window together show of the old version, and how sure that is.
 * @param sharedSpread of the log rate between minutes: no history foretells a minute better than this.
 */
export function ratePrior(counts: readonly Count[], sharedSpread: number): RatePrior {
  let n = 0;
  let x = 0;
  for (const count of counts) {
    n += count.n;
    x += count.x;
  }
  const rate = (x + 0.5) / (n + 1);
  // Pearson's statistic beyond the spread that both versions share; a minute that expects little weighs little.
  let sum = CLUSTERS.usual * CLUSTERS.minutes;
  let weight: number = CLUSTERS.minutes;
  for (const count of counts) {
    const expected = count.n * rate;
    if (expected <= 0) continue;
    const w = Math.min(1, expected);
    sum += (w * (count.x - expected) ** 2) / (expected + (sharedSpread * expected) ** 2);
    weight += w;
  }
  const dispersion = Math.min(8, Math.max(1, sum / weight));
  return { rate, dispersion, shape: 1 / (dispersion / (x + 0.5) + sharedSpread ** 2) };
}

/**
 * Evidence per minute that the canary's rate is more than `nullRatio` times the baseline's, for each multiple. The
 * minute's own rate is unknown: either near what history says, or anything, as in an incident that both versions
 * share. With X = x_c + x_b and a gamma prior (shape a, rate b) the likelihood of a ratio ρ is
 * ρ^{x_c} / (b + n_b + ρ n_c)^{a+X}: with a → 0 the conditional test of the canary's share of all errors, with
 * a → ∞ the test against a known rate. Counts are divided by the dispersion (quasi-likelihood).
 */
export function rareEvidence(
  minutes: readonly RareMinute[],
  prior: RatePrior,
  margins: RareMargins,
  withControl: boolean,
): MinuteEvidence[] {
  const components = [
    { weight: withControl ? 1 - INCIDENT.chance : 1, shape: prior.shape, mean: prior.rate },
    ...(withControl
      ? [
          {
            weight: INCIDENT.chance,
            shape: INCIDENT.shape,
            mean: Math.min(0.3, prior.rate * INCIDENT.multiple),
          },
        ]
      : []),
  ];
  return minutes.map(({ m, canary, baseline, excused = 0 }) => {
    const total = canary.x + baseline.x;
    const s = canary.n / Math.max(1, canary.n + baseline.n);
    const damp = prior.dispersion * (1 + margins.ownSpread ** 2 * total * s * (1 - s));
    const [xc, nc, xb, nb] = [canary.x / damp, canary.n / damp, baseline.x / damp, baseline.n / damp];
    const parts = components.map(({ weight, shape, mean }) => {
      const b = shape / mean;
      const constant = Math.log(weight) + logGamma(shape + xc + xb) - logGamma(shape) + shape * Math.log(b);
      return (ratio: number) =>
        constant + xc * Math.log(ratio) - (shape + xc + xb) * Math.log(b + nb + ratio * nc);
    });
    const likelihood = (ratio: number) => logSumExp(parts.map((part) => part(ratio)));
    const harmless = margins.nullRatio + (margins.slack + excused) / prior.rate;
    const under = likelihood(harmless);
    return {
      m,
      nats: margins.multiples.map((multiple) => {
        const ratio = excused > 0 ? multiple + excused / prior.rate : multiple;
        return likelihood(beyond(ratio, harmless)) - under;
      }),
    };
  });
}

/** An alternative lies well beyond the null, on its own side of 1. */
function beyond(ratio: number, harmless: number): number {
  return ratio < 1 ? Math.min(ratio, harmless / 1.25) : Math.max(ratio, harmless * 1.25);
}

/** Ratio of the rates from a minute on, drawn towards 1 by half an event. */
export function ratioSince(minutes: readonly RareMinute[], since: number, prior: RatePrior): number {
  const canary = { n: 0, x: 0 };
  const baseline = { n: 0, x: 0 };
  for (const minute of minutes) {
    if (minute.m < since) continue;
    canary.n += minute.canary.n;
    canary.x += Math.max(0, minute.canary.x - (minute.excused ?? 0) * minute.canary.n);
    baseline.n += minute.baseline.n;
    baseline.x += minute.baseline.x;
  }
  // As many events of the past as the prior is worth, so that an empty control does not make everything a multiple.
  const expected = (canary.n * (baseline.x + prior.shape)) / (baseline.n + prior.shape / prior.rate);
  return (canary.x + 0.5) / (expected + 0.5);
}

/** Stirling's series, shifted up to where it is exact to 1e-10. */
export function logGamma(x: number): number {
  let shift = 0;
  let z = x;
  while (z < 7) {
    shift += Math.log(z);
    z++;
  }
  const i = 1 / (z * z);
  return (z - 0.5) * Math.log(z) - z + 0.9189385332046727 + (1 / 12 - i * (1 / 360 - i / 1260)) / z - shift;
}
