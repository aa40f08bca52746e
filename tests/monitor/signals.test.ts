import { describe, expect, it } from 'vitest';
import { monitorFor } from '../../src/adapters/monitor.ts';
import { connectMonitoring, type Observation } from '../../src/monitor/index.ts';
import { MINUTE } from '../../src/plan/duration.ts';
import type { JudgedMetric, Watching } from '../../src/plan/terms.ts';
import { fault, type Reply, type Seen, scriptedServer } from '../deploy/scripted-server.ts';
import { BEN, DRAFT, World } from '../rollout/world.ts';

const FROM = Date.UTC(2026, 0, 5, 11);
const MINUTES = 20;
const SYSTEM = 'appengine.googleapis.com/system';
const FLEX = 'appengine.googleapis.com/flex/cpu';
const LATENCIES = 'appengine.googleapis.com/http/server/response_latencies';

type ValueOf = (version: string, minute: number) => number | undefined;

/** A series for each of two versions: numbers as Cloud Monitoring prints them, the newest point first. */
function series(type: string, value: ValueOf, label = 'version_id') {
  return ['v1', 'v2'].map((version) => ({
    metric: { type, ...(label === 'version' && { labels: { version } }) },
    resource: { type: 'gae_app', ...(label === 'version_id' && { labels: { version_id: version } }) },
    metricKind: 'GAUGE',
    valueType: 'DOUBLE',
    points: Array.from({ length: MINUTES }, (_, i) => MINUTES - 1 - i).flatMap((minute) => {
      const found = value(version, minute);
      const endTime = new Date(FROM + (minute + 1) * MINUTE).toISOString();
      return found === undefined ? [] : [{ interval: { endTime }, value: { doubleValue: found } }];
    }),
  }));
}

const traffic = (requests: ValueOf) =>
  series(LATENCIES, requests).map((one) => ({
    ...one,
    metricKind: 'DELTA',
    valueType: 'DISTRIBUTION',
    points: one.points.map(({ interval, value }) => ({
      interval,
      value: {
        distributionValue: {
          count: String(value.doubleValue),
          bucketOptions: { exponentialBuckets: { numFiniteBuckets: 64, growthFactor: Math.SQRT2, scale: 1 } },
          bucketCounts: ['0', '0', String(value.doubleValue)],
        },
      },
    })),
  }));

const USUAL = traffic((version) => (version === 'v1' ? 600 : 60));

/** Cloud Monitoring with these metrics, by type; of any other it knows nothing. */
async function monitoringWith(metrics: Readonly<Record<string, object | Reply>>) {
  const state = { now: FROM + (MINUTES + 5) * MINUTE };
  const server = await scriptedServer(({ url }: Seen) => {
    const filter = new URL(url, 'http://localhost').searchParams.get('filter') ?? '';
    const type = /metric\.type="([^"]+)"/.exec(filter)?.[1] ?? '';
    const found = metrics[type];
    if (Array.isArray(found)) return { json: { timeSeries: found } };
    return (found as Reply | undefined) ?? fault(404, 'NOT_FOUND', `Cannot find metric(s) of ${type}`);
  });
  const clock = { now: () => state.now, sleep: async () => undefined };
  const log = () => undefined;
  const monitoring = connectMonitoring({ project: 'demo', endpoint: server.url, clock, log });
  const window = { service: 'default', canary: 'v2', from: FROM, to: FROM + MINUTES * MINUTE };
  return { server, state, monitoring, request: { ...window, canaryShare: 0.1, durationMin: 30 } };
}

function depth(more: Partial<JudgedMetric> = {}): JudgedMetric {
  return {
    name: 'depth',
    filter: 'metric.type="custom.googleapis.com/depth"',
    measure: 'mean',
    bad: 'increase',
    version: 'metric.labels.version',
    say: 'usual',
    ...more,
  };
}

