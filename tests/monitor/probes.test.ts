import { describe, expect, it, vi } from 'vitest';
import { runCommand } from '../../src/host/run-command.ts';
import { createProber } from '../../src/monitor/index.ts';
import { DAY, HOUR, MINUTE } from '../../src/plan/duration.ts';
import type { Probe } from '../../src/plan/terms.ts';
import { leapingClock } from '../deploy/clock.ts';
import { fault, type Reply, type Seen, scriptedServer } from '../deploy/scripted-server.ts';

const FROM = Date.UTC(2026, 0, 5, 11);

/** Looks over the week from FROM on, unless another span is given, at a server that answers as the test says. */
async function world(answer: (request: Seen) => Reply | Promise<Reply>) {
  const server = await scriptedServer(answer);
  const endpoints = { monitoring: server.url, logging: server.url };
  const prober = createProber({
    project: 'demo',
    endpoints,
    clock: leapingClock(),
    runCommand,
    log: () => undefined,
  });
  const look = async (
    probes: readonly Probe[],
    span: { from?: number; to?: number } = {},
    signal?: AbortSignal,
  ) =>
    prober.look(
      {
        service: 'default',
        version: 'v2',
        versionUrl: server.url,
        folder: import.meta.dirname,
        env: {},
        probes,
        from: FROM,
        to: FROM + 7 * DAY,
        ...span,
      },
      signal,
    );
  const lookAt = async (probe: Probe, span = {}) => {
    const [reading] = await look([probe], span);
    return `${reading?.answer}: ${reading?.detail}`;
  };
  return { server, look, lookAt };
}

const bodyOf = (request: Seen | undefined) => JSON.parse(request?.body ?? '{}');
const paramsOf = (request: Seen | undefined) => new URL(request?.url ?? '', 'http://localhost').searchParams;
const entries = (count: number) => Array.from({ length: count }, (_, i) => ({ insertId: String(i) }));

describe('counting log entries', () => {
  const signals = { name: 'signals', kind: 'logs', filter: 'jsonPayload.event="signal" -- ours' } as const;

  it('asks for the service, the version and the span, the filter apart, and for no texts', async () => {
    const { server, lookAt } = await world(() => ({ json: { entries: entries(33) } }));
    expect(await lookAt({ ...signals, per: DAY, atLeast: 3, atMost: 7 })).toBe(
      'good: 4.71 a day, asked for 3 to 7 (33 in 7 days)',
    );
    expect(server.seen[0]?.url).toBe('/v2/entries:list?fields=entries.insertId,nextPageToken');
    expect(bodyOf(server.seen[0])).toEqual({
      resourceNames: ['projects/demo'],
      pageSize: 1000,
      filter: [
        'resource.type="gae_app"',
        'AND resource.labels.module_id="default"',
        'AND resource.labels.version_id="v2"',
        'AND timestamp>="2026-01-05T11:00:00.000Z"',
        'AND timestamp<"2026-01-12T11:00:00.000Z"',
        'AND (jsonPayload.event="signal" -- ours',
        ')',
      ].join('\n'),
    });
  });

  it('goes on while pages come, an empty one among them', async () => {
    const pages = [entries(1000), [], entries(500)];
    const { server, lookAt } = await world(({ body }) => {
      const at = Number(JSON.parse(body).pageToken ?? 0);
      return { json: { entries: pages[at], ...(at < 2 && { nextPageToken: String(at + 1) }) } };
    });
    expect(await lookAt({ ...signals, atMost: 2_000 })).toBe(
      'good: 1,500 in 7 days, asked for at most 2,000',
    );
    expect(server.seen).toHaveLength(3);
  });

  it.each<[string, { atLeast?: number; atMost?: number; per?: number }, number, RegExp]>([
    [
      'too many already',
      { atMost: 1_500 },
      2,
      /^off: More than 2,000, asked for at most 1,500 \(counting stopped at 2,000 in 7 days\)$/,
    ],
    ['enough already', { atLeast: 900 }, 1, /^good: More than 1,000, asked for at least 900/],
    [
      'too many a day, between limits',
      { atLeast: 1, atMost: 300, per: DAY },
      3,
      /^off: More than 429 a day, asked for 1 to 300/,
    ],
    [
      'more than can be counted',
      { atMost: 1e6 },
      30,
      /^unknown: More than 30,000 entries in 7 days are too many to count, asked for at most 1,000,000\. Make a log-based metric/,
    ],
  ])('stops when it knows: %s', async (_, limits, requests, words) => {
    const { server, lookAt } = await world(() => ({
      json: { entries: entries(1000), nextPageToken: 'more' },
    }));
    expect(await lookAt({ ...signals, ...limits })).toMatch(words);
    expect(server.seen).toHaveLength(requests);
  });

  it('nothing is nothing where less is better, and unknown where something is expected', async () => {
    const { lookAt } = await world(() => ({ json: {} }));
    expect(await lookAt({ ...signals, atMost: 0 })).toBe('good: 0 in 7 days, asked for at most 0');
    expect(await lookAt({ ...signals, per: DAY, atLeast: 3, atMost: 7 })).toBe(
      'unknown: No entry in 7 days, asked for 3 to 7 a day: nothing happened, or the filter does not find it',
    );
  });

  it('never rounds a figure over its limit', async () => {
    const { lookAt } = await world(() => ({ json: { entries: entries(20) } }));
    expect(await lookAt({ ...signals, per: DAY, atLeast: 2.8572 })).toBe(
      'off: 2.857 a day, asked for at least 2.8572 (20 in 7 days)',
    );
  });

  it('names other lengths in words', async () => {
    const { lookAt } = await world(() => ({ json: { entries: entries(84) } }));
    expect(await lookAt({ ...signals, per: HOUR, atMost: 1 })).toMatch(/^good: 0\.5 an hour,/);
    expect(await lookAt({ ...signals, per: 7 * DAY, atMost: 100 })).toMatch(/^good: 84 a week,/);
    expect(await lookAt({ ...signals, per: 2 * HOUR, atMost: 1 })).toMatch(/^good: 1 in 2 hours,/);
    expect(await lookAt({ ...signals, per: DAY, atMost: 9 }, { to: FROM })).toMatch(/^unknown: The span/);
  });
});

