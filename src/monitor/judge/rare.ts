import { clusterLikelihoods, clustersIn, meanCluster } from './clusters.ts';
import { CLUSTERS, INCIDENT, SURROUNDINGS } from './constants.ts';
import { type Count, type Found, likelihoods } from './likelihoods.ts';
import type { MinuteEvidence } from './onset.ts';

/** Bad ones among the requests of a minute, on both sides. */
export interface RareMinute {
  readonly m: number;
  readonly canary: Count;
  readonly baseline: Count;
  /** Part of the canary's requests that may be bad for a harmless reason. */
  readonly excused?: number;
  /** How many times the usual rate is to be expected of both versions, for a reason seen elsewhere. */
  readonly lift?: number;
}
/** What the old version's past says about the rate: a gamma distribution. */
export interface RatePrior {
  readonly rate: number;
  /** The larger, the surer. */
  readonly shape: number;
  /** How much more the counts scatter than independent requests would. */
  readonly dispersion: number;
  /** Bad ones of a cluster, on average. */
  readonly clump: number;
}

export interface RareMargins {
  readonly nullRatio: number;
  readonly slack: number;
  readonly multiples: readonly number[];
  readonly sharedSpread: number;
  readonly ownSpread: number;
  /** Usual variance of the counts over that of independent requests. */
  readonly dispersion: number;
  /** Whether the bad ones come in clusters, such as retries. */
  readonly clustered: boolean;
}

/**
 * The rate that history and window together show of the old version, and how sure that is.
 * @param margins among them the spread of the log rate between minutes: no history foretells a minute better.
 */
export function ratePrior(
  counts: readonly Count[],
  { sharedSpread, dispersion: usual }: Pick<RareMargins, 'sharedSpread' | 'dispersion'>,
): RatePrior {
  let n = 0;
  let x = 0;
  for (const count of counts) {
    n += count.n;
    x += count.x;
  }
  const rate = (x + 0.5) / (n + 1);
  // Pearson's statistic beyond the spread that both versions share; a minute that expects little weighs little.
  let sum = usual * CLUSTERS.minutes;
  let weight: number = CLUSTERS.minutes;
  for (const count of counts) {
    const expected = count.n * rate;
    if (expected <= 0) continue;
    const w = Math.min(1, expected);
    sum += (w * (count.x - expected) ** 2) / (expected + (sharedSpread * expected) ** 2);
    weight += w;
  }
  const dispersion = Math.min(8, Math.max(1, sum / weight));
  const clump = meanCluster(counts, rate, dispersion);
  return { rate, dispersion, clump, shape: 1 / (dispersion / (x + 0.5) + sharedSpread ** 2) };
}

/**
 * Evidence per minute that the canary's rate is more than `nullRatio` times the baseline's, for each multiple. The
 * minute's own rate is unknown: either near what history and the minutes around say, or anything, as in an incident
 * that both versions share.
 */
export function rareEvidence(
  minutes: readonly RareMinute[],
  prior: RatePrior,
  margins: RareMargins,
  withControl: boolean,
): MinuteEvidence[] {
  const weather = withControl ? incidentLogits(minutes, prior) : [];
  return minutes.map((minute, i) => {
    const { m, excused = 0, lift = 1 } = minute;
    const harmless = margins.nullRatio + (margins.slack + excused) / prior.rate;
    const ratios = [harmless, ...margins.multiples.map((k) => beyond(k + excused / prior.rate, harmless))];
    const likelihood = likelihoodIn(minute, prior, margins, ratios);
    const near = withControl ? surroundings(minutes, i) : { n: 0, x: 0 };
    const calm = corrected({ shape: prior.shape, mean: prior.rate }, near, prior.dispersion);
    const nats = likelihood(calm.shape, lift * calm.mean);
    const logit = weather[i];
    if (logit !== undefined) {
      const sudden = { shape: INCIDENT.shape, mean: stormRate(prior) };
      const lasting = corrected(sudden, near, prior.dispersion);
      const begun = likelihood(sudden.shape, sudden.mean);
      const goingOn = likelihood(lasting.shape, lasting.mean);
      for (const [k, quiet] of nats.entries())
        nats[k] = logSum(quiet, logit + logSum(SUDDEN + (begun[k] ?? 0), LASTING + (goingOn[k] ?? 0)));
    }
    const under = nats[0] ?? 0;
    return { m, nats: nats.slice(1).map((alternative) => alternative - under) };
  });
}

