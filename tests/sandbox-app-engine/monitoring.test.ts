import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CustomMetrics } from '../../src/sandbox/app-engine/custom-metrics.ts';
import { bucketOf } from '../../src/sandbox/app-engine/distribution.ts';
import { Documents } from '../../src/sandbox/app-engine/documents.ts';
import { Figures, MINUTE } from '../../src/sandbox/app-engine/figures.ts';
import { platformMetrics } from '../../src/sandbox/app-engine/metrics.ts';
import { monitoringRoutes } from '../../src/sandbox/app-engine/monitoring-routes.ts';
import { answerRefusal, Refusal } from '../../src/sandbox/app-engine/refusal.ts';
import { SandboxClock } from '../../src/sandbox/clock.ts';
import { tempFolder } from './support.ts';

const START = Date.UTC(2026, 2, 2, 9, 0);
const DELAY = 4 * MINUTE;
const COUNT = 'http/server/response_count';
const LATENCY = 'http/server/response_latencies';

/** A clock that stands still until it is turned. */
class HandClock extends SandboxClock {
  at = START;
  override now(): number {
    return this.at;
  }
}

interface Point {
  readonly interval: { readonly startTime: string; readonly endTime: string };
  readonly value: {
    readonly int64Value?: string;
    readonly doubleValue?: number;
    readonly distributionValue?: {
      readonly count: string;
      readonly mean: number;
      readonly bucketCounts: string[];
    };
  };
}

interface Answer {
  readonly timeSeries?: readonly {
    readonly metric: { readonly labels: Readonly<Record<string, string>> };
    readonly resource: { readonly labels: Readonly<Record<string, string>> };
    readonly metricKind: string;
    readonly valueType: string;
    readonly points: readonly Point[];
  }[];
  readonly nextPageToken?: string;
  readonly error?: { readonly status: string; readonly message: string };
}

function monitoring() {
  const clock = new HandClock(1, START);
  const figures = new Figures(tempFolder(), clock, () => []);
  onTestFinished(() => figures.close());
  const custom = new CustomMetrics(tempFolder(), new Documents(join(tempFolder(), 'documents')), clock);
  onTestFinished(() => custom.close());
  const routes = monitoringRoutes('demo', [platformMetrics('demo', figures)], custom, clock, DELAY);
  routes.onError((error, c) => {
    if (error instanceof Refusal) return answerRefusal(c, error);
    throw error;
  });

  return {
    /** So many responses in the n-th minute from the start. */
    at(minute: number, version: string, code: number, count: number, latency = 10, loading = false): void {
      clock.at = START + minute * MINUTE + 1;
      for (let n = 0; n < count; n++) figures.count('default', version, code, loading, latency);
    },
    /** Turns the clock to the end of the n-th minute, and past the ingestion delay unless told otherwise. */
    turn(minute: number, delay = DELAY): void {
      clock.at = START + (minute + 1) * MINUTE + delay;
    },
    async list(metric: string, minutes: number, params: Record<string, string | string[]> = {}, filter = '') {
      const query = new URLSearchParams({
        filter: `metric.type="appengine.googleapis.com/${metric}"${filter}`,
        'interval.startTime': new Date(START).toISOString(),
        'interval.endTime': new Date(START + minutes * MINUTE).toISOString(),
      });
      for (const [key, value] of Object.entries(params))
        for (const one of [value].flat()) query.append(key, one);
      const answer = await routes.request(`/v3/projects/demo/timeSeries?${query}`);
      return (await answer.json()) as Answer;
    },
  };
}

function aligned(aligner: string, reducer = '', groupBy: string[] = [], seconds = 60) {
  return {
    'aggregation.alignmentPeriod': `${seconds}s`,
    'aggregation.perSeriesAligner': aligner,
    ...(reducer === '' ? {} : { 'aggregation.crossSeriesReducer': reducer }),
    'aggregation.groupByFields': groupBy,
  };
}

