import { deviation, number, sum, total } from './align.ts';
import { merge, percentile } from './distribution.ts';
import type { Value, ValueType } from './metrics.ts';
import { badField } from './refusal.ts';
import type { Series } from './series.ts';

/** google.monitoring.v3.Aggregation.Reducer by number. */
export const REDUCERS: readonly string[] = [
  'REDUCE_NONE',
  'REDUCE_MEAN',
  'REDUCE_MIN',
  'REDUCE_MAX',
  'REDUCE_SUM',
  'REDUCE_STDDEV',
  'REDUCE_COUNT',
  'REDUCE_COUNT_TRUE',
  'REDUCE_FRACTION_TRUE',
  'REDUCE_PERCENTILE_99',
  'REDUCE_PERCENTILE_95',
  'REDUCE_PERCENTILE_50',
  'REDUCE_PERCENTILE_05',
  '',
  '',
  'REDUCE_COUNT_FALSE',
];

interface Reducer {
  readonly combine: (values: readonly Value[]) => Value;
  readonly gives: (type: ValueType) => ValueType;
  readonly numbersOnly?: boolean;
}

const asIs: Reducer['gives'] = (type) => type;
const toDouble: Reducer['gives'] = () => 'DOUBLE';

const TABLE: Readonly<Record<string, Reducer>> = {
  REDUCE_SUM: { combine: sum, gives: asIs },
  REDUCE_COUNT: { combine: (values) => values.length, gives: () => 'INT64' },
  REDUCE_MEAN: { combine: (values) => spread(values).mean, gives: toDouble },
  REDUCE_MIN: { combine: (values) => Math.min(...values.map(number)), gives: asIs, numbersOnly: true },
  REDUCE_MAX: { combine: (values) => Math.max(...values.map(number)), gives: asIs, numbersOnly: true },
  REDUCE_STDDEV: { combine: (values) => spread(values).deviation, gives: toDouble },
  REDUCE_PERCENTILE_99: percentileReducer(0.99),
  REDUCE_PERCENTILE_95: percentileReducer(0.95),
  REDUCE_PERCENTILE_50: percentileReducer(0.5),
  REDUCE_PERCENTILE_05: percentileReducer(0.05),
};

/**
 * Combines aligned series that agree in the labels of `groupBy` (all series into one without any). Only those labels
 * are left, and the project's.
 * @throws Refusal for a reducer that does not go with the values
 */
export function reduce(all: readonly Series[], name: string, groupBy: readonly string[]): Series[] {
  const reducer = TABLE[name];
  const groups = new Map<string, { labels: Record<string, string>; members: Series[] }>();
  for (const series of all) {
    if (!reducer || (reducer.numbersOnly && series.valueType === 'DISTRIBUTION')) {
      throw badField(
        'aggregation.crossSeriesReducer',
        `The reducer ${name} cannot be applied to time series with value type ${series.valueType}.`,
      );
    }
    const kept = ['resource.labels.project_id', ...groupBy];
    const labels = Object.fromEntries(
      Object.entries(series.labels).filter(([label]) => kept.includes(label)),
    );
    const key = JSON.stringify(groupBy.map((label) => labels[label]));
    const group = groups.get(key);
    if (group) group.members.push(series);
    else groups.set(key, { labels, members: [series] });
  }
  return [...groups.values()].flatMap(({ labels, members }) => {
    const [first] = members;
    return first && reducer ? [combine(first, labels, members, reducer)] : [];
  });
}

function combine(
  first: Series,
  labels: Series['labels'],
  members: readonly Series[],
  reducer: Reducer,
): Series {
  const slots = new Map<number, { start: number; values: Value[] }>();
  for (const { start, end, value } of members.flatMap((one) => one.points)) {
    const slot = slots.get(end);
    if (slot) slot.values.push(value);
    else slots.set(end, { start, values: [value] });
  }
  const points = [...slots]
    .toSorted(([a], [b]) => a - b)
    .map(([end, { start, values }]) => ({ start, end, value: reducer.combine(values) }));
  const { resource, kind } = first;
  return { resource, labels, kind, valueType: reducer.gives(first.valueType), points };
}

/** Mean and deviation of the numbers, or of all that the distributions hold. */
function spread(values: readonly Value[]): { mean: number; deviation: number } {
  const distributions = values.filter((value) => typeof value === 'object');
  if (distributions.length === 0) {
    return { mean: total(values) / values.length, deviation: deviation(values.map(number)) };
  }
  const { count, sum: all, squares } = merge(distributions);
  const mean = all / count;
  return { mean, deviation: Math.sqrt(Math.max(0, squares / count - mean * mean)) };
}

function percentileReducer(share: number): Reducer {
  return {
    gives: toDouble,
    combine: (values) => {
      const distributions = values.filter((value) => typeof value === 'object');
      if (distributions.length > 0) return percentile(merge(distributions), share);
      const sorted = values.map(number).toSorted((a, b) => a - b);
      const at = share * (sorted.length - 1);
      const [low = 0, high = 0] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
      return low + (high - low) * (at % 1);
    },
  };
}
