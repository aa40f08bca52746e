import { MetricServiceClient } from '@google-cloud/monitoring';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  bucketOf,
  type Layout,
  merge,
  percentile,
  single,
} from '../../src/sandbox/app-engine/distribution.ts';
import type { AppEngine } from '../../src/sandbox/app-engine/index.ts';
import { SandboxClock } from '../../src/sandbox/clock.ts';
import { app, appEngine, clientOptions, deploy, eventually, rest, tempFolder } from './support.ts';

const METRICS = '/v2/projects/demo/metrics';
const MINUTE = 60_000;

/** Writes what it is asked for to its log: `/?{"event":"signal","quality":80}`. */
const ECHO = app(
  `const said = decodeURIComponent(request.url.split('?')[1] ?? '');
   if (said) console.log(said); response.end();`,
);

const SIGNALS = {
  name: 'signals',
  description: 'Signals by session',
  filter: 'jsonPayload.event="signal"',
  metricDescriptor: { labels: [{ key: 'session', valueType: 'STRING' }] },
  labelExtractors: { session: 'EXTRACT(jsonPayload.session)' },
};

const QUALITY = {
  name: 'quality',
  filter: 'jsonPayload.event="signal"',
  valueExtractor: 'EXTRACT(jsonPayload.quality)',
  metricDescriptor: { valueType: 'DISTRIBUTION' },
  bucketOptions: { linearBuckets: { numFiniteBuckets: 20, width: 5, offset: 0 } },
};

async function say(engine: AppEngine, line: object): Promise<void> {
  await fetch(`${engine.proxyUrl}/?${encodeURIComponent(JSON.stringify(line))}`);
}

interface Series {
  readonly metric: { readonly labels?: Readonly<Record<string, string>> };
  readonly resource: { readonly type: string; readonly labels: Readonly<Record<string, string>> };
  readonly metricKind: string;
  readonly valueType: string;
  readonly points: readonly {
    readonly interval: { readonly endTime: string };
    readonly value: Readonly<Record<string, unknown>>;
  }[];
}

async function series(
  engine: AppEngine,
  clock: SandboxClock,
  type: string,
  more: Readonly<Record<string, string>> = {},
): Promise<Series[]> {
  const query = new URLSearchParams({
    filter: `metric.type="${type}"`,
    'interval.startTime': new Date(clock.now() - 60 * MINUTE).toISOString(),
    'interval.endTime': new Date(clock.now()).toISOString(),
    ...more,
  });
  const { body } = await rest(engine, 'GET', `/v3/projects/demo/timeSeries?${query}`);
  return (body.timeSeries ?? []) as Series[];
}