describe('what a deployer sees of the figures', () => {
  it('nothing until a minute is over and as old as the ingestion delay', async () => {
    const m = monitoring();
    m.at(0, 'v1', 200, 3);
    expect(await m.list(COUNT, 5)).toEqual({});
    m.turn(0, DELAY - 1);
    expect(await m.list(COUNT, 5)).toEqual({});
    m.turn(0);
    const { timeSeries } = await m.list(COUNT, 5);
    expect(timeSeries).toMatchObject([
      { points: [{ value: { int64Value: '3' } }], metricKind: 'DELTA', valueType: 'INT64' },
    ]);
  });

  it('newest minute first, an empty minute missing rather than zero', async () => {
    const m = monitoring();
    m.at(0, 'v1', 200, 1);
    m.at(2, 'v1', 200, 2);
    m.turn(2);
    const { timeSeries } = await m.list(COUNT, 3, aligned('ALIGN_SUM'));
    const [series] = timeSeries ?? [];
    expect(series?.points.map(({ value }) => value.int64Value)).toEqual(['2', '1']);
    expect(series?.points[0]?.interval).toEqual({
      startTime: '2026-03-02T09:02:00.000Z',
      endTime: '2026-03-02T09:03:00.000Z',
    });
  });

  it('invented traffic from the aligners that interpolate', async () => {
    const m = monitoring();
    m.at(0, 'v1', 200, 60);
    m.at(3, 'v1', 200, 120);
    m.turn(5);
    const delta = await m.list(COUNT, 6, aligned('ALIGN_DELTA'));
    expect(delta.timeSeries?.[0]?.points.map(({ value }) => value.int64Value)).toEqual([
      '120',
      '100',
      '80',
      '60',
    ]);
    const rate = await m.list(COUNT, 6, aligned('2'));
    expect(rate.timeSeries?.[0]?.points.map(({ value }) => value.doubleValue?.toFixed(3))).toEqual([
      '2.000',
      '1.667',
      '1.333',
      '1.000',
    ]);
    expect(rate.timeSeries?.[0]).toMatchObject({ metricKind: 'GAUGE', valueType: 'DOUBLE' });
  });

  it('both versions by status in one query, cold starts left out', async () => {
    const m = monitoring();
    m.at(0, 'v1', 200, 5);
    m.at(0, 'v1', 500, 1);
    m.at(0, 'v2', 200, 2);
    m.at(0, 'v2', 200, 4, 900, true);
    m.at(0, 'v3', 200, 9);
    m.turn(0);
    const group = ['resource.labels.version_id', 'metric.labels.response_code'];
    const filter =
      ' AND resource.type="gae_app" AND resource.labels.module_id="default" AND resource.labels.version_id=one_of("v1","v2") AND metric.labels.loading=false';
    const { timeSeries = [] } = await m.list(LATENCY, 1, aligned('ALIGN_SUM', 'REDUCE_SUM', group), filter);
    const counts = timeSeries.map(({ metric, resource, points }) => [
      resource.labels.version_id,
      metric.labels.response_code,
      points[0]?.value.distributionValue?.count,
    ]);
    expect(counts.toSorted()).toEqual([
      ['v1', '200', '5'],
      ['v1', '500', '1'],
      ['v2', '200', '2'],
    ]);
    expect(timeSeries[0]?.resource.labels).toEqual({ project_id: 'demo', version_id: 'v1' });
  });

  it('latencies in buckets of √2', async () => {
    expect([0.5, 1, 1.41, 1.42, 2, 127.9, 128, 1e12].map((ms) => bucketOf(ms))).toEqual([
      0, 1, 1, 2, 3, 14, 15, 65,
    ]);
    const m = monitoring();
    m.at(0, 'v1', 200, 99, 100);
    m.at(0, 'v1', 200, 1, 1000);
    m.turn(0);
    const sum = await m.list(LATENCY, 1, aligned('ALIGN_SUM'));
    const value = sum.timeSeries?.[0]?.points[0]?.value.distributionValue;
    expect(value).toMatchObject({
      count: '100',
      mean: 109,
      bucketOptions: { exponentialBuckets: { numFiniteBuckets: 64, scale: 1 } },
    });
    expect(value?.bucketCounts).toHaveLength(21);
    const p95 = await m.list(LATENCY, 1, aligned('ALIGN_PERCENTILE_95'));
    const found = p95.timeSeries?.[0]?.points[0]?.value.doubleValue ?? 0;
    expect(found).toBeGreaterThan(2 ** 6.5);
    expect(found).toBeLessThan(2 ** 7);
  });

  it('every response in exactly one period, whatever the period and the pages', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.tuple(
            fc.nat(11),
            fc.constantFrom('v1', 'v2'),
            fc.constantFrom(200, 500),
            fc.integer({ min: 1, max: 9 }),
          ),
          { maxLength: 12 },
        ),
        fc.constantFrom(60, 120, 180, 300),
        fc.integer({ min: 1, max: 7 }),
        async (visits, seconds, pageSize) => {
          const m = monitoring();
          const wanted: Record<string, number> = {};
          for (const [minute, version, code, count] of visits.toSorted((a, b) => a[0] - b[0])) {
            m.at(minute, version, code, count);
            wanted[version] = (wanted[version] ?? 0) + count;
          }
          m.turn(12);
          const got: Record<string, number> = {};
          let pageToken: string | undefined = '';
          while (pageToken !== undefined) {
            const params = { ...aligned('ALIGN_SUM', 'REDUCE_SUM', ['resource.labels.version_id'], seconds) };
            const answer: Answer = await m.list(COUNT, 12, {
              ...params,
              pageSize: String(pageSize),
              pageToken,
            });
            for (const { resource, points } of answer.timeSeries ?? []) {
              const version = resource.labels.version_id ?? '';
              for (const { value } of points) got[version] = (got[version] ?? 0) + Number(value.int64Value);
            }
            pageToken = answer.nextPageToken;
          }
          expect(got).toEqual(wanted);
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('a query that Monitoring refuses', () => {
  it.each([
    ['an unknown metric', 'http/server/mood', {}, '', 'NOT_FOUND', 'Cannot find metric(s) that match type'],
    [
      'an unknown label',
      COUNT,
      {},
      ' AND metric.labels.mood="bad"',
      'INVALID_ARGUMENT',
      'is not a label of the metric',
    ],
    ['a broken filter', COUNT, {}, ' AND (resource.type="gae_app"', 'INVALID_ARGUMENT', 'it ends too early'],
    [
      'a broken pattern',
      COUNT,
      {},
      ' AND resource.labels.version_id=monitoring.regex.full_match("(")',
      'INVALID_ARGUMENT',
      'no regular expression',
    ],
    [
      'a short period',
      COUNT,
      aligned('ALIGN_SUM', '', [], 30),
      '',
      'INVALID_ARGUMENT',
      'at least 60 seconds',
    ],
    ['a rate of latencies', LATENCY, aligned('ALIGN_RATE'), '', 'INVALID_ARGUMENT', 'cannot be applied'],
    [
      'a percentile of counts',
      COUNT,
      aligned('ALIGN_PERCENTILE_95'),
      '',
      'INVALID_ARGUMENT',
      'cannot be applied',
    ],
    [
      'a reducer without an aligner',
      COUNT,
      { 'aggregation.crossSeriesReducer': 'REDUCE_SUM' },
      '',
      'INVALID_ARGUMENT',
      'needs a per-series aligner',
    ],
    ['an unknown aligner', COUNT, aligned('ALIGN_STARS'), '', 'INVALID_ARGUMENT', 'ALIGN_STARS'],
  ])('%s', async (_, metric, params, filter, status, sentence) => {
    const m = monitoring();
    m.at(0, 'v1', 200, 1);
    m.turn(0);
    const { error } = await m.list(metric, 1, params, filter);
    expect(error?.status).toBe(status);
    expect(error?.message).toContain(sentence);
  });
});

it('waits for no more minutes once it has ended, whatever is still said', () => {
  let waits = 0;
  class CountingClock extends SandboxClock {
    at = START;
    override now(): number {
      return this.at;
    }
    override alarm(): () => void {
      waits++;
      return () => {
        waits--;
      };
    }
  }
  const clock = new CountingClock(1, START);
  const figures = new Figures(tempFolder(), clock, () => []);
  expect(waits).toBe(1);
  figures.close();
  clock.at = START + 5 * MINUTE;
  figures.tally({ type: 't', service: 'default', version: 'v1', labels: {}, value: 1 });
  figures.count('default', 'v1', 200, false, 10);
  expect(waits).toBe(0);
});
