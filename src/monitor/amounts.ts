import type { MinutesRequest } from './minutes.ts';
import { minuteEnding } from './minutes.ts';
import type { Point } from './points.ts';
import { MINUTE_MS } from './points.ts';
import type { Aligner, ListSeries, Reducer, SeriesPoint } from './time-series.ts';

/** A metric that is read minute by minute for every version at once. */
export interface VersionMetric {
  /** As it follows "read": "the memory". */
  readonly called: string;
  /** In Cloud Monitoring's language; names exactly one metric.type. */
  readonly filter: string;
  /** The label that tells which version wrote a point. */
  readonly version: string;
  readonly aligner: Aligner;
  readonly reducer: Reducer;
}

export interface AmountsRequest extends MinutesRequest {
  readonly metric: VersionMetric;
}

/** What one side had of a metric in one minute. */
export interface Amount {
  /** Its beginning, in milliseconds since the epoch. */
  readonly minute: number;
  readonly arm: Point['arm'];
  /** Of all values. */
  readonly sum: number;
  /** Values that it is the sum of: those of a distribution, or one for each version. */
  readonly count: number;
}

export type ReadAmounts = (request: AmountsRequest, signal?: AbortSignal) => Promise<Amount[]>;

/** One call for all versions; zones, instances and whatever else splits a metric are reduced by Google. */
export function openAmounts(list: ListSeries): ReadAmounts {
  return async ({ service, canary, from, to, metric }, signal) => {
    const { called, filter, version, aligner, reducer } = metric;
    const aggregation = { period: MINUTE_MS, aligner, reducer, groupBy: [version] };
    const doing = `read ${called} of ${service}`;
    const { series } = await list({ filter, from, to, aggregation }, doing, signal);
    const amounts = new Map<string, Amount>();
    for (const one of series) {
      const [side = '', , label = ''] = version.split('.');
      const labels = side === 'metric' ? one.metric?.labels : one.resource?.labels;
      // Whoever writes without the label does not say whose it is.
      if (!labels?.[label]) continue;
      const arm = labels[label] === canary ? 'canary' : 'baseline';
      for (const point of one.points ?? []) {
        const found = amountOf(point);
        if (!found) continue;
        const minute = minuteEnding(point.interval?.endTime?.seconds);
        const key = `${arm} ${minute}`;
        const { sum = 0, count = 0 } = amounts.get(key) ?? {};
        amounts.set(key, { minute, arm, sum: sum + found.sum, count: count + found.count });
      }
    }
    return [...amounts.values()].toSorted((a, b) => a.minute - b.minute);
  };
}

function amountOf({ value }: SeriesPoint): { sum: number; count: number } | undefined {
  const distribution = value?.distributionValue;
  if (distribution) {
    const count = Number(distribution.count ?? 0);
    return count === 0 ? undefined : { sum: count * (distribution.mean ?? 0), count };
  }
  return { sum: Number(value?.int64Value ?? value?.doubleValue ?? 0), count: 1 };
}