test('log-based metrics count and measure what is logged from then on, over a restart too', async () => {
  const dataDir = tempFolder();
  const clock = new SandboxClock(600);
  const options = { dataDir, clock, ingestionDelayMs: 0 };
  const engine = await appEngine(options);
  await deploy(engine, 'v1', ECHO);
  await say(engine, { event: 'signal', quality: 50, session: 'london', message: 'too early' });
  const made = await rest(engine, 'POST', METRICS, SIGNALS);
  expect(made.body).toMatchObject({
    name: 'signals',
    version: 'V2',
    metricDescriptor: {
      type: 'logging.googleapis.com/user/signals',
      metricKind: 'DELTA',
      valueType: 'INT64',
      unit: '1',
    },
  });
  expect((await rest(engine, 'POST', METRICS, QUALITY)).status).toBe(200);
  for (const [quality, session] of [
    [62, 'london'],
    [78, 'london'],
    [93, 'tokyo'],
  ] as const) {
    await say(engine, { event: 'signal', quality, session });
  }
  await say(engine, { event: 'signal', quality: 'none', session: 'tokyo' });
  await say(engine, { event: 'approval', quality: 99 });

  const sums = {
    'aggregation.alignmentPeriod': '3600s',
    'aggregation.perSeriesAligner': 'ALIGN_SUM',
    'aggregation.crossSeriesReducer': 'REDUCE_SUM',
  };
  const USER = 'logging.googleapis.com/user';
  const total = async (at: AppEngine) => {
    const [one] = await series(at, clock, `${USER}/signals`, sums);
    return one?.points[0]?.value.int64Value === '4' ? one : undefined;
  };
  expect(await eventually(() => total(engine))).toMatchObject({ metricKind: 'DELTA', valueType: 'INT64' });
  const bySession = await series(engine, clock, `${USER}/signals`, {
    ...sums,
    'aggregation.groupByFields': 'metric.labels.session',
  });
  expect(
    Object.fromEntries(bySession.map((one) => [one.metric.labels?.session, one.points[0]?.value.int64Value])),
  ).toEqual({ london: '2', tokyo: '2' });
  const [qualities] = await series(engine, clock, `${USER}/quality`, sums);
  expect(qualities?.points[0]?.value.distributionValue).toMatchObject({
    count: '3',
    mean: (62 + 78 + 93) / 3,
    bucketOptions: { linearBuckets: { numFiniteBuckets: 20, width: 5, offset: 0 } },
  });
  const [median] = await series(engine, clock, `${USER}/quality`, {
    'aggregation.alignmentPeriod': '3600s',
    'aggregation.perSeriesAligner': 'ALIGN_PERCENTILE_50',
  });
  expect(median?.points[0]?.value.doubleValue).toBeGreaterThan(75);
  expect(median?.points[0]?.value.doubleValue).toBeLessThanOrEqual(80);
  const raw = await series(engine, clock, `${USER}/signals`);
  for (const { resource, points } of raw) {
    expect(resource).toMatchObject({ type: 'gae_app', labels: { module_id: 'default', version_id: 'v1' } });
    const ends = points.map(({ interval }) => interval.endTime);
    expect(ends).toEqual(ends.toSorted().toReversed());
  }

  await engine.close();
  const again = await appEngine(options);
  expect((await rest(again, 'GET', METRICS)).body.metrics).toHaveLength(2);
  await eventually(() => total(again));
  await say(again, { event: 'signal', quality: 70, session: 'london' });
  const five = async () => {
    const [one] = await series(again, clock, `${USER}/signals`, sums);
    return one?.points[0]?.value.int64Value === '5' ? one : undefined;
  };
  await eventually(five);

  await rest(again, 'PUT', `${METRICS}/signals`, { ...SIGNALS, filter: 'jsonPayload.event="nothing"' });
  expect((await rest(again, 'GET', `${METRICS}/signals`)).body).toMatchObject({
    filter: 'jsonPayload.event="nothing"',
    createTime: made.body.createTime,
  });
  expect((await rest(again, 'DELETE', `${METRICS}/signals`)).status).toBe(200);
  expect((await rest(again, 'GET', `${METRICS}/signals`)).status).toBe(404);
  const gone = await rest(
    again,
    'GET',
    `/v3/projects/demo/timeSeries?filter=metric.type%3D%22${USER}/signals%22`,
  );
  expect(gone.status).toBe(404);
});

test('every entry is counted by its log and severity', async () => {
  const clock = new SandboxClock(600);
  const engine = await appEngine({ clock, ingestionDelayMs: 0 });
  await deploy(engine, 'v1', ECHO);
  await say(engine, { severity: 'CRITICAL', message: 'no prices' });
  const found = await eventually(async () => {
    const all = await series(engine, clock, 'logging.googleapis.com/log_entry_count');
    return all.find(({ metric }) => metric.labels?.severity === 'CRITICAL');
  });
  expect(found).toMatchObject({
    metric: { labels: { log: 'stdout' } },
    points: [{ value: { int64Value: '1' } }],
  });
});

test('what is no log-based metric is refused', async () => {
  const engine = await appEngine();
  const bad: Readonly<Record<string, object>> = {
    'without a name': { ...SIGNALS, name: '' },
    'with a bad name': { ...SIGNALS, name: 'two words' },
    'without a filter': { ...SIGNALS, filter: ' ' },
    'with a broken filter': { ...SIGNALS, filter: 'a=' },
    'with a severity that is none': { ...SIGNALS, filter: 'severity>=LOUD' },
    'of another kind': { ...SIGNALS, metricDescriptor: { metricKind: 'GAUGE' } },
    'of another type': { ...SIGNALS, metricDescriptor: { valueType: 'STRING' } },
    'a counter with an extractor': {
      ...QUALITY,
      metricDescriptor: { valueType: 'INT64' },
    },
    'a distribution without one': { ...QUALITY, valueExtractor: '' },
    'with a function that is none': { ...QUALITY, valueExtractor: 'TAKE(jsonPayload.quality)' },
    'with a pattern without a group': { ...QUALITY, valueExtractor: 'REGEXP_EXTRACT(textPayload, "a+")' },
    'with an undeclared label': { ...SIGNALS, metricDescriptor: {} },
    'with a label without extractor': { ...SIGNALS, labelExtractors: {} },
    'with buckets without width': { ...QUALITY, bucketOptions: { linearBuckets: { numFiniteBuckets: 3 } } },
    'with bounds that fall': { ...QUALITY, bucketOptions: { explicitBuckets: { bounds: [2, 1] } } },
  };
  for (const [what, metric] of Object.entries(bad)) {
    const { status, body } = await rest(engine, 'POST', METRICS, metric);
    expect({ what, status, body }).toMatchObject({ what, status: 400, body: { error: { code: 400 } } });
  }
  expect((await rest(engine, 'GET', METRICS)).body).toEqual({});
  await rest(engine, 'POST', METRICS, SIGNALS);
  expect((await rest(engine, 'POST', METRICS, SIGNALS)).status).toBe(409);
  expect((await rest(engine, 'GET', '/v2/projects/other/metrics')).status).toBe(404);
});

