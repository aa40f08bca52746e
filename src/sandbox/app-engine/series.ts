import type { MetricKind, Value, ValueType } from './metrics.ts';

export interface Point {
  /** Milliseconds of the sandbox's clock; a gauge's point begins where it ends. */
  readonly start: number;
  readonly end: number;
  readonly value: Value;
}

/** One time series: labels by their full path (`resource.labels.version_id`), points oldest first. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly kind: MetricKind;
  readonly valueType: ValueType;
  readonly points: readonly Point[];
}
