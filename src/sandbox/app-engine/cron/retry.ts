import { type JsonObject, numberAt, objectAt, textAt } from '../json.ts';

/** How often and how long a failed run is tried again, in milliseconds (google.cloud.scheduler.v1.RetryConfig). */
export interface Retry {
  readonly most: number;
  /** Tries go on for at least this long, beyond `most` if need be. */
  readonly age: number;
  readonly shortest: number;
  readonly longest: number;
  readonly doublings: number;
}

const SHORTEST = 5_000;
const LONGEST = 3_600_000;
const DOUBLINGS = 5;

/** What a job asks for; by default it is not tried again. */
export function retryOf(job: JsonObject): Retry {
  const config = objectAt(job, 'retryConfig');
  return {
    most: numberAt(config, 'retryCount') ?? 0,
    age: duration(config, 'maxRetryDuration') ?? 0,
    shortest: duration(config, 'minBackoffDuration') ?? SHORTEST,
    longest: duration(config, 'maxBackoffDuration') ?? LONGEST,
    doublings: numberAt(config, 'maxDoublings') ?? DOUBLINGS,
  };
}

/** Milliseconds before the nth try again, from 1: it doubles, then grows evenly, up to the longest. */
export function backoff({ shortest, longest, doublings }: Retry, nth: number): number {
  const doubled = shortest * 2 ** Math.min(nth - 1, doublings);
  return Math.min(longest, nth - 1 > doublings ? doubled * (nth - doublings) : doubled);
}

/** "3.5s" in milliseconds. */
function duration(config: JsonObject, field: string): number | undefined {
  const seconds = Number.parseFloat(textAt(config, field) ?? '');
  return Number.isNaN(seconds) ? undefined : seconds * 1000;
}
