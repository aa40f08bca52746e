import { toHistogram } from './buckets.ts';
import { EMPTY, type Histogram, merge } from './histogram.ts';
import { MINUTE_MS, type Point } from './points.ts';
import type { ListSeries, SeriesPoint, TimeSeries } from './time-series.ts';

export interface MinutesRequest {
  readonly service: string;
  /** Every other version of the service is its baseline. */
  readonly canary: string;
  /** Whole minutes, in milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
}

export type QueryMinutes = (request: MinutesRequest, signal?: AbortSignal) => Promise<Point[]>;

/** Of an App Engine service: how long its answers took, and with that how many there were. */
export const LATENCIES = 'appengine.googleapis.com/http/server/response_latencies';

/**
 * One call for all versions: a distribution's count is the number of responses, so that one metric gives requests,
 * errors and latencies. ALIGN_SUM, because the other aligners of deltas interpolate over empty minutes and so invent
 * traffic; REDUCE_SUM, because App Engine splits every series by zone.
 */
export function openMinutes(list: ListSeries): QueryMinutes {
  return async ({ service, canary, from, to }, signal) => {
    const filter = [
      `metric.type="${LATENCIES}"`,
      'resource.type="gae_app"',
      `resource.labels.module_id=${JSON.stringify(service)}`,
    ].join(' AND ');
    const aggregation = {
      period: MINUTE_MS,
      aligner: 'ALIGN_SUM' as const,
      reducer: 'REDUCE_SUM' as const,
      groupBy: ['resource.labels.version_id', 'metric.labels.response_code', 'metric.labels.loading'],
    };
    const doing = `read the figures of ${service}`;
    const { series } = await list({ filter, from, to, aggregation }, doing, signal);
    return toPoints(series, canary);
  };
}

interface Parts {
  requests: number;
  errors: number;
  loading: number;
  loadingErrors: number;
  readonly latencies: Histogram[];
}

/** @returns oldest first, the canary's before the baseline's of the same minute. */
function toPoints(series: readonly TimeSeries[], canary: string): Point[] {
  const arms = { canary: new Map<number, Parts>(), baseline: new Map<number, Parts>() };
  for (const { resource, metric, points } of series) {
    const arm = arms[resource?.labels?.version_id === canary ? 'canary' : 'baseline'];
    const failed = Number(metric?.labels?.response_code ?? 0) >= 500;
    // The flexible environment knows no cold starts, so the label is absent there.
    const cold = metric?.labels?.loading?.toLowerCase() === 'true';
    for (const { interval, value } of points ?? []) {
      const distribution = value?.distributionValue;
      const requests = Number(distribution?.count ?? 0);
      if (!distribution || requests === 0) continue;
      const minute = minuteEnding(interval?.endTime?.seconds);
      let parts = arm.get(minute);
      if (!parts) {
        parts = { requests: 0, errors: 0, loading: 0, loadingErrors: 0, latencies: [] };
        arm.set(minute, parts);
      }
      parts.requests += requests;
      if (failed) parts.errors += requests;
      if (cold) parts.loading += requests;
      if (cold && failed) parts.loadingErrors += requests;
      parts.latencies.push(cold ? EMPTY : toHistogram(distribution));
    }
  }
  return [...pointsOf('canary', arms.canary), ...pointsOf('baseline', arms.baseline)].toSorted(
    (a, b) => a.minute - b.minute,
  );
}

function pointsOf(arm: Point['arm'], minutes: ReadonlyMap<number, Parts>): Point[] {
  return Array.from(minutes, ([minute, { latencies, ...counts }]) => ({
    minute,
    arm,
    ...counts,
    latency: merge(latencies),
  }));
}

/** Aligned points end on a minute's border, and may begin anywhere before. */
export function minuteEnding(seconds: EndSeconds): number {
  return Math.round(Number(seconds ?? 0) / 60) * MINUTE_MS - MINUTE_MS;
}

type EndSeconds = NonNullable<NonNullable<SeriesPoint['interval']>['endTime']>['seconds'];
