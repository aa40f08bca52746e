import { type Distribution, merge, readLayout } from './distribution.ts';
import { type JsonObject, numberAt, objectAt } from './json.ts';
import type { MetricKind, Value, ValueType } from './metrics.ts';
import { badField } from './refusal.ts';

/** By name and, from Node's REST clients, by number. */
const VALUE_TYPES: Readonly<Record<string, ValueType>> = {
  INT64: 'INT64',
  DOUBLE: 'DOUBLE',
  DISTRIBUTION: 'DISTRIBUTION',
  2: 'INT64',
  3: 'DOUBLE',
  5: 'DISTRIBUTION',
};
const KINDS: Readonly<Record<string, MetricKind>> = {
  GAUGE: 'GAUGE',
  CUMULATIVE: 'CUMULATIVE',
  1: 'GAUGE',
  3: 'CUMULATIVE',
};

/** Undefined for what the local Cloud Monitoring does not take; without a word it is a gauge of decimals. */
export function typeOf(descriptor: JsonObject): { kind: MetricKind; valueType: ValueType } | undefined {
  const kind = KINDS[String(descriptor.metricKind ?? 'GAUGE')];
  const valueType = VALUE_TYPES[String(descriptor.valueType ?? 'DOUBLE')];
  return kind && valueType ? { kind, valueType } : undefined;
}

/** google.monitoring.v3.TypedValue. @throws Refusal */
export function readValue(value: JsonObject): { value: Value; valueType: ValueType } {
  const whole = numberAt(value, 'int64Value');
  if (whole !== undefined) return { value: whole, valueType: 'INT64' };
  const decimal = numberAt(value, 'doubleValue');
  if (decimal !== undefined) return { value: decimal, valueType: 'DOUBLE' };
  if ('distributionValue' in value)
    return { value: readDistribution(objectAt(value, 'distributionValue')), valueType: 'DISTRIBUTION' };
  throw badField(
    'timeSeries.points.value',
    'A point needs an int64Value, a doubleValue or a distributionValue here.',
  );
}

function readDistribution(given: JsonObject): Distribution {
  const count = numberAt(given, 'count') ?? 0;
  const mean = numberAt(given, 'mean') ?? 0;
  const counts = Array.isArray(given.bucketCounts) ? given.bucketCounts.map(Number) : [];
  const inBuckets = counts.reduce((sum, n) => sum + n, 0);
  if (counts.some((n) => !(n >= 0)) || inBuckets !== count) {
    throw badField(
      'timeSeries.points.value.distributionValue',
      `The bucketCounts of a distribution must add up to its count, ${count}, but add up to ${inBuckets}.`,
    );
  }
  return {
    count,
    sum: mean * count,
    squares: (numberAt(given, 'sumOfSquaredDeviation') ?? 0) + count * mean * mean,
    buckets: counts.flatMap((n, bucket) => (n > 0 ? [[bucket, n] as const] : [])),
    layout: readLayout(objectAt(given, 'bucketOptions')),
  };
}

/** What was added between two readings of something that only grows. */
export function difference(later: Value, earlier: Value): Value {
  if (typeof later === 'number' || typeof earlier === 'number') return Number(later) - Number(earlier);
  const { count, sum, squares, buckets } = earlier;
  const negative = buckets.map(([bucket, n]) => [bucket, -n] as const);
  const all = merge([later, { count: -count, sum: -sum, squares: -squares, buckets: negative }]);
  return { ...all, buckets: all.buckets.filter(([, n]) => n !== 0) };
}