describe('figures beside the traffic', () => {
  it('memory is that of an instance, so that a version which is given more of them has not leaked', async () => {
    const instances: ValueOf = (version, minute) => (version === 'v1' ? 10 : 1 + minute);
    const { monitoring, request } = await monitoringWith({
      [LATENCIES]: USUAL,
      [`${SYSTEM}/memory/usage`]: series('m', (version, minute) => 1e8 * (instances(version, minute) ?? 0)),
      [`${SYSTEM}/instance_count`]: series('i', instances),
    });
    const { points, verdict } = await monitoring.observe(request);
    expect(new Set(points.map(({ memory }) => memory))).toEqual(new Set([1e8]));
    expect(verdict.answer).toBe('good');
  });

  it('CPU time is that of a request, of minutes with enough of them', async () => {
    const requests: ValueOf = (version, minute) => (version === 'v1' ? 600 : minute < 3 ? 29 : 60);
    const { monitoring, request } = await monitoringWith({
      [LATENCIES]: traffic(requests),
      [`${SYSTEM}/cpu/usage`]: series('c', (version, minute) => {
        const own = version === 'v1' ? 50 : 100;
        return own * (requests(version, minute) ?? 0);
      }),
    });
    const { points, verdict } = await monitoring.observe(request);
    const canary = points.filter(({ arm }) => arm === 'canary');
    expect(canary.map(({ cpu }) => cpu)).toEqual([...Array(3).fill(undefined), ...Array(17).fill(100)]);
    expect(verdict.answer).toBe('bad');
    expect(verdict.reasons[0]).toMatch(/CPU/);
  });

  it('in the flexible environment it is the share of the cores that is busy, and found there from then on', async () => {
    const { server, state, monitoring, request } = await monitoringWith({
      [LATENCIES]: USUAL,
      [`${FLEX}/utilization`]: series('u', () => 0.5),
      [`${FLEX}/reserved_cores`]: series('r', (version) => (version === 'v1' ? 20 : 2)),
    });
    const { points } = await monitoring.observe(request);
    for (const { arm, cpu } of points) expect(cpu).toBeCloseTo(arm === 'canary' ? 1 / 60 : 10 / 600);
    const standard = () =>
      server.seen.filter(({ url }) => decodeURIComponent(url).includes('cpu/usage')).length;
    expect(standard()).toBe(1);
    // All of it is read anew by then.
    state.now += 20 * MINUTE;
    await monitoring.observe(request);
    expect(standard()).toBe(1);
  });

  it('error logs leave out what the request log says again', async () => {
    const { server, monitoring, request } = await monitoringWith({ [LATENCIES]: USUAL });
    await monitoring.observe(request);
    const asked = server.seen.map(({ url }) => new URL(url, server.url).searchParams.get('filter'));
    expect(asked).toContainEqual(
      'metric.type="logging.googleapis.com/log_entry_count" AND resource.type="gae_app" AND resource.labels.module_id="default" AND metric.labels.severity=one_of("ERROR","CRITICAL","ALERT","EMERGENCY") AND metric.labels.log!=monitoring.regex.full_match(".*(request_log|nginx.request)")',
    );
  });

  it('a metric of the team’s own is told apart by the label that the plan names', async () => {
    const { monitoring, request } = await monitoringWith({
      [LATENCIES]: USUAL,
      'custom.googleapis.com/depth': series('d', (version) => (version === 'v1' ? 4 : 9), 'version'),
    });
    const deep = await monitoring.observe({ ...request, metrics: [depth()] });
    expect(deep.points.map(({ arm, custom }) => [arm, custom?.depth])).toContainEqual(['canary', 9]);
    expect(deep.verdict.answer).toBe('bad');
    expect(
      (await monitoring.observe({ ...request, metrics: [depth({ bad: 'decrease' })] })).verdict.answer,
    ).toBe('good');
  });
});

describe('a figure that cannot be read', () => {
  const denied = fault(403, 'PERMISSION_DENIED', 'Permission monitoring.timeSeries.list denied');

  it('costs itself alone, and that is said', async () => {
    const { monitoring, request } = await monitoringWith({
      [LATENCIES]: USUAL,
      'logging.googleapis.com/log_entry_count': denied,
    });
    const { verdict } = await monitoring.observe(request);
    expect(verdict.answer).toBe('good');
    expect(verdict.reasons.at(-1)).toMatch(
      /^Not judged by error logs: Could not read .*Grant the missing role/,
    );
  });

  it.each(['errorLogs', 'depth'])(
    'keeps a good verdict back where the plan requires it (%s)',
    async (name) => {
      const { monitoring, request } = await monitoringWith({
        [LATENCIES]: USUAL,
        'logging.googleapis.com/log_entry_count': denied,
        'custom.googleapis.com/depth': denied,
      });
      const { verdict } = await monitoring.observe({
        ...request,
        ...(name === 'errorLogs' ? { say: { errorLogs: 'required' as const } } : {}),
        metrics: [depth({ say: name === 'depth' ? 'required' : 'usual' })],
      });
      expect(verdict.answer).toBe('query-failed');
      expect(verdict.reasons[0]).toMatch(/^Not judged by (error logs|depth): .* The plan requires it\.$/);
    },
  );

  it('of a kind that has no mean says what is wanted', async () => {
    const total = series('d', () => 5, 'version').map((one) => ({ ...one, metricKind: 'CUMULATIVE' }));
    const { monitoring, request } = await monitoringWith({
      [LATENCIES]: USUAL,
      'custom.googleapis.com/depth': total,
    });
    const { verdict } = await monitoring.observe({ ...request, metrics: [depth()] });
    expect(verdict.reasons.at(-1)).toBe(
      'Not judged by depth: It is a running total, of which a sum can be told and no mean. Correct the plan.',
    );
  });
});

