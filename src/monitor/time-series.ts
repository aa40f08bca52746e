import type { MetricServiceClient, protos } from '@google-cloud/monitoring';
import type { Endpoint } from '../google/endpoint.ts';
import { connectRest } from '../google/rest.ts';

/** A time series as Google's client gives it, as far as it is looked at here. The newest point comes first. */
export type TimeSeries = protos.google.monitoring.v3.ITimeSeries;
export type SeriesPoint = protos.google.monitoring.v3.IPoint;
export type Distribution = protos.google.api.IDistribution;
export type BucketOptions = protos.google.api.Distribution.IBucketOptions;

export type Aligner = keyof typeof protos.google.monitoring.v3.Aggregation.Aligner;
export type Reducer = keyof typeof protos.google.monitoring.v3.Aggregation.Reducer;

export interface SeriesQuery {
  /** In Cloud Monitoring's language; names exactly one metric.type. */
  readonly filter: string;
  /** Points that end in (from, to], in milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
  /** Absent: the points as they were written. */
  readonly aggregation?: {
    /** Milliseconds, whole seconds, at least a minute; periods are counted back from `to`. */
    readonly period: number;
    readonly aligner: Aligner;
    readonly reducer: Reducer;
    readonly groupBy?: readonly string[];
  };
  /** Kinds and labels alone, without points. */
  readonly headersOnly?: boolean;
  /** Points of a page, or series where there are headers only; absent: as many as Google gives. */
  readonly pageSize?: number;
  /** Pages to read at most; absent: all. */
  readonly pages?: number;
}

export interface SeriesAnswer {
  readonly series: readonly TimeSeries[];
  /** There was more than the pages asked for. */
  readonly more: boolean;
}

/** @param doing as it follows "Could not". @throws CloudError */
export type ListSeries = (query: SeriesQuery, doing: string, signal?: AbortSignal) => Promise<SeriesAnswer>;

/** Nothing of Google's is loaded before the first query. */
export function openSeries(project: string, endpoint: Endpoint): ListSeries {
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

  return async (query, doing, signal) => {
    const series: TimeSeries[] = [];
    let request: protos.google.monitoring.v3.IListTimeSeriesRequest = requestOf(project, query);
    for (let read = 1; ; read++) {
      const [found, next] = await rest.read(
        doing,
        async () => (await client()).listTimeSeries(request, { autoPaginate: false }),
        signal,
      );
      series.push(...found);
      if (!next?.pageToken) return { series, more: false };
      if (read === query.pages) return { series, more: true };
      request = next;
    }
  };
}

function requestOf(
  project: string,
  { filter, from, to, aggregation, headersOnly, pageSize }: SeriesQuery,
): protos.google.monitoring.v3.IListTimeSeriesRequest {
  return {
    name: `projects/${project}`,
    filter,
    interval: { startTime: timestamp(from), endTime: timestamp(to) },
    view: headersOnly ? 'HEADERS' : 'FULL',
    ...(aggregation && {
      aggregation: {
        alignmentPeriod: { seconds: aggregation.period / 1_000 },
        perSeriesAligner: aggregation.aligner,
        crossSeriesReducer: aggregation.reducer,
        groupByFields: [...(aggregation.groupBy ?? [])],
      },
    }),
    ...(pageSize !== undefined && { pageSize }),
  };
}

function timestamp(ms: number): protos.google.protobuf.ITimestamp {
  return { seconds: Math.floor(ms / 1_000), nanos: (ms % 1_000) * 1_000_000 };
}
