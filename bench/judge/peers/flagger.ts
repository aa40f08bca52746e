import { errorRate, latency, openFigures } from './figures.ts';
import type { Peer } from './peer.ts';

export interface FlaggerOptions {
  /** Failed checks at which the canary is rolled back. */
  readonly threshold: number;
  /** Least part of the requests that must succeed. */
  readonly successRate: number;
  /** Most milliseconds at the 99th percentile. */
  readonly p99: number;
}

/** The analysis that Flagger's documentation shows (docs/gitbook/usage/how-it-works.md), looked at once a minute. */
export const FLAGGER_EXAMPLE: FlaggerOptions = { threshold: 5, successRate: 0.99, p99: 500 };

/** Whether one look passes; no values (Prometheus' NaN counts as none) fail it, as a query that cannot be made does. */
export function flaggerPasses(
  { successRate, p99 }: FlaggerOptions,
  found: { readonly successRate: number; readonly p99: number },
): boolean {
  if (Number.isNaN(found.successRate) || Number.isNaN(found.p99)) return false;
  return found.successRate >= successRate && found.p99 <= p99;
}

/**
 * Flagger's scheduler (pkg/controller/scheduler.go, scheduler_metrics.go): failed checks add up over the whole analysis,
 * none is ever forgiven, and the look after the one that made them `threshold` rolls back.
 */
export function flagger(options: FlaggerOptions): Peer {
  return (header) => {
    const figures = openFigures(header);
    let failed = 0;
    let next = 0;
    return (tick) => {
      figures.take(tick);
      if (failed >= options.threshold) return 'rollback';
      // Each minute is looked at once, when it is there or can no longer come.
      const late = tick.t - header.maxDelayMin - 1;
      for (; failed < options.threshold; next++) {
        const points = figures.points('canary', next, next + 1);
        if (points.length === 0 && next >= late) break;
        const found = { successRate: 1 - errorRate(points), p99: latency(header, points, 0.99) };
        if (!flaggerPasses(options, found)) failed++;
      }
      return tick.t >= header.durationMin ? 'promote' : 'continue';
    };
  };
}
