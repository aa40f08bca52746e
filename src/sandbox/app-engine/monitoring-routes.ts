import { Hono } from 'hono';
import type { SandboxClock } from '../clock.ts';
import { align } from './align.ts';
import { distributionValue } from './distribution.ts';
import { type Figures, MINUTE } from './figures.ts';
import { compare, holds } from './filter.ts';
import type { JsonObject } from './json.ts';
import type { ValueType } from './metrics.ts';
import { type Query, readQuery } from './monitoring-query.ts';
import { reduce } from './reduce.ts';
import { Refusal } from './refusal.ts';
import { timestamp } from './resources.ts';
import type { Point, Series } from './series.ts';

const ZONE = 'us-central1-a';

/**
 * Cloud Monitoring v3: `projects.timeSeries.list`.
 * @param delay age at which a minute becomes visible, milliseconds of the sandbox's clock
 */
export function monitoringRoutes(
  project: string,
  figures: Figures,
  clock: SandboxClock,
  delay: number,
): Hono {
  const routes = new Hono();
  routes.get('/v3/projects/:project/timeSeries', (c) => {
    if (c.req.param('project') !== project) {
      throw new Refusal(
        'NOT_FOUND',
        `Could not find project '${c.req.param('project')}': there is only '${project}'.`,
      );
    }
    const query = readQuery(new URL(c.req.url).searchParams);
    const raw = collect(project, figures, query, clock.now() - delay);
    const aligned =
      query.aligner === 'ALIGN_NONE'
        ? raw
        : raw.map((one) => align(one, query.aligner, query.period, query.to));
    const reduced = query.reducer === 'REDUCE_NONE' ? aligned : reduce(aligned, query.reducer, query.groupBy);
    return c.json(paged(reduced, query));
  });
  return routes;
}

/** The series as they were written, from the minutes that Monitoring shows by now. */
function collect(project: string, figures: Figures, query: Query, visible: number): Series[] {
  const { metric, filter, type, period } = query;
  // The first period may begin before the interval does.
  const slots = period > 0 ? Math.ceil((query.to - query.from) / period) : 0;
  const from = Math.min(query.from, query.to - slots * period);
  const found = new Map<string, { labels: Record<string, string>; points: Point[] }>();
  for (const minute of figures.between(from, Math.min(query.to, visible))) {
    const end = minute.at + MINUTE;
    const start = metric.kind === 'GAUGE' ? end : minute.at;
    for (const { service, version, labels, value } of metric.read(minute)) {
      const key = JSON.stringify([service, version, labels]);
      let series = found.get(key);
      if (!series) {
        series = { labels: allLabels(project, service, version, labels), points: [] };
        found.set(key, series);
      }
      series.points.push({ start, end, value });
    }
  }
  const { kind, valueType } = metric;
  return [...found.values()]
    .filter(({ labels }) =>
      holds(
        filter,
        (one) => one.kind === 'compare' && compare(field(one.path, type, labels), one.operator, one.value),
      ),
    )
    .map(({ labels, points }) => ({ labels, kind, valueType, points }));
}

function allLabels(
  project: string,
  service: string,
  version: string,
  own: Readonly<Record<string, string>>,
): Record<string, string> {
  const labels: Record<string, string> = {
    'resource.labels.project_id': project,
    'resource.labels.module_id': service,
    'resource.labels.version_id': version,
    'resource.labels.zone': ZONE,
  };
  for (const [name, value] of Object.entries(own)) labels[`metric.labels.${name}`] = value;
  return labels;
}

function field(path: readonly string[], type: string, labels: Readonly<Record<string, string>>): string {
  const name = path.join('.');
  if (name === 'metric.type') return type;
  if (name === 'resource.type') return 'gae_app';
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
      resource: { type: 'gae_app', labels: labelsOf(series, 'resource') },
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
