import { ALIGNERS } from './align.ts';
import { comparisons, type Filter, parseFilter, required } from './filter.ts';
import type { Metric } from './metrics.ts';
import { REDUCERS } from './reduce.ts';
import { badField, Refusal } from './refusal.ts';

const LEAST_PERIOD = 60_000;
const MOST_POINTS = 100_000;

/** `projects.timeSeries.list`, understood. Times and periods in milliseconds. */
export interface Query {
  readonly type: string;
  readonly metric: Metric;
  readonly filter: Filter;
  /** Points that end in (from, to]. */
  readonly from: number;
  readonly to: number;
  readonly aligner: string;
  readonly period: number;
  readonly reducer: string;
  readonly groupBy: readonly string[];
  readonly headersOnly: boolean;
  readonly pageSize: number;
  readonly pageToken: string;
}

/** @param find the metric of a type. @throws Refusal that names the parameter at fault */
export function readQuery(params: URLSearchParams, find: (type: string) => Metric | undefined): Query {
  const get = (name: string) =>
    params.get(name) ?? params.get(name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`));
  for (const name of params.keys()) {
    if (name.startsWith('secondaryAggregation')) {
      throw new Refusal('UNIMPLEMENTED', 'The local Cloud Monitoring does not model secondaryAggregation.');
    }
  }
  const filter = parseFilter(get('filter') ?? '');
  const { type, metric } = metricOf(filter, find);
  checkLabels(filter, type, metric);

  const to = readTime('interval.endTime', get('interval.endTime'));
  const start = get('interval.startTime');
  const from = start === null ? to : readTime('interval.startTime', start);
  if (from > to) throw badField('interval', 'The start time must be before the end time for the interval.');

  const aligner = readName('aggregation.perSeriesAligner', ALIGNERS, get('aggregation.perSeriesAligner'));
  const reducer = readName('aggregation.crossSeriesReducer', REDUCERS, get('aggregation.crossSeriesReducer'));
  const period = readPeriod(get('aggregation.alignmentPeriod'));
  if (aligner !== 'ALIGN_NONE' && period < LEAST_PERIOD) {
    throw badField('aggregation.alignmentPeriod', 'The alignment period must be at least 60 seconds.');
  }
  if (reducer !== 'REDUCE_NONE' && aligner === 'ALIGN_NONE') {
    throw badField(
      'aggregation.perSeriesAligner',
      'A cross-series reducer needs a per-series aligner other than ALIGN_NONE.',
    );
  }
  const groupBy = params
    .getAll('aggregation.groupByFields')
    .map((path) => path.replace(/\.label\./, '.labels.'));
  for (const path of groupBy) checkLabel(path.split('.'), type, metric, 'aggregation.groupByFields');
  const view = get('view') ?? '';
  return {
    type,
    metric,
    filter,
    from,
    to,
    aligner,
    period,
    reducer,
    groupBy,
    headersOnly: view === 'HEADERS' || view === '1',
    pageSize: Math.min(Number(get('pageSize') ?? 0) || MOST_POINTS, MOST_POINTS),
    pageToken: get('pageToken') ?? '',
  };
}

function metricOf(
  filter: Filter,
  find: (type: string) => Metric | undefined,
): { type: string; metric: Metric } {
  const types = required(filter).filter(
    ({ path, operator }) => path.join('.') === 'metric.type' && operator === '=',
  );
  const [one, ...others] = types;
  if (!one || others.length > 0)
    throw badField('filter', 'The filter must specify exactly one metric.type = "…".');
  const metric = find(one.value);
  if (metric) return { type: one.value, metric };
  throw new Refusal(
    'NOT_FOUND',
    `Cannot find metric(s) that match type = "${one.value}". If a metric was created recently, it could take up to 10 minutes to become available. Please try again soon.`,
  );
}

function checkLabels(filter: Filter, type: string, metric: Metric): void {
  for (const { path } of comparisons(filter)) {
    const name = path.join('.');
    if (name === 'metric.type' || name === 'resource.type' || name === 'project') continue;
    checkLabel(path, type, metric, 'filter');
  }
}

function checkLabel(path: readonly string[], type: string, metric: Metric, field: string): void {
  const [of, labels, name = ''] = path;
  const known = of === 'resource' ? metric.resourceLabels : of === 'metric' ? metric.labels : [];
  if (labels === 'labels' && (known?.includes(name) ?? true)) return;
  throw badField(field, `'${path.join('.')}' is not a label of the metric ${type} or of its resource.`);
}

function readTime(field: string, text: string | null): number {
  const time = Date.parse(text ?? '');
  if (Number.isNaN(time)) throw badField(field, `${field} must be an RFC 3339 time, but is '${text ?? ''}'.`);
  return time;
}

/** "60s" in milliseconds; none is 0. */
function readPeriod(text: string | null): number {
  if (text === null) return 0;
  const seconds = /^\+?(\d+(?:\.\d+)?)s$/.exec(text)?.[1];
  if (seconds === undefined) {
    throw badField(
      'aggregation.alignmentPeriod',
      `The alignment period must be of the form 60s, but is '${text}'.`,
    );
  }
  return Number(seconds) * 1000;
}

function readName(field: string, names: readonly string[], text: string | null): string {
  const name = text === null || text === '' ? names[0] : names.includes(text) ? text : names[Number(text)];
  if (!name) throw badField(field, `Invalid value at '${field}' (TYPE_ENUM), "${text}"`);
  return name;
}