it('a rollout is judged as its plan says: what is required, metrics of its own, in rehearsal, with the step before in mind', async () => {
  const { monitoring, request } = await monitoringWith({
    [LATENCIES]: USUAL,
    'custom.googleapis.com/depth': series('d', (version) => (version === 'v1' ? 4 : 9), 'version'),
  });
  const nobody = async () => {
    throw new Error('Nobody asks this.');
  };
  const kept: Observation[] = [];
  const monitor = monitorFor(
    monitoring,
    { look: nobody },
    { keep: async (_, seen) => void kept.push(seen), threshold: nobody },
    { run: nobody },
    'demo',
    { bring: nobody },
  );
  const verdictOn = async (watching: Partial<Watching>, carried = {}) => {
    const terms = { ...DRAFT.terms, watching: { ...DRAFT.terms.watching, ...watching } };
    const world = new World({ ...DRAFT, terms });
    world.prepare();
    world.answer('promote', 'yes', BEN);
    world.finish('done');
    const rollout = { ...world.rollout, carried };
    return monitor.observe(rollout, { from: request.from, to: request.to }, new AbortController().signal);
  };
  expect((await verdictOn({})).answer).toBe('good');
  expect((await verdictOn({ say: { ...ALL_USUAL, memory: 'required' } })).answer).toBe('no-data');
  expect((await verdictOn({ metrics: [depth()] })).answer).toBe('bad');
  const rehearsed = await verdictOn({ metrics: [depth()], rehearsal: true });
  expect(rehearsed).toMatchObject({ answer: 'bad', rehearsal: true });
  expect(rehearsed.reasons[0]).toBe('In rehearsal: it would have asked for a rollback.');
  const { carry: fresh = {} } = await verdictOn({});
  const { carry: later = {} } = await verdictOn({}, { '5xx': 1.2 });
  expect(later['5xx']).toBeGreaterThan(fresh['5xx'] ?? 0);
  expect(kept.at(-1)?.window?.carried).toEqual({ '5xx': 1.2 });
});

const ALL_USUAL = {
  errors: 'usual',
  latency: 'usual',
  memory: 'usual',
  cpu: 'usual',
  errorLogs: 'usual',
} as const;

it('a look costs few queries: gauges are read every third minute, and nothing is read twice', async () => {
  const { server, state, monitoring, request } = await monitoringWith({
    [LATENCIES]: USUAL,
    [`${SYSTEM}/memory/usage`]: series('m', () => 1e8),
    [`${SYSTEM}/instance_count`]: series('i', () => 1),
    [`${SYSTEM}/cpu/usage`]: series('c', () => 100),
    'logging.googleapis.com/log_entry_count': [],
  });
  for (let minute = 1; minute <= 12; minute++) {
    state.now = FROM + (minute + 4) * MINUTE;
    await monitoring.observe({ ...request, to: FROM + minute * MINUTE });
  }
  const asked = (part: string) =>
    server.seen.filter(({ url }) => decodeURIComponent(url).includes(part)).length;
  expect(asked('response_latencies')).toBe(12);
  expect(asked('log_entry_count')).toBe(12);
  expect([asked('memory/usage'), asked('instance_count'), asked('cpu/usage')]).toEqual([4, 4, 4]);
  expect(server.seen).toHaveLength(2 * 12 + 3 * 4);
});

it('what Google does not know of is not asked for at every look either', async () => {
  const { server, state, monitoring, request } = await monitoringWith({ [LATENCIES]: USUAL });
  for (let minute = 1; minute <= 6; minute++) {
    state.now = FROM + (minute + 4) * MINUTE;
    await monitoring.observe({ ...request, to: FROM + minute * MINUTE });
  }
  // Memory, instances, CPU of either environment and the cores.
  expect(server.seen).toHaveLength(2 * 6 + 5 * 2);
});
