import { describe, expect, it } from 'vitest';
import { DAY } from '../../src/plan/duration.ts';
import { fault, type Reply, type Seen } from '../deploy/scripted-server.ts';
import { FROM, paramsOf, world } from './prober-world.ts';

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
    expect(server.seen.filter((seen) => paramsOf(seen).get('view') === 'HEADERS')).toHaveLength(1);
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
