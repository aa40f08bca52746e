import { CLUSTERS } from './constants.ts';
import { type Count, logGamma } from './likelihoods.ts';

/** How many clusters some bad ones are likely to be, where a cluster has a geometric size of mean `clump`. */
export function clustersIn({ n, x }: Count, rate: number, clump: number): number {
  if (x <= 1) return x;
  const expected = Math.max(n * rate, x / 2) / clump;
  const odds = oddsOfAnother(clump);
  let term = 1;
  let sum = 0;
  let mean = 0;
  for (let k = 1; k <= x; k++) {
    sum += term;
    mean += term * k;
    term *= ((x - k) / k) * odds * (expected / (k + 1));
  }
  return mean / sum;
}

/**
 * The mean size of a cluster that makes exposure and clusters of quiet minutes fit: by the dispersion it would be
 * (dispersion + 1) / 2, but single bad ones speak for less.
 */
export function meanCluster(counts: readonly Count[], rate: number, dispersion: number): number {
  const guess = (dispersion + 1) / 2;
  let x = guess;
  let clusters = 1;
  for (const count of counts) {
    if (count.x === 0 || count.x > CLUSTERS.most) continue;
    x += count.x;
    clusters += clustersIn(count, rate, guess);
  }
  return x / clusters;
}

/**
 * Like `likelihoods`, with the canary's bad ones in an unknown number of clusters, over which it sums: one cluster of
 * seven says little where seven that came alone would say much.
 * @param canary requests over the mean size of a cluster, and single bad ones.
 * @param control exposure and clusters.
 * @param clump mean size of a cluster.
 */
export function clusterLikelihoods(
  ratios: readonly number[],
  shape: number,
  mean: number,
  canary: Count,
  control: Count,
  clump: number,
): number[] {
  const b = shape / mean;
  const known = shape + control.x;
  const odds = oddsOfAnother(clump);
  const constant = logGamma(known + Math.min(1, canary.x)) - logGamma(shape) + shape * Math.log(b);
  return ratios.map((ratio) => {
    const all = b + control.n + ratio * canary.n;
    const nothing = constant - known * Math.log(all);
    if (canary.x === 0) return nothing;
    const part = (ratio * canary.n) / all;
    let term = 1;
    let sum = 0;
    for (let k = 1; k <= canary.x; k++) {
      sum += term;
      term *= ((canary.x - k) / k) * odds * ((known + k) / (k + 1)) * part;
    }
    return nothing + Math.log(part * sum);
  });
}

/** Odds that the next bad one begins a cluster rather than continuing one. */
function oddsOfAnother(clump: number): number {
  return 1 / Math.max(1e-6, clump - 1);
}
