import { describe, expect, it } from 'vitest';
import { connectMonitoring } from '../../src/monitor/index.ts';
import { leapingClock } from '../deploy/clock.ts';
import { fault, inTurn, type Reply, type Seen, scriptedServer } from '../deploy/scripted-server.ts';

const FROM = Date.UTC(2026, 0, 5, 11);
const TO = FROM + 30 * 60_000;
const window = { service: 'default', canary: 'v2', from: FROM, to: TO };
const EXPONENTIAL = { exponentialBuckets: { numFiniteBuckets: 64, growthFactor: Math.SQRT2, scale: 1 } };

interface Labels {
  readonly version: string;
  readonly code?: string;
  readonly loading?: string;
}

/** A series as Cloud Monitoring prints it: counts as text, the newest point first. */
function series(
  { version, code, loading }: Labels,
  points: { minute: number; counts: number[]; buckets?: object }[],
) {
  return {
    metric: {
      type: 'appengine.googleapis.com/http/server/response_latencies',
      labels: {
        ...(code !== undefined && { response_code: code }),
        ...(loading !== undefined && { loading }),
      },
    },
    resource: { type: 'gae_app', labels: { project_id: 'demo', module_id: 'default', version_id: version } },
    metricKind: 'DELTA',
    valueType: 'DISTRIBUTION',
    points: points.map(({ minute, counts, buckets }) => ({
      interval: {
        startTime: new Date(FROM + minute * 60_000).toISOString(),
        endTime: new Date(FROM + (minute + 1) * 60_000).toISOString(),
      },
      value: {
        distributionValue: {
          count: String(counts.reduce((a, b) => a + b, 0)),
          mean: 20,
          bucketOptions: buckets ?? EXPONENTIAL,
          bucketCounts: counts.map(String),
        },
      },
    })),
  };
}

async function monitoringThat(answer: (seen: Seen) => Reply) {
  const server = await scriptedServer(answer);
  const lines: string[] = [];
  const clock = leapingClock(TO + 5 * 60_000);
  const log = (message: string) => void lines.push(message);
  return {
    server,
    clock,
    lines,
    monitoring: connectMonitoring({ project: 'demo', endpoint: server.url, clock, log }),
  };
}

describe('the query', () => {
  it('is one call for all versions, with the aligner that invents nothing', async () => {
    const { server, monitoring } = await monitoringThat(() => ({ json: {} }));
    await expect(monitoring.minutes(window)).resolves.toEqual([]);
    expect(server.seen).toHaveLength(1);
    const url = new URL(server.seen[0]?.url ?? '', server.url);
    expect(url.pathname).toBe('/v3/projects/demo/timeSeries');
    expect(url.searchParams.get('filter')).toBe(
      'metric.type="appengine.googleapis.com/http/server/response_latencies" AND resource.type="gae_app" AND resource.labels.module_id="default"',
    );
    expect(url.searchParams.get('interval.startTime')).toBe('2026-01-05T11:00:00.000Z');
    expect(url.searchParams.get('interval.endTime')).toBe('2026-01-05T11:30:00.000Z');
    expect(url.searchParams.get('aggregation.alignmentPeriod')).toBe('60s');
    expect(url.searchParams.get('aggregation.perSeriesAligner')).toBe('14');
    expect(url.searchParams.get('aggregation.crossSeriesReducer')).toBe('4');
    expect(url.searchParams.getAll('aggregation.groupByFields')).toEqual([
      'resource.labels.version_id',
      'metric.labels.response_code',
      'metric.labels.loading',
    ]);
  });

  it('stops before the minute under way', async () => {
    const { server, clock, monitoring } = await monitoringThat(() => ({ json: {} }));
    await monitoring.minutes({ ...window, to: clock.now() + 90_000 });
    await monitoring.minutes({ ...window, from: clock.now(), to: clock.now() + 90_000 });
    expect(server.seen).toHaveLength(1);
    expect(decodeURIComponent(server.seen[0]?.url ?? '')).toContain('endTime=2026-01-05T11:35:00.000Z');
  });
});