interface Point {
  readonly int64Value?: string;
  readonly doubleValue?: number;
  readonly distributionValue?: object;
}

/** A metric of one series. What an aligner gives is said by its name, raw points under ''. */
function metric(metricKind: string, valueType: string, points: Readonly<Record<string, Point[]>>) {
  return (request: Seen): Reply => {
    const params = paramsOf(request);
    const head = { metric: { type: 't' }, resource: { type: 'global' }, metricKind, valueType };
    if (params.get('view') === 'HEADERS') return { json: { timeSeries: [head] } };
    const found = points[params.get('aggregation.perSeriesAligner') ?? ''];
    if (!found) return fault(400, 'INVALID_ARGUMENT', `The aligner cannot be applied to ${metricKind}.`);
    const interval = { endTime: new Date(FROM + 7 * DAY).toISOString() };
    return { json: { timeSeries: [{ ...head, points: found.map((value) => ({ interval, value })) }] } };
  };
}

const bounds = { explicitBuckets: { bounds: [0, 10, 20, 30] } };
const distribution = (mean: number, ...counts: number[]): Point => ({
  distributionValue: {
    count: String(counts.reduce((a, b) => a + b, 0)),
    mean,
    bucketOptions: bounds,
    bucketCounts: counts.map(String),
  },
});
const int = (n: number): Point => ({ int64Value: String(n) });
const double = (n: number): Point => ({ doubleValue: n });

