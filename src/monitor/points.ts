import type { Histogram } from './histogram.ts';

/** What one side of the comparison answered in one minute. Minutes without requests have no point. */
export interface Point {
  /** Its beginning, in milliseconds since the epoch. */
  readonly minute: number;
  readonly arm: 'canary' | 'baseline';
  /** All responses, cold starts included. */
  readonly requests: number;
  /** Those with a status of 500 and above. */
  readonly errors: number;
  /** Those that waited for an instance to start. */
  readonly loading: number;
  /** Those of the failed ones that did. */
  readonly loadingErrors: number;
  /** Milliseconds; without the cold starts, which are many on a version that gets little traffic. */
  readonly latency: Histogram;
}

export const MINUTE_MS = 60_000;