describe('what comes back', () => {
  it('is added up by minute and side; cold starts count as requests, and not as latencies', async () => {
    const timeSeries = [
      series({ version: 'v1', code: '200', loading: 'false' }, [
        { minute: 1, counts: [0, 0, 5] },
        { minute: 0, counts: [0, 0, 4, 1] },
      ]),
      series({ version: 'v0', code: '200', loading: 'false' }, [{ minute: 0, counts: [0, 1] }]),
      series({ version: 'v2', code: '200', loading: 'false' }, [{ minute: 0, counts: [0, 0, 3] }]),
      series({ version: 'v2', code: '200', loading: 'true' }, [
        { minute: 0, counts: [0, 0, 0, 0, 0, 0, 0, 2] },
      ]),
      series({ version: 'v2', code: '503', loading: 'false' }, [{ minute: 0, counts: [0, 1] }]),
      series({ version: 'v2', code: '404' }, [{ minute: 0, counts: [0, 1] }]),
    ];
    const { monitoring } = await monitoringThat(() => ({ json: { timeSeries } }));
    const points = await monitoring.minutes(window);
    const counts = (list: readonly number[]) => [0, 1, 2, 3, 4].map((i) => list[i] ?? 0);
    expect(points.map((p) => ({ ...p, latency: counts(p.latency.counts) }))).toEqual([
      {
        minute: FROM,
        arm: 'canary',
        requests: 7,
        errors: 1,
        loading: 2,
        loadingErrors: 0,
        latency: [0, 2, 3, 0, 0],
      },
      {
        minute: FROM,
        arm: 'baseline',
        requests: 6,
        errors: 0,
        loading: 0,
        loadingErrors: 0,
        latency: [0, 1, 4, 1, 0],
      },
      {
        minute: FROM + 60_000,
        arm: 'baseline',
        requests: 5,
        errors: 0,
        loading: 0,
        loadingErrors: 0,
        latency: [0, 0, 5, 0, 0],
      },
    ]);
    expect(points[0]?.latency.bounds[2]).toBeCloseTo(2);
  });

  it('may come in pages', async () => {
    const page = (version: string) => series({ version, code: '200' }, [{ minute: 0, counts: [1] }]);
    const { server, monitoring } = await monitoringThat(
      inTurn(
        { json: { timeSeries: [page('v1')], nextPageToken: 'more' } },
        { json: { timeSeries: [page('v2')] } },
      ),
    );
    await expect(monitoring.minutes(window)).resolves.toHaveLength(2);
    expect(server.seen[1]?.url).toContain('pageToken=more');
  });

  it('may have buckets of any layout, even several at once', async () => {
    const linear = { linearBuckets: { numFiniteBuckets: 3, width: 10, offset: 0 } };
    const explicit = { explicitBuckets: { bounds: [0, 10, 20, 25, 30] } };
    const timeSeries = [
      series({ version: 'v2', code: '200' }, [{ minute: 0, counts: [0, 1, 2, 3, 4], buckets: linear }]),
      series({ version: 'v2', code: '404' }, [{ minute: 0, counts: [0, 1, 1, 1, 1, 1], buckets: explicit }]),
    ];
    const { monitoring } = await monitoringThat(() => ({ json: { timeSeries } }));
    const [point] = await monitoring.minutes(window);
    expect(point?.requests).toBe(15);
    expect(point?.latency).toEqual({ bounds: [0, 10, 20, 30], counts: [0, 2, 3, 5, 5] });
  });
});

describe('observing', () => {
  const request = { ...window, canaryShare: 0.1, durationMin: 30 };

  it('brings the hour before along, in the same call', async () => {
    const old = series({ version: 'v1', code: '200' }, [{ minute: -3, counts: [0, 0, 900] }]);
    const fresh = series({ version: 'v2', code: '200' }, [{ minute: 2, counts: [0, 0, 900] }]);
    const { server, monitoring } = await monitoringThat(({ url }) =>
      url.includes('response_latencies') ? { json: { timeSeries: [old, fresh] } } : { json: {} },
    );
    const { verdict, points } = await monitoring.observe({ ...request, canaryShare: 1 });
    const asked = server.seen.map(({ url }) => decodeURIComponent(url));
    expect(asked.every((url) => url.includes('startTime=2026-01-05T10:00:00.000Z'))).toBe(true);
    expect(asked.filter((url) => url.includes('response_latencies'))).toHaveLength(1);
    expect(points.map((p) => p.minute)).toEqual([FROM + 2 * 60_000]);
    expect(verdict).toMatchObject({
      answer: 'good',
      baseline: { requests: 900 },
      through: FROM + 3 * 60_000,
    });
  });

  it.each([
    [
      'refused',
      fault(403, 'PERMISSION_DENIED', 'Permission monitoring.timeSeries.list denied'),
      /Grant the missing role/,
    ],
    ['quota', fault(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded for quota metric'), /try again in a minute/],
    ['cut', { cut: true } as const, /no answer came/],
    ['not Google', { html: '<h1>Bad Gateway</h1>', status: 502 } as const, /HTTP 502: Bad Gateway/],
    [
      'a field that is null',
      { json: { timeSeries: [{ metric: { type: null } }] } } as const,
      /^Could not read the figures of default: the answer was not as Google describes it .*Report it/,
    ],
  ])('a query that fails (%s) is an answer of its own', async (_, reply, sentence) => {
    const { monitoring, lines } = await monitoringThat(() => reply);
    const { verdict, points } = await monitoring.observe(request);
    expect(verdict).toMatchObject({ answer: 'query-failed', canary: { requests: 0 }, through: FROM });
    expect(verdict.reasons[0]).toMatch(sentence);
    expect(points).toEqual([]);
    expect(lines).toContain('figures could not be read');
  });

  it('only a stop throws', async () => {
    const { monitoring } = await monitoringThat(() => ({ hang: true }));
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error('stopping')), 500);
    await expect(monitoring.observe(request, stop.signal)).rejects.toThrow('stopping');
  });
});
