import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { connectMonitoring } from '../../src/monitor/index.ts';
import { rememberMinutes } from '../../src/monitor/minute-memory.ts';
import type { MinutesRequest, QueryMinutes } from '../../src/monitor/minutes.ts';
import type { Point } from '../../src/monitor/points.ts';
import { MINUTE } from '../../src/plan/duration.ts';
import { scriptedServer } from '../deploy/scripted-server.ts';

const START = Date.UTC(2026, 0, 5, 12);
const at = (minute: number) => START + minute * MINUTE;

interface Arrival {
  readonly minute: number;
  readonly arm: Point['arm'];
  /** Minutes after its end at which the figures are there. */
  readonly delay: number;
}

/** Figures that come in their own time, a clock turned by hand, and the spans that were asked for. */
function world(arrivals: readonly Arrival[]) {
  const state = { now: START, factor: 1 };
  const asked: [from: number, to: number][] = [];
  const direct: QueryMinutes = async ({ from, to }) =>
    arrivals
      .filter(
        ({ minute, delay }) => at(minute + 1 + delay) <= state.now && at(minute) >= from && at(minute) < to,
      )
      .map(({ minute, arm }) => pointOf(minute, arm, state.factor))
      .toSorted((a, b) => a.minute - b.minute || (a.arm === 'canary' ? -1 : 1));
  const query: QueryMinutes = (request) => {
    asked.push([(request.from - START) / MINUTE, (request.to - START) / MINUTE]);
    return direct(request);
  };
  const clock = { now: () => state.now, sleep: async () => undefined };
  return { state, asked, direct, query, clock };
}

function pointOf(minute: number, arm: Point['arm'], factor: number): Point {
  const requests = factor * (1 + (minute % 7));
  const latency = { bounds: [1, 2], counts: [requests] };
  return { minute: at(minute), arm, requests, errors: 0, loading: 0, loadingErrors: 0, latency };
}

const every = (delay: number): Arrival[] =>
  Array.from({ length: 300 }, (_, i) => i - 100).flatMap((minute) => [
    { minute, arm: 'canary' as const, delay },
    { minute, arm: 'baseline' as const, delay },
  ]);
const request = (from: number, to: number, canary = 'v2'): MinutesRequest => ({
  service: 'default',
  canary,
  from: at(from),
  to: at(to),
});

