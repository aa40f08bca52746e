import { onLine, percentChange, type Slot } from './align-curves.ts';
import { difference } from './custom-values.ts';
import { type Distribution, merge, percentile } from './distribution.ts';
import type { MetricKind, Value, ValueType } from './metrics.ts';
import { badField } from './refusal.ts';
import type { Point, Series } from './series.ts';

/** In the order of google.monitoring.v3.Aggregation.Aligner; a number on the wire is an index into it. */
export const ALIGNERS: readonly string[] = namesByNumber({
  0: 'ALIGN_NONE',
  1: 'ALIGN_DELTA',
  2: 'ALIGN_RATE',
  3: 'ALIGN_INTERPOLATE',
  4: 'ALIGN_NEXT_OLDER',
  10: 'ALIGN_MIN',
  11: 'ALIGN_MAX',
  12: 'ALIGN_MEAN',
  13: 'ALIGN_COUNT',
  14: 'ALIGN_SUM',
  15: 'ALIGN_STDDEV',
  16: 'ALIGN_COUNT_TRUE',
  17: 'ALIGN_FRACTION_TRUE',
  18: 'ALIGN_PERCENTILE_99',
  19: 'ALIGN_PERCENTILE_95',
  20: 'ALIGN_PERCENTILE_50',
  21: 'ALIGN_PERCENTILE_05',
  23: 'ALIGN_PERCENT_CHANGE',
  24: 'ALIGN_COUNT_FALSE',
});

type Aligner = {
  readonly takes: 'numbers' | 'distributions' | 'both';
  readonly of: readonly MetricKind[];
  readonly gives: (kind: MetricKind, type: ValueType) => readonly [MetricKind, ValueType];
  /** Invents a value for an empty period between two that are not. */
  readonly interpolates?: boolean;
} & (
  | {
      /** Of a period's values. @param ms the alignment period */
      readonly combine: (values: readonly Value[], ms: number) => Value;
    }
  | {
      /** Of all points at once. */
      readonly curve: (points: readonly Point[], period: number, end: number) => Slot[];
    }
);

const asIs: Aligner['gives'] = (kind, type) => [kind, type];
const toDouble: Aligner['gives'] = () => ['GAUGE', 'DOUBLE'];
const BOTH: readonly MetricKind[] = ['DELTA', 'GAUGE'];

/** The aligners that take what only grows, by what was added. */
const GROWTH = new Set(['ALIGN_DELTA', 'ALIGN_RATE']);

const TABLE: Readonly<Record<string, Aligner>> = {
  ALIGN_SUM: { takes: 'both', of: BOTH, gives: asIs, combine: sum },
  ALIGN_DELTA: { takes: 'both', of: ['DELTA'], gives: asIs, combine: sum, interpolates: true },
  ALIGN_RATE: {
    takes: 'numbers',
    of: ['DELTA'],
    gives: toDouble,
    combine: (values, ms) => total(values) / (ms / 1000),
    interpolates: true,
  },
  ALIGN_MEAN: {
    takes: 'numbers',
    of: BOTH,
    gives: toDouble,
    combine: (values) => total(values) / values.length,
  },
  ALIGN_MIN: {
    takes: 'numbers',
    of: BOTH,
    gives: asIs,
    combine: (values) => Math.min(...values.map(number)),
  },
  ALIGN_MAX: {
    takes: 'numbers',
    of: BOTH,
    gives: asIs,
    combine: (values) => Math.max(...values.map(number)),
  },
  ALIGN_COUNT: {
    takes: 'numbers',
    of: BOTH,
    gives: () => ['GAUGE', 'INT64'],
    combine: (values) => values.length,
  },
  ALIGN_STDDEV: {
    takes: 'numbers',
    of: BOTH,
    gives: toDouble,
    combine: (values) => deviation(values.map(number)),
  },
  ALIGN_INTERPOLATE: { takes: 'numbers', of: ['GAUGE'], gives: asIs, curve: onLine },
  ALIGN_PERCENT_CHANGE: { takes: 'numbers', of: BOTH, gives: toDouble, curve: percentChange },
  ALIGN_NEXT_OLDER: { takes: 'both', of: ['GAUGE'], gives: asIs, combine: (values) => values.at(-1) ?? 0 },
  ALIGN_PERCENTILE_99: percentileAligner(0.99),
  ALIGN_PERCENTILE_95: percentileAligner(0.95),
  ALIGN_PERCENTILE_50: percentileAligner(0.5),
  ALIGN_PERCENTILE_05: percentileAligner(0.05),
};

/**
 * Brings a series to one point per period; periods are counted back from `end`. A period without data has no point,
 * but for the aligners that interpolate: those fill gaps between points, as Cloud Monitoring does.
 * @param period milliseconds
 * @throws Refusal for an aligner that does not go with the metric
 */
