import type { Distribution } from './distribution.ts';
import type { Minute } from './figures.ts';

export type Value = number | Distribution;
export type MetricKind = 'DELTA' | 'GAUGE';
export type ValueType = 'INT64' | 'DOUBLE' | 'DISTRIBUTION';

export interface Metric {
  readonly kind: MetricKind;
  readonly valueType: ValueType;
  readonly unit: string;
  readonly labels: readonly string[];
  /** What a minute holds of it, one per series. */
  readonly read: (minute: Minute) => readonly Sample[];
}

export interface Sample {
  readonly service: string;
  readonly version: string;
  /** The metric's labels. */
  readonly labels: Readonly<Record<string, string>>;
  readonly value: Value;
}

const PREFIX = 'appengine.googleapis.com/';

/** The metrics of Cloud Monitoring that this App Engine writes, all of them for the resource `gae_app`. */
export const METRICS: ReadonlyMap<string, Metric> = new Map([
  [
    `${PREFIX}http/server/response_count`,
    {
      kind: 'DELTA',
      valueType: 'INT64',
      unit: '1',
      labels: ['response_code', 'loading'],
      read: ({ cells }) =>
        cells.map(({ service, version, code, loading, count }) => ({
          service,
          version,
          labels: responseLabels(code, loading),
          value: count,
        })),
    },
  ],
  [
    `${PREFIX}http/server/response_latencies`,
    {
      kind: 'DELTA',
      valueType: 'DISTRIBUTION',
      unit: 'ms',
      labels: ['response_code', 'loading'],
      read: ({ cells }) =>
        cells.map((cell) => ({
          service: cell.service,
          version: cell.version,
          labels: responseLabels(cell.code, cell.loading),
          value: cell,
        })),
    },
  ],
  [`${PREFIX}system/instance_count`, gauge('1', ({ instances }) => instances)],
  [`${PREFIX}system/memory/usage`, gauge('By', ({ memory }) => memory)],
]);

function responseLabels(code: number, loading: boolean): Record<string, string> {
  return { response_code: String(code), loading: String(loading) };
}

function gauge(unit: string, value: (gauge: Minute['gauges'][number]) => number): Metric {
  return {
    kind: 'GAUGE',
    valueType: 'INT64',
    unit,
    labels: [],
    read: ({ gauges }) =>
      gauges.map((one) => ({ service: one.service, version: one.version, labels: {}, value: value(one) })),
  };
}