describe('any metric', () => {
  const asked = { name: 'm', kind: 'metric', filter: 'metric.type="t"', atMost: 100 } as const;

  it.each<[string, Parameters<typeof metric>, Partial<Record<string, string>>]>([
    [
      'whole numbers that were counted',
      [
        'DELTA',
        'INT64',
        {
          ALIGN_SUM: [int(33)],
          ALIGN_COUNT: [int(11)],
          ALIGN_MIN: [int(1)],
          ALIGN_MAX: [int(8)],
          '': [4, 1, 2, 3].map(int),
        },
      ],
      {
        sum: 'good: 33 in 7 days, asked for at most 100',
        mean: 'good: mean 3 over 7 days, asked for at most 100',
        min: 'good: min 1 over 7 days, asked for at most 100',
        max: 'good: max 8 over 7 days, asked for at most 100',
        p50: 'good: p50 2.5 over 7 days, asked for at most 100',
        p99: 'good: p99 3.97 over 7 days, asked for at most 100',
      },
    ],
    [
      'decimals of a gauge',
      ['GAUGE', 'DOUBLE', { ALIGN_SUM: [double(1.5)], ALIGN_COUNT: [int(2)], ALIGN_MAX: [double(101.5)] }],
      {
        mean: 'good: mean 0.75 over 7 days, asked for at most 100',
        max: 'off: max 102 over 7 days, asked for at most 100',
      },
    ],
    [
      'distributions',
      ['DELTA', 'DISTRIBUTION', { ALIGN_SUM: [distribution(15, 0, 4, 0, 4), distribution(5, 0, 2)] }],
      {
        sum: 'off: 130 in 7 days, asked for at most 100',
        mean: 'good: mean 13 over 7 days, asked for at most 100',
        min: 'good: min 0 over 7 days, asked for at most 100',
        max: 'good: max 30 over 7 days, asked for at most 100',
        p50: 'good: p50 8.33 over 7 days, asked for at most 100',
      },
    ],
    [
      'a running total',
      ['CUMULATIVE', 'INT64', { ALIGN_DELTA: [int(70)] }],
      {
        sum: 'good: 70 in 7 days, asked for at most 100',
        max: 'unknown: The metric is a running total, of which a sum can be told and no max. Correct the plan.',
      },
    ],
    [
      'running distributions',
      ['CUMULATIVE', 'DISTRIBUTION', { ALIGN_DELTA: [distribution(15, 0, 4, 0, 4)] }],
      { p95: 'good: p95 28.8 over 7 days, asked for at most 100' },
    ],
    [
      'what is no number',
      ['GAUGE', 'BOOL', {}],
      { max: 'unknown: The metric holds BOOL; INT64, DOUBLE or DISTRIBUTION is wanted. Correct the plan.' },
    ],
  ])('%s', async (_, of, expected) => {
    const { look } = await world(metric(...of));
    const measures = Object.keys(expected) as ('sum' | 'mean')[];
    const readings = await look(measures.map((measure) => ({ ...asked, name: measure, measure })));
    expect(Object.fromEntries(readings.map((r) => [r.name, `${r.answer}: ${r.detail}`]))).toEqual(expected);
  });

  it('asks for the whole span as one point, and for the kind once', async () => {
    const { server, look, lookAt } = await world(metric('DELTA', 'INT64', { ALIGN_SUM: [int(33)] }));
    const sum = { ...asked, measure: 'sum' } as const;
    expect(
      await lookAt({ ...sum, per: DAY, atLeast: 3 }, { from: FROM + 1_000, to: FROM + 7 * DAY + 59_000 }),
    ).toBe('good: 4.71 a day, asked for 3 to 100 (33 in 7 days)');
    await look([sum]);
    expect(server.count(/view=HEADERS/)).toBe(1);
    const params = paramsOf(server.seen[1]);
    expect(params.get('interval.startTime')).toBe('2026-01-05T11:00:00.000Z');
    expect(params.get('interval.endTime')).toBe('2026-01-12T11:00:00.000Z');
    expect(params.get('aggregation.alignmentPeriod')).toBe('604800s');
    expect(params.get('aggregation.crossSeriesReducer')).toBe('REDUCE_SUM');
  });

  it('without points is unknown; a counter of what should be rare was at 0', async () => {
    const { lookAt } = await world(() => ({ json: {} }));
    const sum = { ...asked, measure: 'sum' } as const;
    expect(await lookAt(sum)).toBe('good: 0 in 7 days, asked for at most 100');
    expect(await lookAt({ ...sum, atLeast: 3 })).toBe(
      'unknown: The metric has no points in 7 days, asked for 3 to 100',
    );
    expect(await lookAt({ ...asked, measure: 'max' })).toMatch(/^unknown: The metric has no points/);
  });

  it('too many points for a percentile are not guessed at', async () => {
    const { lookAt } = await world((request) => {
      const headers = paramsOf(request).get('view') === 'HEADERS';
      const head = { metricKind: 'GAUGE', valueType: 'DOUBLE', points: [{ value: double(1) }] };
      return { json: { timeSeries: [head], ...(!headers && { nextPageToken: 'more' }) } };
    });
    expect(await lookAt({ ...asked, measure: 'p95' })).toMatch(
      /^unknown: More than 100,000 points in 7 days/,
    );
  });
});