/** An incident has just begun or ended, or it was there in the minutes around. */
const SUDDEN = Math.log(INCIDENT.sudden);
const LASTING = Math.log(1 - INCIDENT.sudden);

/** Log likelihoods of the ratios, given what is known of the minute's rate: a gamma distribution of a shape and a mean. */
function likelihoodIn(
  { canary, baseline }: RareMinute,
  prior: RatePrior,
  margins: RareMargins,
  ratios: readonly number[],
): (shape: number, mean: number) => number[] {
  if (margins.clustered && canary.x + baseline.x <= CLUSTERS.most) {
    const { rate, clump } = prior;
    const own = { n: canary.n / clump, x: canary.x };
    const control = { n: baseline.n / clump, x: clustersIn(baseline, rate, clump) };
    return (shape, mean) => clusterLikelihoods(ratios, shape, mean, own, control, clump);
  }
  // Quasi-likelihood: counts are divided by their dispersion.
  const total = canary.x + baseline.x;
  const s = canary.n / Math.max(1, canary.n + baseline.n);
  const damp = prior.dispersion * (1 + margins.ownSpread ** 2 * total * s * (1 - s));
  const found = { xc: canary.x / damp, nc: canary.n / damp, xb: baseline.x / damp, nb: baseline.n / damp };
  return (shape, mean) => likelihoods(ratios, shape, mean, found);
}

interface Guess {
  readonly shape: number;
  readonly mean: number;
}

/** What the old version's minutes around one make of a guess at its rate. */
function corrected(guess: Guess, around: Count, dispersion: number): Guess {
  const trust = SURROUNDINGS.trust / dispersion;
  return {
    shape: Math.max(guess.shape, Math.min(SURROUNDINGS.surest, guess.shape + trust * around.x)),
    mean: (guess.shape + trust * around.x) / (guess.shape / guess.mean + trust * around.n),
  };
}

/** The old version's minutes shortly before and after one, without it. */
function surroundings(minutes: readonly RareMinute[], i: number): Count {
  let x = 0;
  let n = 0;
  for (const { baseline, lift = 1 } of around(minutes, i)) {
    x += baseline.x;
    n += baseline.n * lift;
  }
  return { x, n };
}

/** The minutes shortly before and after one, without it. */
function around(minutes: readonly RareMinute[], i: number): RareMinute[] {
  const m = minutes[i]?.m ?? 0;
  return minutes
    .slice(Math.max(0, i - INCIDENT.near), i + INCIDENT.near + 1)
    .filter((minute) => minute.m !== m && Math.abs(minute.m - m) <= INCIDENT.near);
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
  const signs = minutes.map(({ baseline, lift = 1 }) => {
    const found: Found = {
      xc: 0,
      nc: 0,
      xb: baseline.x / prior.dispersion,
      nb: baseline.n / prior.dispersion,
    };
    const [storm = 0] = likelihoods([1], INCIDENT.shape, stormRate(prior), found);
    const [calm = 0] = likelihoods([1], prior.shape, lift * prior.rate, found);
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
  // A few events of the past, so that an empty control does not make everything a multiple.
  const past = Math.min(SURROUNDINGS.pastEvents, prior.shape);
  const expected = (canary.n * (baseline.x + past)) / (baseline.n + past / prior.rate);
  return (canary.x + 0.5) / (expected + 0.5);
}
