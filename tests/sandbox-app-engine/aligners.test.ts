import { describe, expect, it } from 'vitest';
import { align } from '../../src/sandbox/app-engine/align.ts';
import { LATENCIES, merge, single } from '../../src/sandbox/app-engine/distribution.ts';
import type { MetricKind, Value, ValueType } from '../../src/sandbox/app-engine/metrics.ts';
import { reduce } from '../../src/sandbox/app-engine/reduce.ts';
import type { Series } from '../../src/sandbox/app-engine/series.ts';

const MINUTE = 60_000;

function series(
  kind: MetricKind,
  valueType: ValueType,
  values: readonly (readonly [number, Value])[],
): Series {
  const points = values.map(([minute, value]) => ({ start: minute * MINUTE, end: minute * MINUTE, value }));
  return { resource: 'global', labels: {}, kind, valueType, points };
}

/** The aligned values by the minute at which their period ends. */
function aligned(of: Series, name: string, minutes: number, end: number): Record<number, Value> {
  const { points } = align(of, name, minutes * MINUTE, end * MINUTE);
  return Object.fromEntries(points.map((point) => [point.end / MINUTE, point.value]));
}

describe('aligners that look beyond their period', () => {
  it('ALIGN_INTERPOLATE takes the value on the line between the points around a boundary', () => {
    const gauge = series('GAUGE', 'DOUBLE', [
      [1, 10],
      [3, 30],
      [8, 80],
    ]);
    expect(aligned(gauge, 'ALIGN_INTERPOLATE', 2, 8)).toEqual({ 2: 20, 4: 40, 6: 60, 8: 80 });
    // Nothing is known beyond the last point, nor before the first.
    expect(aligned(gauge, 'ALIGN_INTERPOLATE', 5, 10)).toEqual({ 5: 50 });
    const whole = series('GAUGE', 'INT64', [
      [0, 0],
      [3, 1],
    ]);
    expect(aligned(whole, 'ALIGN_INTERPOLATE', 2, 2)).toEqual({ 0: 0, 2: 1 });
  });

  it('ALIGN_PERCENT_CHANGE compares the mean of ten minutes with that of a period before', () => {
    const values = Array.from({ length: 30 }, (_, i) => [i + 1, i < 15 ? 50 : 75] as const);
    const change = aligned(series('GAUGE', 'DOUBLE', values), 'ALIGN_PERCENT_CHANGE', 10, 30);
    // 21 to 30: all 75; 11 to 20: 5 of 50 and 5 of 75, mean 62.5; 1 to 10: all 50.
    expect(change).toEqual({ 20: 25, 30: 20 });
    const still = series('DELTA', 'INT64', [
      [5, 0],
      [15, 0],
    ]);
    expect(aligned(still, 'ALIGN_PERCENT_CHANGE', 10, 20)).toEqual({ 20: 0 });
  });
});

describe('reducers', () => {
  const of = (values: readonly number[]) =>
    series('DELTA', 'DISTRIBUTION', [[1, merge(values.map((value) => single(value, LATENCIES)))]]);
  it.each([
    ['REDUCE_MEAN', 5],
    ['REDUCE_STDDEV', 2],
  ])('%s of distributions is that of all that they hold', (name, expected) => {
    const [reduced] = reduce([of([2, 4, 4, 4]), of([5, 5, 7, 9])], name, []);
    expect(reduced?.valueType).toBe('DOUBLE');
    expect(reduced?.points.map(({ value }) => value)).toEqual([expected]);
  });
});