test("custom metrics are written and read by Google's own client", async () => {
  const dataDir = tempFolder();
  const clock = new SandboxClock(1);
  const engine = await appEngine({ dataDir, clock });
  const client = new MetricServiceClient(clientOptions(engine));
  const type = 'custom.googleapis.com/signals/spread';
  const name = 'projects/demo';
  const second = Math.floor(clock.now() / 1000);
  const write = (
    at: number,
    doubleValue: number,
    labels: Record<string, string> = { instrument: 'XAUUSD' },
  ) =>
    client.createTimeSeries({
      name,
      timeSeries: [
        {
          metric: { type, labels },
          resource: { type: 'global', labels: { project_id: 'demo' } },
          points: [{ interval: { endTime: { seconds: at } }, value: { doubleValue } }],
        },
      ],
    });
  await write(second - 120, 1.5);
  await write(second - 60, 2.5);
  await write(second - 60, 7, { instrument: 'EURUSD' });
  const list = (aggregation?: object) =>
    client.listTimeSeries({
      name,
      filter: `metric.type="${type}" AND metric.labels.instrument="XAUUSD" AND resource.type="global"`,
      interval: { startTime: { seconds: second - 600 }, endTime: { seconds: second } },
      ...(aggregation && { aggregation }),
    });
  const [[one]] = await list();
  expect(one?.points?.map(({ value }) => value?.doubleValue)).toEqual([2.5, 1.5]);
  const [[mean]] = await list({ alignmentPeriod: { seconds: 600 }, perSeriesAligner: 'ALIGN_MEAN' });
  expect(mean?.points?.[0]?.value?.doubleValue).toBe(2);

  const [descriptors] = await client.listMetricDescriptors({ name, filter: `metric.type="${type}"` });
  expect(descriptors.map((d) => d.labels?.map(({ key }) => key))).toEqual([['instrument']]);
  await expect(write(second - 60, 3)).rejects.toThrow('Points must be written in order');
  await expect(write(second - 58, 3)).rejects.toThrow('more frequently');
  await expect(write(second + 3600, 3)).rejects.toThrow('in the future');
  const other = await rest(engine, 'POST', '/v3/projects/demo/timeSeries', {
    timeSeries: [
      {
        metric: { type },
        points: [{ interval: { endTime: new Date(clock.now()) }, value: { int64Value: '3' } }],
      },
      { metric: { type: 'appengine.googleapis.com/x' }, points: [] },
    ],
  });
  expect(other).toMatchObject({ status: 400 });
  expect(JSON.stringify(other.body)).toMatch(/is of value type DOUBLE.*timeSeries\[0\].*timeSeries\[1\]/);

  await engine.close();
  const again = await appEngine({ dataDir, clock });
  expect(await series(again, clock, type)).toHaveLength(2);
  const path = `/v3/projects/demo/metricDescriptors/${type}`;
  expect((await rest(again, 'GET', path)).body).toMatchObject({ type, metricKind: 'GAUGE' });
  expect((await rest(again, 'DELETE', path)).status).toBe(200);
  expect((await rest(again, 'GET', path)).status).toBe(404);
});

