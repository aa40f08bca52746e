import type { MetricServiceClient, protos } from '@google-cloud/monitoring';
import type { Endpoint } from '../google/endpoint.ts';
import { connectRest, type Rest } from '../google/rest.ts';
import { EMPTY, type Histogram, merge } from './histogram.ts';
import { MINUTE_MS, type Point } from './points.ts';

type TimeSeries = protos.google.monitoring.v3.ITimeSeries;
type Distribution = protos.google.api.IDistribution;

export interface MinutesRequest {
  readonly service: string;
  /** Every other version of the service is its baseline. */
  readonly canary: string;
  /** Whole minutes, in milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
}

export type QueryMinutes = (request: MinutesRequest, signal?: AbortSignal) => Promise<Point[]>;

/** Nothing of Google's is loaded before the first query. */
export function openMinutes(project: string, endpoint: Endpoint): QueryMinutes {
  const rest = connectRest(endpoint);
  let opening: Promise<MetricServiceClient> | undefined;
  const client = () => {
    opening ??= Promise.all([import('@google-cloud/monitoring'), rest.clientOptions()]).then(
      ([api, options]) => new api.MetricServiceClient({ ...options }),
    );
    // Credentials that are missing now may be there the next time.
    opening.catch(() => {
      opening = undefined;
    });
    return opening;
  };
  return (request, signal) => queryMinutes(rest, client, project, request, signal);
}

/**
 * One call for all versions: a distribution's count is the number of responses, so that one metric gives requests,
 * errors and latencies. ALIGN_SUM, because the other aligners of deltas interpolate over empty minutes and so invent
 * traffic; REDUCE_SUM, because App Engine splits every series by zone.
 */
async function queryMinutes(
  rest: Rest,
  client: () => Promise<MetricServiceClient>,
  project: string,
  request: MinutesRequest,
  signal?: AbortSignal,
): Promise<Point[]> {
  const { service, canary, from, to } = request;
  const series = await rest.read(
    `read the figures of ${service}`,
    async () => {
      const monitoring = await client();
      const [found] = await monitoring.listTimeSeries({
        name: `projects/${project}`,
        filter: [
          'metric.type="appengine.googleapis.com/http/server/response_latencies"',
          'resource.type="gae_app"',
          `resource.labels.module_id=${JSON.stringify(service)}`,
        ].join(' AND '),
        interval: { startTime: { seconds: from / 1000 }, endTime: { seconds: to / 1000 } },
        aggregation: {
          alignmentPeriod: { seconds: 60 },
          perSeriesAligner: 'ALIGN_SUM',
          crossSeriesReducer: 'REDUCE_SUM',
          groupByFields: [
            'resource.labels.version_id',
            'metric.labels.response_code',
            'metric.labels.loading',
          ],
        },
        view: 'FULL',
      });
      return found;
    },
    signal,
  );
  return toPoints(series, canary);
}

/** @returns oldest first, the canary's before the baseline's of the same minute. */
function toPoints(series: readonly TimeSeries[], canary: string): Point[] {
  const parts = new Map<string, Omit<Point, 'latency'> & { readonly latencies: Histogram[] }>();
  for (const { resource, metric, points } of series) {
    const arm = resource?.labels?.version_id === canary ? 'canary' : 'baseline';
    const failed = Number(metric?.labels?.response_code ?? 0) >= 500;
    // The flexible environment knows no cold starts, so the label is absent there.
    const cold = metric?.labels?.loading?.toLowerCase() === 'true';
    for (const { interval, value } of points ?? []) {
      const distribution = value?.distributionValue;
      const requests = Number(distribution?.count ?? 0);
      if (!distribution || requests === 0) continue;
      const minute = minuteEnding(Number(interval?.endTime?.seconds ?? 0));
      const key = `${minute} ${arm}`;
      const before = parts.get(key);
      parts.set(key, {
        minute,
        arm,
        requests: (before?.requests ?? 0) + requests,
        errors: (before?.errors ?? 0) + (failed ? requests : 0),
        loading: (before?.loading ?? 0) + (cold ? requests : 0),
        loadingErrors: (before?.loadingErrors ?? 0) + (cold && failed ? requests : 0),
        latencies: [...(before?.latencies ?? []), cold ? EMPTY : toHistogram(distribution)],
      });
    }
  }
  return Array.from(parts.values(), ({ latencies, ...rest }) => ({
    ...rest,
    latency: merge(latencies),
  })).toSorted((a, b) => a.minute - b.minute || (a.arm === 'canary' ? -1 : 1));
}

/** Aligned points end on a minute's border, and may begin anywhere before. */
function minuteEnding(endSeconds: number): number {
  return Math.round(endSeconds / 60) * MINUTE_MS - MINUTE_MS;
}

/** Counts come as strings, with trailing zeros cut; the layout stands in every point. */
function toHistogram(distribution: Distribution): Histogram {
  const counts = (distribution.bucketCounts ?? []).map(Number);
  return counts.length === 0 ? EMPTY : { bounds: boundsOf(distribution.bucketOptions), counts };
}

const layouts = new Map<string, readonly number[]>();

/** Layouts are few, so each is computed once and shared. */
function boundsOf(options: Distribution['bucketOptions']): readonly number[] {
  const key = JSON.stringify(options ?? {});
  const known = layouts.get(key);
  if (known) return known;
  const bounds = computeBounds(options);
  if (layouts.size > 100) layouts.clear();
  layouts.set(key, bounds);
  return bounds;
}

function computeBounds(options: Distribution['bucketOptions']): readonly number[] {
  const { exponentialBuckets: e, linearBuckets: l, explicitBuckets: x } = options ?? {};
  if (e) {
    const { scale, growthFactor } = e;
    return Array.from(
      { length: (e.numFiniteBuckets ?? 0) + 1 },
      (_, i) => (scale ?? 1) * (growthFactor ?? 2) ** i,
    );
  }
  if (l)
    return Array.from(
      { length: (l.numFiniteBuckets ?? 0) + 1 },
      (_, i) => (l.offset ?? 0) + (l.width ?? 1) * i,
    );
  return x?.bounds ?? [];
}
