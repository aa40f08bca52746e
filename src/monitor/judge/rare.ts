import { CLUSTERS, INCIDENT } from './constants.ts';
import type { MinuteEvidence } from './onset.ts';

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
  const weather = withControl ? incidentLogits(minutes, prior) : [];
  return minutes.map(({ m, canary, baseline, excused = 0 }, i) => {
    const total = canary.x + baseline.x;
    const s = canary.n / Math.max(1, canary.n + baseline.n);
    const damp = prior.dispersion * (1 + margins.ownSpread ** 2 * total * s * (1 - s));
    const found = { xc: canary.x / damp, nc: canary.n / damp, xb: baseline.x / damp, nb: baseline.n / damp };
    const harmless = margins.nullRatio + (margins.slack + excused) / prior.rate;
    const ratios = [harmless, ...margins.multiples.map((k) => beyond(k + excused / prior.rate, harmless))];
    const nats = likelihoods(ratios, prior.shape, prior.rate, found);
    const logit = weather[i];
    if (logit !== undefined) {
      const storm = likelihoods(ratios, INCIDENT.shape, stormRate(prior), found);
      for (const [k, calm] of nats.entries()) nats[k] = logSum(calm, logit + (storm[k] ?? 0));
    }
    const under = nats[0] ?? 0;
    return { m, nats: nats.slice(1).map((alternative) => alternative - under) };
  });
}

interface Found {
  readonly xc: number;
  readonly nc: number;
  readonly xb: number;
  readonly nb: number;
}

/** Log likelihoods of ratios, the rate averaged out over a gamma distribution; constants of the counts left out. */
function likelihoods(
  ratios: readonly number[],
  shape: number,
  mean: number,
  { xc, nc, xb, nb }: Found,
): number[] {
  const b = shape / mean;
  const x = shape + xc + xb;
  const constant = logGamma(x) - logGamma(shape) + shape * Math.log(b);
  return ratios.map((ratio) => constant + xc * Math.log(ratio) - x * Math.log(b + nb + ratio * nc));
}

/** log(e^a + e^b) */
function logSum(a: number, b: number): number {
  return a > b ? a + Math.log1p(Math.exp(b - a)) : b + Math.log1p(Math.exp(a - b));
}

/**
 * Log odds, for each minute, of an incident that both versions share. Incidents last: what the old version did in the
 * minutes around speaks for one; the canary is not looked at.
 */
function incidentLogits(minutes: readonly RareMinute[], prior: RatePrior): number[] {
  const signs = minutes.map(({ baseline }) => {
    const found = { xc: 0, nc: 0, xb: baseline.x / prior.dispersion, nb: baseline.n / prior.dispersion };
    const [storm = 0] = likelihoods([1], INCIDENT.shape, stormRate(prior), found);
    const [calm = 0] = likelihoods([1], prior.shape, prior.rate, found);
    return storm - calm;
  });
  const usual = Math.log(INCIDENT.chance / (1 - INCIDENT.chance));
  return minutes.map(({ m }, i) => {
    let sum = 0;
    for (let k = Math.max(0, i - INCIDENT.near); k <= Math.min(minutes.length - 1, i + INCIDENT.near); k++)
      if (k !== i && Math.abs((minutes[k]?.m ?? 0) - m) <= INCIDENT.near) sum += signs[k] ?? 0;
    return usual + Math.min(INCIDENT.surest, Math.max(0, sum));
  });
}

function stormRate(prior: RatePrior): number {
  return Math.min(0.3, prior.rate * INCIDENT.multiple);
}

/** An alternative lies well beyond the null, on its own side of 1. */
function beyond(ratio: number, harmless: number): number {
  return ratio < 1 ? Math.min(ratio, harmless / 1.25) : Math.max(ratio, harmless * 1.25);
}

/**
 * The dispersion that the window itself shows: how far the canary's share of the bad ones jumps from minute to minute,
 * beyond chance. Jumps, not distances from the mean: a fault that sets in is no dispersion.
 */
export function withJumps(prior: RatePrior, minutes: readonly RareMinute[]): RatePrior {
  let sum = prior.dispersion * CLUSTERS.minutes;
  let weight: number = CLUSTERS.minutes;
  let c = 0.5;
  let all = 1;
  for (const { canary, baseline } of minutes) {
    c += canary.x;
    all += canary.x + baseline.x;
  }
  const all1 = minutes.reduce((n, { canary }) => n + canary.n, 0) + 1;
  const all2 = minutes.reduce((n, { baseline }) => n + baseline.n, 0) + 1;
  const odds = c / Math.max(0.5, all - c) / (all1 / all2);
  let before: number | undefined;
  for (const { canary, baseline } of minutes) {
    const total = canary.x + baseline.x;
    if (total === 0 || baseline.n === 0 || canary.n === 0) continue;
    const pi = (odds * canary.n) / (odds * canary.n + baseline.n);
    const z = (canary.x - total * pi) / Math.sqrt(total * pi * (1 - pi));
    if (before !== undefined) {
      const w = Math.min(1, total * pi * (1 - pi));
      sum += (w * Math.min(60, (z - before) ** 2)) / 2;
      weight += w;
    }
    before = z;
  }
  return { ...prior, dispersion: Math.min(8, Math.max(prior.dispersion, sum / weight)) };
}

/**
 * Ratio of the rates from a minute on, drawn towards 1 by half an event. The canary's worst minute is left out where there
 * are others: a fault shows in them too, a blip does not.
 * @param worse what is bad: more of them than the baseline has, or fewer.
 */
export function ratioSince(
  minutes: readonly RareMinute[],
  since: number,
  prior: RatePrior,
  worse: 'more' | 'fewer',
): number {
  const canary = { n: 0, x: 0 };
  const baseline = { n: 0, x: 0 };
  const judged = minutes.filter(({ m }) => m >= since);
  const sign = worse === 'more' ? 1 : -1;
  const strays = judged.map(({ canary: { n, x } }) => sign * (x - n * prior.rate));
  const worst = strays.indexOf(Math.max(...strays));
  for (const [i, minute] of judged.entries()) {
    if (i === worst && judged.length > 1) continue;
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
  let shift = 1;
  let z = x;
  for (; z < 7; z++) shift *= z;
  const i = 1 / (z * z);
  return (
    (z - 0.5) * Math.log(z) -
    z +
    0.9189385332046727 +
    (1 / 12 - i * (1 / 360 - i / 1260)) / z -
    Math.log(shift)
  );
}
