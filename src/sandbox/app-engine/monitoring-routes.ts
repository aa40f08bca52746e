import { Hono } from 'hono';
import type { SandboxClock } from '../clock.ts';
import { faultMet } from '../faulty-listener.ts';
import { align } from './align.ts';
import type { CustomMetrics } from './custom-metrics.ts';
import { distributionValue } from './distribution.ts';
import { compare, holds, parseFilter } from './filter.ts';
import { isObject, type JsonObject, textAt } from './json.ts';
import type { Catalogue, Metric, ValueType } from './metrics.ts';
import { type Query, readQuery } from './monitoring-query.ts';
import { page } from './paging.ts';
import { reduce } from './reduce.ts';
import { badField, Refusal } from './refusal.ts';
import { timestamp } from './resources.ts';
import type { Point, Series } from './series.ts';

/** Time series in one write. */
const MOST_SERIES = 200;

/**
 * Cloud Monitoring v3: `projects.timeSeries` to list and to create, and `projects.metricDescriptors`.
 * @param delay age at which a minute becomes visible, milliseconds of the sandbox's clock
 */
export function monitoringRoutes(
  project: string,
  catalogues: readonly Catalogue[],
  custom: CustomMetrics,
  clock: SandboxClock,
  delay: number,
): Hono {
  const routes = new Hono();
  const find = (type: string) => [...catalogues, custom].map((one) => one.find(type)).find(Boolean);

  routes.use('/v3/projects/:project/*', async (c, next) => {
    const named = c.req.param('project');
    if (named !== project)
      throw new Refusal('NOT_FOUND', `Could not find project '${named}': there is only '${project}'.`);
    await next();
  });

  routes.get('/v3/projects/:project/timeSeries', (c) => {
    const query = readQuery(new URL(c.req.url).searchParams, find);
    // What somebody writes is there at once; what is measured comes with a delay.
    const visible = clock.now() - (custom.find(query.type) ? 0 : delay + lateness());
    const raw = collect(query, visible).filter(isShown());
    const aligned =
      query.aligner === 'ALIGN_NONE'
        ? raw
        : raw.map((one) => align(one, query.aligner, query.period, query.to));
    const reduced = query.reducer === 'REDUCE_NONE' ? aligned : reduce(aligned, query.reducer, query.groupBy);
    return c.json(paged(reduced, query));
  });

  routes.post('/v3/projects/:project/timeSeries', async (c) => {
    const body: unknown = await c.req.json();
    const list = isObject(body) && Array.isArray(body.timeSeries) ? body.timeSeries.filter(isObject) : [];
    if (list.length === 0 || list.length > MOST_SERIES) {
      throw badField('timeSeries', `A write takes 1 to ${MOST_SERIES} time series, not ${list.length}.`);
    }
    writeAll(custom, list);
    return c.json({});
  });

  routes.get('/v3/projects/:project/metricDescriptors', (c) => {
    const filter = parseFilter(c.req.query('filter') ?? '');
    const all = [...catalogues, custom]
      .flatMap((one) => [...one.list()])
      .filter(([type]) =>
        holds(filter, (one) => one.kind === 'compare' && compare(type, one.operator, one.value)),
      );
    return c.json(
      page(
        c,
        'metricDescriptors',
        all.map(([type, metric]) => descriptor(project, type, metric)),
      ),
    );
  });

  routes.post('/v3/projects/:project/metricDescriptors', async (c) => {
    const body: unknown = await c.req.json();
    if (!isObject(body)) throw badField('metricDescriptor', 'A metric descriptor must be an object.');
    custom.create(body);
    return c.json(described(textAt(body, 'type') ?? ''));
  });

  routes.get('/v3/projects/:project/metricDescriptors/:type{.+}', (c) =>
    c.json(described(c.req.param('type'))),
  );

  routes.delete('/v3/projects/:project/metricDescriptors/:type{.+}', (c) => {
    const type = c.req.param('type');
    described(type);
    custom.delete(type);
    return c.json({});
  });

  return routes;

  function described(type: string): JsonObject {
    const metric = find(type);
    if (!metric) throw new Refusal('NOT_FOUND', `Could not find descriptor for metric '${type}'.`);
    return descriptor(project, type, metric);
  }
}

