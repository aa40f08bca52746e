import type { MetricKind, Value, ValueType } from './metrics.ts';

export interface Point {
  /** Milliseconds of the sandbox's clock; a gauge's point begins where it ends. */
  readonly start: number;
  readonly end: number;
  readonly value: Value;
}

/** One time series: labels by their full path (`resource.labels.version_id`), points oldest first. */
export interface Series {
  /** The monitored resource's type, such as gae_app. */
  readonly resource: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly kind: MetricKind;
  readonly valueType: ValueType;
  readonly points: readonly Point[];
}

/** The labels of the two sides under their full paths. */
export function fullLabels(
  resource: Readonly<Record<string, string>>,
  metric: Readonly<Record<string, string>>,
): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const [name, value] of Object.entries(resource)) labels[`resource.labels.${name}`] = value;
  for (const [name, value] of Object.entries(metric)) labels[`metric.labels.${name}`] = value;
  return labels;
}

/** Points as they come, put together into series. */
export class SeriesBuilder {
  readonly #found = new Map<string, Series & { readonly points: Point[] }>();

  add(of: Omit<Series, 'points'>, point: Point): void {
    const key = JSON.stringify([of.resource, of.labels]);
    const series = this.#found.get(key);
    if (series) series.points.push(point);
    else this.#found.set(key, { ...of, points: [point] });
  }

  all(): Series[] {
    return [...this.#found.values()];
  }
}