export function align(given: Series, name: string, period: number, end: number): Series {
  const series = GROWTH.has(name) ? growth(given) : given;
  const aligner = TABLE[name];
  const takes = series.valueType === 'DISTRIBUTION' ? 'distributions' : 'numbers';
  if (!aligner?.of.includes(series.kind) || (aligner.takes !== 'both' && aligner.takes !== takes)) {
    throw badField(
      'aggregation.perSeriesAligner',
      `The aligner ${name} cannot be applied to metrics with kind ${series.kind} and value type ${series.valueType}.`,
    );
  }
  const [kind, valueType] = aligner.gives(series.kind, series.valueType);
  const aligned =
    'curve' in aligner
      ? aligner.curve(series.points, period, end)
      : inPeriods(series.points, period, end, aligner.combine);
  const filled = aligner.interpolates ? interpolate(aligned) : aligned;
  const points = filled
    .toSorted((a, b) => b.slot - a.slot)
    .map(({ slot, value }): Point => {
      const to = end - slot * period;
      const whole = valueType === 'INT64' && typeof value === 'number' ? Math.round(value) : value;
      return { start: kind === 'GAUGE' ? to : to - period, end: to, value: whole };
    });
  return { resource: series.resource, labels: series.labels, kind, valueType, points };
}

/** What was added from each point of a cumulative series to the next; a new start counts from nothing. */
function growth(series: Series): Series {
  if (series.kind !== 'CUMULATIVE') return series;
  const points = series.points.flatMap((point, i): Point[] => {
    const before = series.points[i - 1];
    if (before && before.start === point.start)
      return [{ start: before.end, end: point.end, value: difference(point.value, before.value) }];
    return before ? [point] : [];
  });
  return { ...series, kind: 'DELTA', points };
}

function inPeriods(
  points: readonly Point[],
  period: number,
  end: number,
  combine: (values: readonly Value[], ms: number) => Value,
): Slot[] {
  const slots = new Map<number, Value[]>();
  for (const point of points) {
    const slot = Math.floor((end - point.end) / period);
    const values = slots.get(slot);
    if (values) values.push(point.value);
    else slots.set(slot, [point.value]);
  }
  return [...slots].map(([slot, values]) => ({ slot, value: combine(values, period) }));
}

function interpolate(slots: readonly Slot[]): Slot[] {
  const sorted = slots.toSorted((a, b) => a.slot - b.slot);
  return sorted.flatMap((here, i) => {
    const after = sorted[i + 1];
    const gap = after ? after.slot - here.slot : 1;
    const between = Array.from({ length: gap - 1 }, (_, n) => ({
      slot: here.slot + n + 1,
      value: mix(here.value, after?.value ?? here.value, (n + 1) / gap),
    }));
    return [here, ...between];
  });
}

/** A value at `share` of the way from a to b. */
function mix(a: Value, b: Value, share: number): Value {
  if (typeof a === 'object' && typeof b === 'object') return merge([scale(a, 1 - share), scale(b, share)]);
  return number(a) * (1 - share) + number(b) * share;
}

function scale({ sum: total, squares, buckets, count, layout }: Distribution, by: number): Distribution {
  const scaled = buckets.map(([bucket, n]) => [bucket, Math.round(n * by)] as const).filter(([, n]) => n > 0);
  const kept = scaled.reduce((n, [, m]) => n + m, 0);
  const share = count === 0 ? 0 : kept / count;
  const own = layout && { layout };
  return { count: kept, sum: total * share, squares: squares * share, buckets: scaled, ...own };
}

export function sum(values: readonly Value[]): Value {
  const distributions = values.filter((value) => typeof value === 'object');
  return distributions.length > 0 ? merge(distributions) : total(values);
}

export function total(values: readonly Value[]): number {
  return values.reduce<number>((n, value) => n + number(value), 0);
}

export function number(value: Value): number {
  return typeof value === 'number' ? value : value.count;
}

/** Standard deviation of a whole population. */
export function deviation(values: readonly number[]): number {
  const mean = values.reduce((n, value) => n + value, 0) / values.length;
  return Math.sqrt(values.reduce((n, value) => n + (value - mean) ** 2, 0) / values.length);
}

function percentileAligner(share: number): Aligner {
  return {
    takes: 'distributions',
    of: BOTH,
    gives: toDouble,
    combine: (values) => percentile(merge(values.filter((value) => typeof value === 'object')), share),
  };
}

function namesByNumber(names: Readonly<Record<number, string>>): string[] {
  const list: string[] = [];
  for (const [index, name] of Object.entries(names)) list[Number(index)] = name;
  return list;
}