/** Writes what can be written. @throws Refusal that names the others, as `timeSeries.create` does */
function writeAll(custom: CustomMetrics, list: readonly JsonObject[]): void {
  const faults = list.flatMap((series, i) => {
    try {
      custom.write(series);
      return [];
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return [{ i, error }];
    }
  });
  const [first] = faults;
  if (!first) return;
  const told = faults.map(({ i, error }) => `${error.message}: timeSeries[${i}]`).join('; ');
  throw new Refusal(first.error.status, `One or more TimeSeries could not be written: ${told}`);
}

/** google.api.MetricDescriptor. */
function descriptor(project: string, type: string, metric: Metric): JsonObject {
  const { kind, valueType, unit, description, labels } = metric;
  return {
    name: `projects/${project}/metricDescriptors/${type}`,
    type,
    labels: labels.map((key) => ({ key })),
    metricKind: kind,
    valueType,
    unit,
    description,
  };
}

/** Milliseconds that a fault adds to the delay. */
function lateness(): number {
  const fault = faultMet()?.fault;
  return fault?.kind === 'late-figures' ? fault.ms : 0;
}

/** Which series a fault leaves. */
function isShown(): (series: Series) => boolean {
  const fault = faultMet()?.fault;
  if (fault?.kind !== 'partial-figures') return () => true;
  const without = new RegExp(fault.without, 'i');
  return ({ labels }) => !without.test(JSON.stringify(labels));
}

/** The series as they were written, as far as the filter lets them through. */
function collect({ metric, filter, type, period, from: start, to }: Query, visible: number): Series[] {
  // The first period may begin before the interval does.
  const slots = period > 0 ? Math.ceil((to - start) / period) : 0;
  const from = Math.min(start, to - slots * period);
  return metric
    .collect(from, Math.min(to, visible))
    .filter((series) =>
      holds(
        filter,
        (one) => one.kind === 'compare' && compare(field(one.path, type, series), one.operator, one.value),
      ),
    );
}

function field(path: readonly string[], type: string, { resource, labels }: Series): string {
  const name = path.join('.');
  if (name === 'metric.type') return type;
  if (name === 'resource.type') return resource;
  return labels[name === 'project' ? 'resource.labels.project_id' : name] ?? '';
}

/** A page counts points, across series; with headers only it counts series. */
function paged(
  all: readonly Series[],
  { type, metric, headersOnly, pageSize, pageToken }: Query,
): JsonObject {
  let skip = Number(pageToken || 0);
  let room = pageSize;
  const timeSeries: JsonObject[] = [];
  let left = 0;
  for (const series of all) {
    const newestFirst = headersOnly ? series.points.slice(0, 1) : series.points.toReversed();
    const rest = newestFirst.slice(skip);
    skip = Math.max(0, skip - newestFirst.length);
    const shown = rest.slice(0, room);
    room -= shown.length;
    left += rest.length - shown.length;
    if (shown.length === 0) continue;
    timeSeries.push({
      metric: { type, labels: labelsOf(series, 'metric') },
      resource: { type: series.resource, labels: labelsOf(series, 'resource') },
      metricKind: series.kind,
      valueType: series.valueType,
      unit: metric.unit,
      ...(headersOnly ? {} : { points: shown.map((point) => pointResource(point, series.valueType)) }),
    });
  }
  const next = left > 0 ? { nextPageToken: String(Number(pageToken || 0) + pageSize) } : {};
  return { ...(timeSeries.length > 0 ? { timeSeries } : {}), ...next };
}

function labelsOf({ labels }: Series, of: 'metric' | 'resource'): Record<string, string> {
  const prefix = `${of}.labels.`;
  const own = Object.entries(labels).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(own.map(([name, value]) => [name.slice(prefix.length), value]));
}

function pointResource({ start, end, value }: Point, type: ValueType): JsonObject {
  const interval = { startTime: timestamp(start), endTime: timestamp(end) };
  if (typeof value === 'object') return { interval, value: { distributionValue: distributionValue(value) } };
  return { interval, value: type === 'INT64' ? { int64Value: String(value) } : { doubleValue: value } };
}
