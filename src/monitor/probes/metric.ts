import type { Limits, Measure } from '../../plan/terms.ts';
import { toHistogram } from '../buckets.ts';
import { merge, quantile } from '../histogram.ts';
import { type FindKind, type MetricKind, rememberKinds } from '../metric-kind.ts';
import type { Aligner, Distribution, ListSeries, Reducer, SeriesPoint } from '../time-series.ts';
import {
  type Finding,
  type Span,
  sayAsked,
  sayMeasured,
  saySpan,
  unknown,
  weighCount,
  within,
} from './words.ts';

/** Google's own limit of a page. */
const MOST_POINTS = 100_000;

const SHARE = { p50: 0.5, p95: 0.95, p99: 0.99 } as const;

export interface MetricQuestion extends Limits {
  readonly name: string;
  readonly filter: string;
  readonly measure: Measure;
  readonly per?: number;
}

/** All series of any metric over a span, made one figure. */
export class MetricReader {
  readonly #list: ListSeries;
  readonly #kindOf: FindKind;

  constructor(list: ListSeries) {
    this.#list = list;
    this.#kindOf = rememberKinds(list);
  }

  /** @throws CloudError */
  async weigh(question: MetricQuestion, span: Span, signal?: AbortSignal): Promise<Finding> {
    const kind = await this.#kindOf(question.filter, span, doing(question), signal);
    const value = kind && (await this.#measure(question, kind, span, signal));
    if (typeof value === 'object') return unknown(value.cannot);
    const { measure, per, atLeast } = question;
    if (value === undefined) {
      // A counter that nothing was counted by has no points.
      if (measure === 'sum' && atLeast === undefined) return weighCount(0, question, per, span);
      return unknown(`The metric has no points in ${saySpan(span)}, ${sayAsked(question)}`);
    }
    if (measure === 'sum') return weighCount(value, question, per, span);
    return {
      answer: within(question, value) ? 'good' : 'off',
      detail: `${measure} ${sayMeasured(question, value)} over ${saySpan(span)}, ${sayAsked(question)}`,
    };
  }

  async #measure(
    question: MetricQuestion,
    { kind, type }: MetricKind,
    span: Span,
    signal?: AbortSignal,
  ): Promise<number | undefined | { readonly cannot: string }> {
    const { measure } = question;
    const reduced = (aligner: Aligner, reducer: Reducer) =>
      this.#points(question, span, { period: span.to - span.from, aligner, reducer }, signal);
    // Of what only ever grows, the growth is what can be summed up.
    const summed = () => reduced(kind === 'CUMULATIVE' ? 'ALIGN_DELTA' : 'ALIGN_SUM', 'REDUCE_SUM');

    if (type === 'DISTRIBUTION') return measureDistributions(measure, (await summed()).points);
    if (type !== 'INT64' && type !== 'DOUBLE')
      return {
        cannot: `The metric holds ${type}; INT64, DOUBLE or DISTRIBUTION is wanted. Correct the plan.`,
      };
    if (measure === 'sum') return totalOf((await summed()).points);
    if (kind === 'CUMULATIVE')
      return {
        cannot: `The metric is a running total, of which a sum can be told and no ${measure}. Correct the plan.`,
      };
    switch (measure) {
      case 'mean': {
        const [sums, counts] = await Promise.all([summed(), reduced('ALIGN_COUNT', 'REDUCE_SUM')]);
        const [sum, count] = [totalOf(sums.points), totalOf(counts.points)];
        return sum === undefined || !count ? undefined : sum / count;
      }
      case 'min':
        return lowest((await reduced('ALIGN_MIN', 'REDUCE_MIN')).points.map(numberOf));
      case 'max':
        return highest((await reduced('ALIGN_MAX', 'REDUCE_MAX')).points.map(numberOf));
      default: {
        // Google's percentiles of numbers are across series, not over time.
        const { points, more } = await this.#points(question, span, undefined, signal);
        if (more)
          return {
            cannot: `More than ${MOST_POINTS.toLocaleString('en')} points in ${saySpan(span)} are too many for a percentile. Ask for the mean, or write the metric as a distribution.`,
          };
        return percentile(points.map(numberOf), SHARE[measure]);
      }
    }
  }

  async #points(
    question: MetricQuestion,
    span: Span,
    aggregation: { period: number; aligner: Aligner; reducer: Reducer } | undefined,
    signal?: AbortSignal,
  ): Promise<{ points: SeriesPoint[]; more: boolean }> {
    const query = {
      filter: question.filter,
      ...span,
      ...(aggregation ? { aggregation } : { pageSize: MOST_POINTS, pages: 1 }),
    };
    const { series, more } = await this.#list(query, doing(question), signal);
    return { points: series.flatMap(({ points }) => points ?? []), more };
  }
}

function doing({ name }: MetricQuestion): string {
  return `read the metric of "${name}"`;
}

function measureDistributions(measure: Measure, points: readonly SeriesPoint[]): number | undefined {
  const filled = points.flatMap(({ value }) => value?.distributionValue ?? []).filter((d) => countOf(d) > 0);
  if (filled.length === 0) return undefined;
  const sum = filled.reduce((total, d) => total + countOf(d) * (d.mean ?? 0), 0);
  switch (measure) {
    case 'sum':
      return sum;
    case 'mean':
      return sum / filled.reduce((total, d) => total + countOf(d), 0);
    case 'min':
    case 'max':
      // The border of the outermost bucket: nothing was beyond it.
      return quantile(merge(filled.map(toHistogram)), measure === 'min' ? 0 : 1);
    default:
      return quantile(merge(filled.map(toHistogram)), SHARE[measure]);
  }
}

function countOf({ count }: Distribution): number {
  return Number(count ?? 0);
}

function numberOf({ value }: SeriesPoint): number {
  return Number(value?.int64Value ?? value?.doubleValue ?? 0);
}

function totalOf(points: readonly SeriesPoint[]): number | undefined {
  return points.length === 0 ? undefined : points.reduce((sum, point) => sum + numberOf(point), 0);
}

function lowest(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((a, b) => Math.min(a, b));
}

function highest(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((a, b) => Math.max(a, b));
}

/** By linear interpolation between the two values beside it. */
function percentile(values: readonly number[], share: number): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = Float64Array.from(values).sort();
  const at = share * (sorted.length - 1);
  const low = sorted[Math.floor(at)] ?? 0;
  return low + ((sorted[Math.ceil(at)] ?? low) - low) * (at % 1);
}