test('an app writes distributions, and counts that only grow and begin anew', async () => {
  const clock = new SandboxClock(1);
  const engine = await appEngine({ clock });
  const client = new MetricServiceClient(clientOptions(engine));
  const name = 'projects/demo';
  const second = Math.floor(clock.now() / 60_000) * 60;
  const resource = { type: 'global', labels: { project_id: 'demo' } };
  const spread = { type: 'custom.googleapis.com/signals/spreads' };
  const bucketOptions = { explicitBuckets: { bounds: [10, 20, 30] } };
  const values = { count: 4, mean: 15, sumOfSquaredDeviation: 100, bucketOptions, bucketCounts: [1, 2, 1] };
  const point = (at: number, distributionValue: object) => ({
    interval: { endTime: { seconds: at } },
    value: { distributionValue },
  });
  await client.createTimeSeries({
    name,
    timeSeries: [{ metric: spread, resource, points: [point(second - 60, values)] }],
  });
  const interval = { startTime: { seconds: second - 600 }, endTime: { seconds: second } };
  const filter = `metric.type="${spread.type}"`;
  const [[raw]] = await client.listTimeSeries({ name, filter, interval });
  expect(raw?.points?.[0]?.value?.distributionValue).toMatchObject({
    count: '4',
    mean: 15,
    sumOfSquaredDeviation: 100,
    bucketCounts: ['1', '2', '1'],
  });
  const aggregation = {
    alignmentPeriod: { seconds: 600 },
    perSeriesAligner: 'ALIGN_PERCENTILE_50' as const,
  };
  const [[median]] = await client.listTimeSeries({ name, filter, interval, aggregation });
  expect(median?.points?.[0]?.value?.doubleValue).toBe(15);
  const wrong = { metric: spread, resource, points: [point(second - 30, { ...values, count: 5 })] };
  await expect(client.createTimeSeries({ name, timeSeries: [wrong] })).rejects.toThrow(
    'add up to its count, 5',
  );

  const orders = 'custom.googleapis.com/orders';
  const iso = (at: number) => new Date(at * 1000).toISOString();
  const grow = (start: number, end: number, int64Value: string) =>
    rest(engine, 'POST', '/v3/projects/demo/timeSeries', {
      timeSeries: [
        {
          metricKind: 'CUMULATIVE',
          metric: { type: orders },
          points: [{ interval: { startTime: iso(start), endTime: iso(end) }, value: { int64Value } }],
        },
      ],
    });
  const began = second - 1000;
  for (const [start, end, value] of [
    [began, second - 240, '100'],
    [began, second - 180, '130'],
    [began, second - 120, '190'],
    [second - 110, second - 60, '20'],
  ] as const)
    expect((await grow(start, end, value)).status).toBe(200);
  expect((await grow(second, second - 30, '21')).status).toBe(400);
  const aligned = async (perSeriesAligner: string) => {
    const query = new URLSearchParams({
      filter: `metric.type="${orders}"`,
      'interval.startTime': iso(second - 300),
      'interval.endTime': iso(second),
      'aggregation.alignmentPeriod': '60s',
      'aggregation.perSeriesAligner': perSeriesAligner,
    });
    const { body } = await rest(engine, 'GET', `/v3/projects/demo/timeSeries?${query}`);
    const [found] = body.timeSeries as {
      points: { value: { int64Value?: string; doubleValue?: number } }[];
    }[];
    return found?.points.map(({ value }) => value.doubleValue ?? Number(value.int64Value));
  };
  expect(await aligned('ALIGN_DELTA')).toEqual([20, 60, 30]);
  expect(await aligned('ALIGN_RATE')).toEqual([20 / 60, 1, 0.5]);
});

test('a value lies within the bounds of its bucket, and percentiles within those of all values', () => {
  const layout: fc.Arbitrary<Layout> = fc.oneof(
    fc.record({
      kind: fc.constant('linear' as const),
      finite: fc.integer({ min: 1, max: 50 }),
      width: fc.integer({ min: 1, max: 20 }),
      offset: fc.integer({ min: -50, max: 50 }),
    }),
    fc.record({
      kind: fc.constant('exponential' as const),
      finite: fc.integer({ min: 1, max: 64 }),
      growth: fc.constantFrom(Math.SQRT2, 2, 10),
      scale: fc.constantFrom(0.01, 1, 5),
    }),
    fc
      .uniqueArray(fc.integer({ min: -100, max: 100 }), { minLength: 1, maxLength: 9 })
      .map((bounds) => ({ kind: 'explicit' as const, bounds: bounds.toSorted((a, b) => a - b) })),
  );
  fc.assert(
    fc.property(layout, fc.array(fc.integer({ min: -100, max: 1000 }), { minLength: 1 }), (of, values) => {
      const all = merge(values.map((value) => single(value, of)));
      expect(all.count).toBe(values.length);
      for (const value of values) {
        const bucket = bucketOf(value, of);
        for (const other of values)
          if (other < value) expect(bucketOf(other, of)).toBeLessThanOrEqual(bucket);
      }
      expect(percentile(all, 0.05)).toBeLessThanOrEqual(percentile(all, 0.95));
    }),
  );
  const tens: Layout = { kind: 'linear', finite: 10, width: 10, offset: 0 };
  expect([-1, 0, 9.9, 10, 99, 100, 5000].map((value) => bucketOf(value, tens))).toEqual([
    0, 1, 1, 2, 10, 11, 11,
  ]);
});