describe('errors and latency', () => {
  const byCode = (codes: Readonly<Record<string, Point>>) => ({
    json: {
      timeSeries: Object.entries(codes).map(([response_code, value]) => ({
        metric: { labels: { response_code } },
        points: [{ value }],
      })),
    },
  });
  const errors = { name: 'errors', kind: 'errors', atMost: 0.07 } as const;
  const latency = { name: 'latency', kind: 'latency', atMost: 25 } as const;

  it('come from one query, of this version alone', async () => {
    const { server, look } = await world(() =>
      byCode({
        200: distribution(5, 0, 93),
        503: distribution(25, 0, 0, 0, 7),
        404: { distributionValue: {} },
      }),
    );
    expect(await look([errors, latency])).toEqual([
      {
        name: 'errors',
        answer: 'good',
        detail: '7 % of 100 responses failed in 7 days, asked for at most 7 %',
      },
      {
        name: 'latency',
        answer: 'good',
        detail: 'p95 22.5 ms over 100 responses in 7 days, asked for at most 25 ms',
      },
    ]);
    expect(server.seen).toHaveLength(1);
    expect(paramsOf(server.seen[0]).get('filter')).toContain('resource.labels.version_id="v2"');
  });

  it('are unknown without responses', async () => {
    const { look } = await world(() => ({ json: {} }));
    expect((await look([errors, latency])).map(({ answer }) => answer)).toEqual(['unknown', 'unknown']);
  });
});

describe('a look', () => {
  const page = (name: string): Probe => ({
    name,
    kind: 'page',
    path: `/${name}`,
    status: 200,
    within: 60_000,
  });

  it('holds no more than four probes at a time, and none back for a slow one', async () => {
    let [under, most] = [0, 0];
    const slow: ((reply: Reply) => void)[] = [];
    const { server, look } = await world(async ({ url }) => {
      most = Math.max(most, ++under);
      const reply = await new Promise<Reply>((resolve) => {
        if (url === '/slow') slow.push(resolve);
        else setTimeout(() => resolve({ json: {} }), 20);
      });
      under--;
      return reply;
    });
    const names = Array.from({ length: 12 }, (_, i) => `p${i}`);
    const looking = look(['slow', ...names].map(page));
    await vi.waitFor(() => expect(server.seen).toHaveLength(13));
    expect(most).toBe(4);
    slow[0]?.({ json: {} });
    expect((await looking).map(({ name }) => name)).toEqual(['slow', ...names]);
  });

  it('tells each failure at its own probe and goes on', async () => {
    const { look } = await world(({ url }) =>
      url.startsWith('/v2')
        ? fault(403, 'PERMISSION_DENIED', "Permission 'logging.logEntries.list' denied")
        : { html: 'Bad Gateway', status: 502 },
    );
    const readings = await look([
      { name: 'logs', kind: 'logs', filter: '', atMost: 0 },
      { name: 'errors', kind: 'errors', atMost: 0 },
      { name: 'metric', kind: 'metric', filter: 'metric.type="t"', measure: 'sum', atMost: 0 },
      page('page'),
      { name: 'command', kind: 'command', run: 'echo fine', within: 60_000 },
    ]);
    expect(readings.map(({ answer }) => answer)).toEqual(['unknown', 'unknown', 'unknown', 'off', 'good']);
    expect(readings[0]?.detail).toMatch(
      /^Could not count the log entries of "logs": .*denied".*Grant the missing role/,
    );
    expect(readings[1]?.detail).toMatch(/^Could not read the figures of v2: .*502/);
    expect(readings[3]?.detail).toMatch(/^GET \/page: Answered 502 instead of 200/);
    expect(readings[4]?.detail).toBe('ended with 0: fine');
  });

  it('knows what it has nowhere to ask', async () => {
    const { server } = await world(() => ({ json: {} }));
    const endpoints = { monitoring: server.url, logging: server.url };
    const prober = createProber({
      project: 'demo',
      endpoints,
      clock: leapingClock(),
      runCommand,
      log: () => {},
    });
    const probes: Probe[] = [page('x'), { name: 'c', kind: 'command', run: 'true', within: 1_000 }];
    const where = { service: 'default', version: 'v2', versionUrl: '', folder: '/nonesuch', env: {} };
    const readings = await prober.look({ ...where, probes, from: FROM, to: FROM + MINUTE });
    expect(readings.map(({ answer, detail }) => `${answer}: ${detail}`)).toEqual([
      'unknown: The address of the version itself is not known',
      'unknown: The command was not run: there is no folder /nonesuch here',
    ]);
  });

  it.each<Probe>([
    page('hangs'),
    { name: 'logs', kind: 'logs', filter: '', atMost: 0 },
    { name: 'command', kind: 'command', run: 'sleep 60', within: 60_000 },
  ])('throws when it is stopped, and only then ($kind)', async (probe) => {
    const { look } = await world(() => ({ hang: true }));
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error('stopping')), 300);
    await expect(look([probe], {}, stop.signal)).rejects.toThrow('stopping');
  });
});
