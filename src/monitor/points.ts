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
  // What follows is absent where it was not asked for, could not be read, or says nothing.
  /** Log lines of severity ERROR and above, those that failed requests wrote included. */
  readonly errorLogs?: number;
  /** Bytes an instance. */
  readonly memory?: number;
  /** CPU time a request; in what unit depends on the environment. */
  readonly cpu?: number;
  /** Metrics of the team's own by their names: sums, or means. */
  readonly custom?: Readonly<Record<string, number>>;
}

export const MINUTE_MS = 60_000;
