import * as v from 'valibot';
import type { Rest } from '../google/rest.ts';

/**
 * A time series as Cloud Monitoring's REST API prints it: whole numbers as text, what is zero or empty left out, the
 * newest point first. Read as raw JSON, because the generated client takes four times as long to decode it.
 */
export interface TimeSeries {
  readonly metric?: Labelled | undefined;
  readonly resource?: Labelled | undefined;
  /** GAUGE, DELTA or CUMULATIVE. */
  readonly metricKind?: string | undefined;
  /** BOOL, INT64, DOUBLE, STRING or DISTRIBUTION. */
  readonly valueType?: string | undefined;
  readonly points?: readonly SeriesPoint[] | undefined;
}

interface Labelled {
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

export interface SeriesPoint {
  readonly interval?: { readonly endTime?: string };
  readonly value?: {
    readonly int64Value?: string;
    readonly doubleValue?: number;
    readonly distributionValue?: Distribution;
  };
}

export interface Distribution {
  readonly count?: string;
  readonly mean?: number;
  readonly bucketOptions?: BucketOptions;
  readonly bucketCounts?: readonly string[];
}

export interface BucketOptions {
  readonly exponentialBuckets?: {
    readonly numFiniteBuckets?: number;
    readonly scale?: number;
    readonly growthFactor?: number;
  };
  readonly linearBuckets?: {
    readonly numFiniteBuckets?: number;
    readonly offset?: number;
    readonly width?: number;
  };
  readonly explicitBuckets?: { readonly bounds?: readonly number[] };
}

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
    readonly aligner: string;
    readonly reducer: string;
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

const labelled = v.object({
  type: v.optional(v.string()),
  labels: v.optional(v.record(v.string(), v.string())),
});

/** The insides of points are taken as Google documents them: checking them would cost more than reading them. */
const page = v.object({
  timeSeries: v.optional(
    v.array(
      v.object({
        metric: v.optional(labelled),
        resource: v.optional(labelled),
        metricKind: v.optional(v.string()),
        valueType: v.optional(v.string()),
        points: v.optional(v.custom<readonly SeriesPoint[]>(areObjects)),
      }),
    ),
    [],
  ),
  nextPageToken: v.optional(v.string(), ''),
});

/** @param doing as it follows "Could not". @throws CloudError */
export async function listTimeSeries(
  rest: Rest,
  project: string,
  query: SeriesQuery,
  doing: string,
  signal?: AbortSignal,
): Promise<SeriesAnswer> {
  const params = paramsOf(query);
  const series: TimeSeries[] = [];
  for (let read = 1; ; read++) {
    const path = `/v3/projects/${project}/timeSeries?${params}`;
    const { timeSeries, nextPageToken } = await rest.read(
      doing,
      async () => v.parse(page, await rest.json('GET', path)),
      signal,
    );
    series.push(...timeSeries);
    if (nextPageToken === '') return { series, more: false };
    if (read === query.pages) return { series, more: true };
    params.set('pageToken', nextPageToken);
  }
}

function paramsOf({ filter, from, to, aggregation, headersOnly, pageSize }: SeriesQuery): URLSearchParams {
  const params = new URLSearchParams({
    filter,
    'interval.startTime': new Date(from).toISOString(),
    'interval.endTime': new Date(to).toISOString(),
    view: headersOnly ? 'HEADERS' : 'FULL',
  });
  if (aggregation) {
    params.set('aggregation.alignmentPeriod', `${aggregation.period / 1_000}s`);
    params.set('aggregation.perSeriesAligner', aggregation.aligner);
    params.set('aggregation.crossSeriesReducer', aggregation.reducer);
    for (const label of aggregation.groupBy ?? []) params.append('aggregation.groupByFields', label);
  }
  if (pageSize !== undefined) params.set('pageSize', String(pageSize));
  return params;
}

function areObjects(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === 'object' && one !== null);
}
