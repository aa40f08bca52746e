import type { ListSeries } from './time-series.ts';

/** What a metric's points are, which never changes. */
export interface MetricKind {
  /** GAUGE, DELTA or CUMULATIVE. */
  readonly kind: string;
  /** BOOL, INT64, DOUBLE, STRING or DISTRIBUTION. */
  readonly type: string;
}

/** @param doing as it follows "Could not". @returns undefined while nothing was written. @throws CloudError */
export type FindKind = (
  filter: string,
  span: { readonly from: number; readonly to: number },
  doing: string,
  signal?: AbortSignal,
) => Promise<MetricKind | undefined>;

/** Filters come from plans, and are few. */
const MOST_KINDS = 1_000;

/** Asks once for each filter. */
export function rememberKinds(list: ListSeries): FindKind {
  const kinds = new Map<string, MetricKind>();
  return async (filter, span, doing, signal) => {
    const known = kinds.get(filter);
    if (known) return known;
    const query = { filter, ...span, headersOnly: true, pageSize: 1, pages: 1 };
    const { series } = await list(query, doing, signal);
    const [first] = series;
    if (!first) return undefined;
    const found = { kind: String(first.metricKind ?? ''), type: String(first.valueType ?? '') };
    if (kinds.size >= MOST_KINDS) kinds.clear();
    kinds.set(filter, found);
    return found;
  };
}
