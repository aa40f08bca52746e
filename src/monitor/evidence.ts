/**
 * Evidence that grows minute by minute and may be looked at after each: an e-process. Under the null its expected
 * value never exceeds 1 at any stopping time, so that a look every minute costs nothing (Ville's inequality).
 */

/** One minute's log-likelihood ratio for each alternative, in nats. */
export type MinuteEvidence = readonly number[];

/** One minute alone, however bad, must not decide. Lowering a factor keeps the guarantee. */
const MOST_PER_MINUTE = 3.5;
/** Weight of "bad from the start"; the rest is spread over the later minutes at which a fault may set in. */
const FROM_START = 0.4;

/**
 * Log of the mixture over alternatives and over the minute of onset.
 * @param minutes in order of time.
 * @param length minutes of the whole window, which share the weight of a late onset.
 */
export function logEvidence(minutes: readonly MinuteEvidence[], length: number): number {
  const alternatives = minutes[0]?.length ?? 0;
  if (alternatives === 0) return 0;
  const late = Math.log((1 - FROM_START) / Math.max(1, length - 1));
  // An onset that has not been reached yet holds its weight at a factor of 1.
  const terms: number[] = [];
  const sums = Array.from({ length: alternatives }, () => 0);
  for (let t = minutes.length - 1; t >= 0; t--) {
    for (const [k, nats] of (minutes[t] ?? []).entries()) {
      sums[k] = (sums[k] ?? 0) + Math.min(nats, MOST_PER_MINUTE);
    }
    const weight = (t === 0 ? Math.log(FROM_START) : late) - Math.log(alternatives);
    for (const sum of sums) terms.push(weight + sum);
  }
  const waiting = Math.max(0, length - minutes.length);
  if (waiting > 0) terms.push(late + Math.log(waiting));
  return logSumExp(terms);
}

function logSumExp(terms: readonly number[]): number {
  const most = Math.max(...terms);
  return most + Math.log(terms.reduce((sum, t) => sum + Math.exp(t - most), 0));
}

/**
 * How much more the minutes scatter than independent requests would: Pearson's statistic, held near what services
 * usually show by eight minutes of prior (retries and users that stick to a version make errors come in clusters).
 */
export function dispersion(
  minutes: readonly { observed: number; expected: number; variance: number }[],
): number {
  const usable = minutes.filter((m) => m.variance > 0);
  const sum = usable.reduce((s, m) => s + (m.observed - m.expected) ** 2 / m.variance, 0);
  return Math.max(1, (1.4 * 8 + sum) / (8 + usable.length));
}
