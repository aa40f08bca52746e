import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import type { Point } from '../../src/monitor/index.ts';
import { MINUTE } from '../../tests/rollout/world.ts';

const TYPE = 'appengine.googleapis.com/http/server/response_latencies';
/** What one side has of the other metrics in a minute; of any other there is nothing. */
const GAUGES: Readonly<Record<string, number>> = {
  'appengine.googleapis.com/system/memory/usage': 2e8,
  'appengine.googleapis.com/system/instance_count': 2,
  'appengine.googleapis.com/system/cpu/usage': 40_000,
};
const BUCKETS = { exponentialBuckets: { numFiniteBuckets: 64, growthFactor: Math.SQRT2, scale: 1 } };
/** Of the answers that are no errors of the server's; the rest are 200s. */
const NOT_FOUND_SHARE = 0.03;

/** One query that came. */
export interface Query {
  readonly service: string;
  /** By performance.now(). */
  readonly at: number;
}

export interface FiguresServer {
  readonly url: string;
  readonly queries: readonly Query[];
  close(): void;
}

interface Minute {
  readonly version: string;
  readonly code: string;
  readonly value: object;
}

/**
 * Answers timeSeries.list with these points, aligned and reduced as the query asks for: a series for each version and
 * status, newest minute first; gauges are the same all the time. Every service has the same figures, over and over.
 */
export async function serveFigures(points: readonly Point[]): Promise<FiguresServer> {
  const queries: Query[] = [];
  const first = Math.min(...points.map((point) => point.minute));
  const length = 1 + (Math.max(...points.map((point) => point.minute)) - first) / MINUTE;
  const minutes = Array.from({ length }, (_, n) =>
    points.filter((point) => point.minute === first + n * MINUTE).flatMap(asMinutes),
  );
  const at = (start: number) => minutes[Math.floor(start / MINUTE) % length] ?? [];

  const app = new Hono();
  app.get('/v3/projects/:project/timeSeries', (c) => {
    const type = /metric\.type="([^"]*)"/.exec(c.req.query('filter') ?? '')?.[1] ?? '';
    const service = /module_id="([^"]*)"/.exec(c.req.query('filter') ?? '')?.[1];
    const from = Date.parse(c.req.query('interval.startTime') ?? '');
    const to = Date.parse(c.req.query('interval.endTime') ?? '');
    if (service === undefined || !(from < to)) {
      return c.json({ error: { code: 400, message: `Not the query expected: ${c.req.url}` } }, 400);
    }
    queries.push({ service, at: performance.now() });
    if (type === TYPE) return c.json({ timeSeries: seriesOf(service, from, to, at) });
    const value = GAUGES[type];
    return c.json(value === undefined ? {} : { timeSeries: gaugesOf(service, from, to, value) });
  });
  return new Promise((resolve) => {
    const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) =>
      resolve({ url: `http://127.0.0.1:${port}/`, queries, close: () => server.close() }),
    );
  });
}

function seriesOf(
  service: string,
  from: number,
  to: number,
  at: (start: number) => readonly Minute[],
): object[] {
  const found = new Map<string, { version: string; code: string; points: object[] }>();
  for (let start = to - MINUTE; start >= from; start -= MINUTE) {
    const interval = {
      startTime: new Date(start).toISOString(),
      endTime: new Date(start + MINUTE).toISOString(),
    };
    for (const { version, code, value } of at(start)) {
      const key = `${version} ${code}`;
      const series = found.get(key) ?? { version, code, points: [] };
      found.set(key, series);
      series.points.push({ interval, value });
    }
  }
  return Array.from(found.values(), (series) => ({
    metric: { type: TYPE, labels: { response_code: series.code, loading: 'false' } },
    resource: {
      type: 'gae_app',
      labels: { project_id: 'demo', module_id: service, version_id: series.version },
    },
    metricKind: 'DELTA',
    valueType: 'DISTRIBUTION',
    unit: 'ms',
    points: series.points,
  }));
}

function gaugesOf(service: string, from: number, to: number, value: number): object[] {
  return ['v1', 'v2'].map((version) => ({
    metric: { labels: {} },
    resource: { type: 'gae_app', labels: { project_id: 'demo', module_id: service, version_id: version } },
    metricKind: 'GAUGE',
    valueType: 'DOUBLE',
    points: Array.from({ length: (to - from) / MINUTE }, (_, n) => {
      const endTime = new Date(to - n * MINUTE).toISOString();
      return { interval: { startTime: endTime, endTime }, value: { doubleValue: value } };
    }),
  }));
}

/** A side's minute as Monitoring tells it: by status, counts as text, trailing empty buckets left out. */
function asMinutes({ arm, requests, errors, latency }: Point): Minute[] {
  const notFound = Math.round(requests * NOT_FOUND_SHARE);
  const parts: [code: string, count: number][] = [
    ['200', requests - errors - notFound],
    ['404', notFound],
    ['500', errors],
  ];
  const version = arm === 'canary' ? 'v2' : 'v1';
  return parts
    .filter(([, count]) => count > 0)
    .map(([code, count]) => ({ version, code, value: distribution(spread(latency.counts, count)) }));
}

/** `count` answers over the buckets as all of them lie, whole numbers only. */
function spread(counts: readonly number[], count: number): number[] {
  const total = counts.reduce((sum, n) => sum + n, 0);
  let [passed, given] = [0, 0];
  return counts.map((n) => {
    passed += n;
    const due = Math.round((passed / total) * count) - given;
    given += due;
    return due;
  });
}

function distribution(counts: readonly number[]): object {
  const last = counts.findLastIndex((n) => n > 0);
  const count = counts.reduce((sum, n) => sum + n, 0);
  const middle = (bucket: number) => Math.SQRT2 ** (bucket - 0.5);
  return {
    distributionValue: {
      count: String(count),
      mean: counts.reduce((sum, n, bucket) => sum + n * middle(bucket), 0) / count,
      bucketOptions: BUCKETS,
      bucketCounts: counts.slice(0, last + 1).map(String),
    },
  };
}
