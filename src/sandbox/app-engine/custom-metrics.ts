import type { SandboxClock } from '../clock.ts';
import { readValue, typeOf } from './custom-values.ts';
import type { Documents } from './documents.ts';
import { isObject, type Json, type JsonObject, objectAt, textAt } from './json.ts';
import type { Catalogue, Metric, MetricKind, Value, ValueType } from './metrics.ts';
import { badField, Refusal } from './refusal.ts';
import { Segments } from './segments.ts';
import { fullLabels, SeriesBuilder } from './series.ts';

const TYPE = /^(custom|external|workload)\.googleapis\.com\/[A-Za-z0-9_./-]+$/;
/** Points may lie this far ahead of and behind the present (cloud.google.com/monitoring/quotas). */
const AHEAD = 5 * 60_000;
const BEHIND = 25 * 3_600_000;
/** One point per series in this time. */
const SAMPLING = 5_000;
const KEPT = { segment: 5_000, segments: 20, age: 42 * 24 * 3_600_000, warm: 3 };

interface Written {
  /** When it came; milliseconds of the sandbox's clock, as the other times. */
  readonly at: number;
  readonly type: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly resource: string;
  readonly resourceLabels: Readonly<Record<string, string>>;
  /** Since when a cumulative value has been growing. */
  readonly start?: number;
  readonly end: number;
  readonly value: Value;
}

/** Metrics that somebody writes by `timeSeries.create`: gauges and what only grows, numbers and distributions. */
export class CustomMetrics implements Catalogue {
  readonly #documents: Documents;
  readonly #points: Segments<Written>;
  readonly #clock: SandboxClock;
  /** The end of each series' last point, of those that came since the start. */
  readonly #latest = new Map<string, number>();

  constructor(folder: string, documents: Documents, clock: SandboxClock) {
    this.#documents = documents;
    this.#points = new Segments(folder, KEPT);
    this.#clock = clock;
  }