describe('what was read once', () => {
  it('is not asked for again, but for what may still change', async () => {
    const { state, asked, query, clock } = world(every(0));
    const read = rememberMinutes(query, clock);
    for (let minute = 1; minute <= 12; minute++) {
      state.now = at(minute + 4);
      expect(await read(request(-60, minute))).toHaveLength(2 * (60 + minute));
    }
    expect(asked[0]).toEqual([-60, 1]);
    expect(asked.slice(1).every(([from, to]) => to - from <= 4)).toBe(true);
    expect(asked.at(-1)).toEqual([9, 12]);
  });

  it('is the same as reading it all, in whatever order, late and in part', async () => {
    const arrival = fc.record({
      minute: fc.integer({ min: -70, max: 60 }),
      arm: fc.constantFrom('canary' as const, 'baseline' as const),
      delay: fc.double({ min: 0, max: 5, noNaN: true }),
    });
    const arrivals = fc.uniqueArray(arrival, { maxLength: 200, selector: (a) => `${a.minute}${a.arm}` });
    const look = fc.record({
      wait: fc.double({ min: 0, max: 4, noNaN: true }),
      back: fc.integer({ min: 0, max: 20 }),
      length: fc.integer({ min: 0, max: 90 }),
      canary: fc.constantFrom('v2', 'v3'),
    });
    await fc.assert(
      fc.asyncProperty(
        arrivals,
        fc.array(look, { maxLength: 25 }),
        fc.integer({ min: 0, max: 60 }),
        async (all, looks, most) => {
          const { state, direct, query, clock } = world(all);
          const read = rememberMinutes(query, clock, { mostPoints: most });
          for (const { wait, back, length, canary } of looks) {
            state.now += wait * MINUTE;
            const to = Math.floor((state.now - START) / MINUTE) - back;
            const asked = request(to - length, to, canary);
            expect(await read(asked)).toEqual(await direct(asked));
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is asked for again after a while, so that corrections count', async () => {
    const { state, asked, query, clock } = world(every(0));
    const read = rememberMinutes(query, clock);
    state.now = at(20);
    await read(request(0, 16));
    state.factor = 2;
    state.now = at(25);
    expect((await read(request(0, 16)))[0]?.requests).toBe(1);
    state.now = at(36);
    expect((await read(request(0, 16)))[0]?.requests).toBe(2);
    expect(asked.at(-1)).toEqual([0, 16]);
  });
});

describe('what was not there yet', () => {
  it('is seen when it comes, however late, as long as nothing newer was there', async () => {
    const { state, query, clock } = world(every(13));
    const read = rememberMinutes(query, clock);
    state.now = at(12);
    expect(await read(request(0, 8))).toHaveLength(0);
    state.now = at(19);
    expect(await read(request(0, 8))).toHaveLength(12);
    state.now = at(30);
    expect(await read(request(0, 8))).toHaveLength(16);
  });

  it('is not taken for known because a clock ran ahead', async () => {
    const { state, query, clock } = world(every(0).filter(({ minute }) => minute < 3 || minute > 10));
    const read = rememberMinutes(query, clock);
    state.now = at(60);
    await read(request(0, 50));
    state.now = at(20);
    expect(await read(request(0, 16))).toHaveLength(2 * (3 + 5));
  });

  it('a query that fails is told and forgotten', async () => {
    const { state, query, clock } = world(every(0));
    let broken = false;
    const read = rememberMinutes(async (asked: MinutesRequest, signal?: AbortSignal) => {
      if (broken) throw new Error('quota');
      return query(asked, signal);
    }, clock);
    state.now = at(20);
    await read(request(0, 10));
    broken = true;
    await expect(read(request(0, 16))).rejects.toThrow('quota');
    broken = false;
    expect(await read(request(0, 16))).toHaveLength(32);
  });
});

it('what is kept is bounded, and what was used last is kept', async () => {
  const { state, asked, query, clock } = world(every(0));
  const read = rememberMinutes(query, clock, { mostPoints: 60 });
  state.now = at(40);
  for (const canary of ['a', 'b', 'c']) await read(request(0, 14, canary));
  asked.length = 0;
  await read(request(0, 14, 'c'));
  await read(request(0, 14, 'b'));
  await read(request(0, 14, 'a'));
  expect(asked).toEqual([
    [12, 14],
    [12, 14],
    [0, 14],
  ]);
});

it('a window observed minute by minute asks the API for an hour once', async () => {
  const series = (from: number, to: number) => ({
    metric: { labels: { response_code: '200' } },
    resource: { labels: { version_id: 'v1' } },
    points: Array.from({ length: (to - from) / MINUTE }, (_, i) => ({
      interval: { endTime: new Date(to - i * MINUTE).toISOString() },
      value: { distributionValue: { count: '5', bucketOptions: {}, bucketCounts: ['5'] } },
    })),
  });
  const spans: number[] = [];
  const { url } = await scriptedServer((seen) => {
    if (!seen.url.includes('response_latencies')) return { json: {} };
    const params = new URL(seen.url, 'http://localhost').searchParams;
    const [from = 0, to = 0] = ['startTime', 'endTime'].map((end) =>
      Date.parse(params.get(`interval.${end}`) ?? ''),
    );
    spans.push((to - from) / MINUTE);
    return { json: { timeSeries: [series(from, to)] } };
  });
  const state = { now: START };
  const clock = { now: () => state.now, sleep: async () => undefined };
  const monitoring = connectMonitoring({ project: 'demo', endpoint: url, clock, log: () => undefined });
  const window = { service: 'default', canary: 'v2', from: START, canaryShare: 0.1, durationMin: 30 };
  for (let minute = 1; minute <= 6; minute++) {
    state.now = at(minute + 4);
    const { points, verdict } = await monitoring.observe({ ...window, to: at(minute) });
    expect(points).toHaveLength(minute);
    expect(verdict.baseline.requests).toBe(5 * minute);
  }
  expect(spans[0]).toBe(61);
  expect(Math.max(...spans.slice(1))).toBeLessThanOrEqual(4);
});
