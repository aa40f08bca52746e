import { FROM_START, MOST_PER_MINUTE } from './constants.ts';

/** One minute's log-likelihood ratio for each alternative, in nats; undefined when the minute says nothing. */
export interface MinuteEvidence {
  readonly m: number;
  readonly nats: readonly number[];
}

export interface Onset {
  /** Log of the mixture over alternatives and over the minute at which the fault set in. */
  readonly evidence: number;
  /** The likeliest such minute. */
  readonly since: number;
}

/** Nats; beyond any doubt, and within what a number can hold. */
const MOST = 500;

/**
 * An e-process: evidence that may be looked at every minute. Its weights are spread over the alternatives and over
 * the minutes at which the fault may have set in. One minute alone, however bad, cannot speak: the best minute counts
 * for no more than all others of its stretch together.
 * @param minutes in order of time.
 * @param length minutes of the whole window, which share the weight of a late onset.
 */
export function overOnsets(minutes: readonly MinuteEvidence[], length: number): Onset {
  const alternatives = minutes[0]?.nats.length ?? 0;
  if (alternatives === 0) return { evidence: 0, since: 0 };
  const late = (1 - FROM_START) / Math.max(1, length - 1);
  const rest = new Float64Array(alternatives);
  const best = new Float64Array(alternatives).fill(Number.NEGATIVE_INFINITY);
  let mixture = 0;
  let likeliest = { term: Number.NEGATIVE_INFINITY, since: 0 };
  let spent = 0;
  for (let t = minutes.length - 1; t >= 0; t--) {
    const minute = minutes[t];
    if (!minute) continue;
    const weight = (t === 0 ? FROM_START : late) / alternatives;
    spent += t === 0 ? FROM_START : late;
    for (let k = 0; k < alternatives; k++) {
      const nats = minute.nats[k] ?? 0;
      const before = best[k] ?? 0;
      if (nats > before) {
        if (before > Number.NEGATIVE_INFINITY) rest[k] = (rest[k] ?? 0) + before;
        best[k] = nats;
      } else rest[k] = (rest[k] ?? 0) + nats;
      const others = rest[k] ?? 0;
      const most = best[k] ?? 0;
      const sum = Math.min(MOST, others + Math.min(most, MOST_PER_MINUTE, Math.max(0, others)));
      mixture += weight * Math.exp(sum);
      const term = Math.log(weight) + sum;
      if (term > likeliest.term) likeliest = { term, since: minute.m };
    }
  }
  // Onsets that have not been reached yet hold their weight at a factor of 1.
  return { evidence: Math.log(mixture + Math.max(0, 1 - spent)), since: likeliest.since };
}

export function logSumExp(terms: readonly number[]): number {
  const most = Math.max(...terms);
  if (!Number.isFinite(most)) return most;
  let sum = 0;
  for (const term of terms) sum += Math.exp(term - most);
  return most + Math.log(sum);
}