  /** Makes a metric, or says that it is there. @param descriptor as metricDescriptors.create takes it. @throws Refusal */
  create(descriptor: JsonObject): void {
    const type = textAt(descriptor, 'type') ?? '';
    if (!TYPE.test(type)) {
      throw badField(
        'metricDescriptor.type',
        `Metric type '${type}' must begin with custom.googleapis.com/.`,
      );
    }
    const known = typeOf(descriptor);
    if (!known) {
      throw new Refusal(
        'UNIMPLEMENTED',
        `The local Cloud Monitoring takes custom metrics of kind GAUGE or CUMULATIVE and of type INT64, DOUBLE or DISTRIBUTION, not ${String(descriptor.metricKind)} of ${String(descriptor.valueType)}.`,
      );
    }
    const declared = Array.isArray(descriptor.labels) ? descriptor.labels.filter(isObject) : [];
    this.#documents.put(`custom-metric/${type}`, {
      type,
      metricKind: known.kind,
      valueType: known.valueType,
      unit: textAt(descriptor, 'unit') ?? '',
      description: textAt(descriptor, 'description') ?? '',
      labels: declared.map((label) => textAt(label, 'key') ?? ''),
    });
  }

  /** Forgets a metric; its points are no longer found. */
  delete(type: string): void {
    this.#documents.delete(`custom-metric/${type}`);
  }

  /** Takes one of the `timeSeries` of a write: one point of one series. @throws Refusal that says why not */
  write(series: JsonObject): void {
    const metric = objectAt(series, 'metric');
    const resource = objectAt(series, 'resource');
    const type = textAt(metric, 'type') ?? '';
    const [point, ...more] = Array.isArray(series.points) ? series.points.filter(isObject) : [];
    if (!point || more.length > 0)
      throw badField('timeSeries.points', 'A time series must have exactly one point.');
    const { value, valueType } = readValue(objectAt(point, 'value'));
    const interval = objectAt(point, 'interval');
    const end = Date.parse(textAt(interval, 'endTime') ?? '');
    const labels = texts(objectAt(metric, 'labels'));
    const resourceLabels = texts(objectAt(resource, 'labels'));
    const name = textAt(resource, 'type') ?? 'global';
    const key = JSON.stringify([type, labels, name, resourceLabels]);
    this.#checkTime(end, this.#latest.get(key));
    const kind = this.#describe(type, valueType, labels, series.metricKind);
    const grows = kind === 'CUMULATIVE' ? { start: readStart(interval, end) } : {};
    this.#latest.set(key, end);
    const at = this.#clock.now();
    this.#points.append({ at, type, labels, resource: name, resourceLabels, ...grows, end, value });
  }

  find(type: string): Metric | undefined {
    const descriptor = this.#documents.get(`custom-metric/${type}`);
    return descriptor && this.#metric(type, descriptor);
  }

  list(): ReadonlyMap<string, Metric> {
    const all = this.#documents.list('custom-metric/').map((one) => {
      const type = textAt(one, 'type') ?? '';
      return [type, this.#metric(type, one)] as const;
    });
    return new Map(all);
  }

  close(): void {
    this.#points.close();
  }

  #checkTime(end: number, latest: number | undefined): void {
    const now = this.#clock.now();
    const field = 'timeSeries.points.interval.endTime';
    if (Number.isNaN(end)) throw badField(field, 'A point needs interval.endTime as an RFC 3339 time.');
    if (end > now + AHEAD || end < now - BEHIND) {
      throw badField(
        field,
        'Data points cannot be written more than 25h in the past or more than 5 minutes in the future.',
      );
    }
    if (latest === undefined) return;
    if (end <= latest) {
      throw badField(
        field,
        'Points must be written in order. One or more of the points specified had an older end time than the most recent point.',
      );
    }
    if (end - latest < SAMPLING) {
      throw badField(
        field,
        'One or more points were written more frequently than the maximum sampling period configured for the metric.',
      );
    }
  }

  /** The first point of a metric that nobody described describes it; labels may be added by later ones. */
  #describe(
    type: string,
    valueType: ValueType,
    labels: Readonly<Record<string, string>>,
    kind: Json | undefined,
  ): MetricKind {
    const known = this.#documents.get(`custom-metric/${type}`);
    if (!known) this.create({ type, valueType, ...(kind ? { metricKind: kind } : {}) });
    const descriptor = this.#documents.get(`custom-metric/${type}`) ?? {};
    if (descriptor.valueType !== valueType) {
      throw badField(
        'timeSeries.points.value',
        `Metric '${type}' is of value type ${String(descriptor.valueType)}, but the point is of ${valueType}.`,
      );
    }
    const names = Array.isArray(descriptor.labels) ? descriptor.labels.map(String) : [];
    const added = Object.keys(labels).filter((name) => !names.includes(name));
    if (added.length > 0)
      this.#documents.put(`custom-metric/${type}`, { ...descriptor, labels: [...names, ...added] });
    return typeOf(descriptor)?.kind ?? 'GAUGE';
  }

  #metric(type: string, descriptor: JsonObject): Metric {
    const { kind, valueType } = typeOf(descriptor) ?? { kind: 'GAUGE', valueType: 'DOUBLE' };
    return {
      kind,
      valueType,
      unit: textAt(descriptor, 'unit') ?? '',
      description: textAt(descriptor, 'description') ?? '',
      labels: Array.isArray(descriptor.labels) ? descriptor.labels.map(String) : [],
      collect: (from, to) => {
        const series = new SeriesBuilder();
        for (const one of this.#points.forward(from - AHEAD)) {
          const { labels, resource, resourceLabels, end, start = end, value } = one;
          if (one.type !== type || end <= from || end > to) continue;
          const of = { resource, labels: fullLabels(resourceLabels, labels), kind, valueType } as const;
          series.add(of, { start, end, value });
        }
        return series.all();
      },
    };
  }
}

/** @throws Refusal for a cumulative point that does not say since when it has been growing */
function readStart(interval: JsonObject, end: number): number {
  const start = Date.parse(textAt(interval, 'startTime') ?? '');
  if (start < end) return start;
  throw badField(
    'timeSeries.points.interval.startTime',
    'A point of a CUMULATIVE metric needs an interval.startTime before its endTime.',
  );
}

function texts(labels: JsonObject): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, String(value)]));
}
