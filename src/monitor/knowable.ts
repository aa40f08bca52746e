import { CLUSTER, HIGHEST_RATIO, type Totals } from './errors.ts';
import { BEFORE_AND_AFTER, ENOUGH, ERRORS } from './judge/constants.ts';

/** Traffic of a window, and how the judge looks at it. */
export interface Traffic extends Totals {
  /** Whether the baseline served beside the canary; else its requests are those of before. */
  readonly sideBySide: boolean;
  /** Nats at which a window is bad. */
  readonly enough: number;
}

/**
 * Expected nats that it takes to be found out four times in five, at the usual threshold: what evidence costs by its
 * weights, and as much again as chance takes away. Measured on simulated windows of 0.05 to 10 canary requests a second
 * and 0.01 to 1 % errors, where the judge found 70 to 90 % of such faults.
 */
const FOUND = 7;
/** Healthy versions differ by chance, so that an effect must lie this far beyond the one that matters. */
const BEYOND = 1.2;

/**
 * The smallest multiple of the baseline's error rate that the judge would have found four times in five with this much
 * traffic. Undefined where not even "every request fails" would do.
 */
export function detectableRatio(traffic: Traffic): number | undefined {
  const most = Math.min(HIGHEST_RATIO, 1 / rateOf(traffic));
  const sees = (ratio: number) => requestsToSee(ratio, traffic) <= traffic.canary.n;
  let low = least(traffic);
  let high = most;
  if (!(high > low) || !sees(high)) return undefined;
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    if (sees(middle)) high = middle;
    else low = middle;
  }
  return Number(high.toPrecision(2));
}

/**
 * Canary requests, at the window's share of the traffic, after which such a multiple of the baseline's error rate would
 * be found four times in five. Expected evidence for each canary request at rate p, the canary's share of all requests
 * being s and ρ0 the ratio that is still harmless: p [(ρs + 1 - s) / s] KL(π_ρ ‖ π_ρ0), π_ρ = ρs / (ρs + 1 - s),
 * divided by the dispersion. Infinite for what is harmless.
 */
export function requestsToSee(ratio: number, traffic: Traffic): number {
  const { canary, baseline, sideBySide, enough } = traffic;
  if (canary.n === 0 || baseline.n === 0 || ratio < least(traffic)) return Number.POSITIVE_INFINITY;
  const rate = rateOf(traffic);
  const s = canary.n / (canary.n + baseline.n);
  const harmless = (sideBySide ? ERRORS : BEFORE_AND_AFTER.rates).nullRatio + ERRORS.slack / rate;
  if (ratio <= harmless) return Number.POSITIVE_INFINITY;
  const part = (r: number) => (r * s) / (r * s + 1 - s);
  const [pi, null0] = [part(ratio), part(harmless)];
  const divergence = pi * Math.log(pi / null0) + (1 - pi) * Math.log((1 - pi) / (1 - null0));
  const each = (rate * (ratio * s + 1 - s) * divergence) / s / CLUSTER;
  return Math.ceil((FOUND + enough - ENOUGH) / each);
}

function least({ sideBySide }: Traffic): number {
  return BEYOND * (sideBySide ? ERRORS : BEFORE_AND_AFTER.rates).matters;
}

/** The baseline's error rate, drawn up by half an error: none seen is not none at all. */
export function rateOf({ baseline }: Totals): number {
  return (baseline.x + 0.5) / (baseline.n + 1);
}
