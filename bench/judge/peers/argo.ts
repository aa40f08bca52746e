import { errorRate, latency, openFigures } from './figures.ts';
import type { Peer } from './peer.ts';

/** A metric of an AnalysisTemplate. Defaults are those of Argo Rollouts. */
export interface ArgoMetric {
  readonly success: (result: number) => boolean;
  readonly failureLimit?: number;
  readonly consecutiveErrorLimit?: number;
}

export type ArgoPhase = 'Running' | 'Failed' | 'Error';

/** A measurement: the query's result, or "error" when the query could not be made or gave nothing to compare. */
export type Measurement = number | 'error';

/**
 * One metric of an AnalysisRun (argo-rollouts, analysis/analysis.go, assessMetricStatus; utils/evaluate): it failed when
 * more measurements than `failureLimit` (0) did, in all; it errors when more than `consecutiveErrorLimit` (4) errors
 * follow each other, which any other measurement begins anew. NaN compares false, so it fails unless the condition asks
 * for it. @returns what takes the next measurement.
 */
export function argoMetric(metric: ArgoMetric): (measured: Measurement) => ArgoPhase {
  const { success, failureLimit = 0, consecutiveErrorLimit = 4 } = metric;
  let failed = 0;
  let errors = 0;
  return (measured) => {
    if (measured === 'error') errors++;
    else {
      errors = 0;
      if (!success(measured)) failed++;
    }
    if (failed > failureLimit) return 'Failed';
    return errors > consecutiveErrorLimit ? 'Error' : 'Running';
  };
}

export interface ArgoOptions {
  /** Minutes between two measurements, and that each looks back. */
  readonly interval: number;
  readonly failureLimit: number;
  readonly successRate: number;
  /** Milliseconds; absent: latency is not looked at. */
  readonly p99?: number;
}

/** The template that Argo's documentation shows (docs/features/analysis.md): success-rate alone. */
export const ARGO_EXAMPLE: ArgoOptions = { interval: 5, failureLimit: 3, successRate: 0.95 };

/** A failed or erring metric aborts the rollout; what ends without is promoted. */
export function argo({ interval, failureLimit, successRate, p99 }: ArgoOptions): Peer {
  return (header) => {
    const figures = openFigures(header);
    const rate = argoMetric({ success: (result) => result >= successRate, failureLimit });
    const slow = argoMetric({
      success: (result) => result <= (p99 ?? Number.POSITIVE_INFINITY),
      failureLimit,
    });
    return (tick) => {
      figures.take(tick);
      const ended = tick.t >= header.durationMin ? 'promote' : 'continue';
      const end = figures.end(tick.t);
      if (tick.t % interval !== 0 || end === undefined) return ended;
      const points = figures.points('canary', end - interval, end);
      const phases = [
        rate(1 - errorRate(points)),
        ...(p99 === undefined ? [] : [slow(latency(header, points, 0.99))]),
      ];
      return phases.every((phase) => phase === 'Running') ? ended : 'rollback';
    };
  };
}
