import { describe, expect, it } from 'vitest';
import { timesInterval } from '../../src/monitor/effects.ts';
import { ratioInterval } from '../../src/monitor/errors.ts';
import { explain } from '../../src/monitor/explain.ts';
import { merge, quantile } from '../../src/monitor/histogram.ts';
import { type JudgeWindow, judge, type Point } from '../../src/monitor/index.ts';
import { enoughFor, falseAlarmOf } from '../../src/monitor/judge/budget.ts';
import type { Decision } from '../../src/monitor/judge/decide.ts';
import { detectableRatio, requestsToSee, type Traffic } from '../../src/monitor/knowable.ts';
import * as say from '../../src/monitor/sentences.ts';
import type { Figures } from '../../src/plan/verdict.ts';
import { START, simulate } from './simulate.ts';

const MINUTE = 60_000;
const BOUNDS = [10, 20, 40, 80, 160, 320, 640];
const window: JudgeWindow = { from: START, canaryShare: 0.1, durationMin: 30, history: [] };

/** As many minutes as wanted, each alike: `per` is what one minute has. */
function minutes(arm: Point['arm'], length: number, counts: readonly number[], errors = 0): Point[] {
  return Array.from({ length }, (_, i) => ({
    minute: START + i * MINUTE,
    arm,
    requests: counts.reduce((sum, n) => sum + n, 0),
    // All in one of ten minutes, as retries come.
    errors: i % 10 === 0 ? errors * 10 : 0,
    loading: 0,
    loadingErrors: 0,
    latency: { bounds: BOUNDS, counts },
  }));
}

function totals(points: readonly Point[], arm: Point['arm'], more: Partial<Figures> = {}): Figures {
  const own = points.filter((p) => p.arm === arm);
  const sum = (key: 'requests' | 'errors') => own.reduce((all, p) => all + p[key], 0);
  return { requests: sum('requests'), errors: sum('errors'), ...more };
}

const found = (channel: string, evidence: number, effect: number, matters = true) => ({
  channel,
  evidence,
  effect,
  matters,
});
const nothing = [found('5xx', -3, 1, false), found('latency', -4, 1, false), found('memory', -4, 1, false)];

function reasons(decision: Decision, points: readonly Point[], change: Partial<JudgeWindow> = {}) {
  const canary = totals(points, 'canary', { p50: 26, p95: 140 });
  const baseline = totals(points, 'baseline', { p50: 21, p95: 120 });
  return explain(decision, { window: { ...window, ...change }, points, canary, baseline }).reasons;
}

const BODY = [0, 20, 16, 4, 2];
const slow = [0, 0, 16, 20, 6];
const old = minutes(
  'baseline',
  30,
  BODY.map((n) => n * 9),
  1,
);

describe('what an approver reads', () => {
  it('of a version as good as the old one: what was compared, and what this traffic hides', () => {
    expect(
      reasons({ kind: 'good', evidence: -4, findings: nothing }, [...minutes('canary', 30, BODY), ...old]),
    ).toEqual([
      'Errors 0 % against 0.26 % (0 to 1.6 times, 1,260 requests).',
      'p95 140 ms against 120 ms (the same), p50 26 ms against 21 ms.',
      'No worse either: the memory.',
      'Not knowable yet: error rates under 1.3 % (5 times the old rate); twice the old rate would show after about 6 hours more at this traffic.',
    ]);
  });
  it('of one where nothing ever failed: no multiple of nothing', () => {
    const calm = minutes(
      'baseline',
      30,
      BODY.map((n) => n * 9),
    );
    const said = reasons({ kind: 'good', evidence: -4, findings: nothing }, [
      ...minutes('canary', 30, BODY),
      ...calm,
    ]);
    expect(said[0]).toBe('No errors in 1,260 requests, and none in the old version’s 11,340.');
    expect(said.at(-1)).toBe(
      'Not knowable yet: error rates under 0.57 %; 0.29 % would show after about 40 minutes more at this traffic.',
    );
  });
  it('of one that fails: the guilty first, how sure, then the rest', () => {
    const points = [...minutes('canary', 30, BODY, 2), ...old];
    const findings = [found('5xx', 40, 18), found('latency', -2, 1.01, false), found('cpu', -3, 1, false)];
    expect(reasons({ kind: 'bad', evidence: 40, findings }, points)).toEqual([
      'Errors 4.8 % against 0.26 % (11 to 30 times, 1,260 requests).',
      say.sure(falseAlarmOf(40)),
      'p95 140 ms against 120 ms (the same), p50 26 ms against 21 ms.',
    ]);
  });
  it('of one that is slower, whatever else the tail says', () => {
    const points = [...minutes('canary', 30, slow), ...old];
    const findings = [found('p99.1', 60, 9), found('latency', 30, 1.9), found('5xx', -2, 1, false)];
    expect(reasons({ kind: 'bad', evidence: 60, findings }, points)).toEqual([
      'Slower: p50 26 ms against 21 ms (2.3 times), p95 140 ms against 120 ms.',
      say.sure(falseAlarmOf(60)),
      'Errors 0 % against 0.26 % (0 to 1.6 times, 1,260 requests).',
    ]);
  });
  it('of one whose slowest answers are slower: how many take how long', () => {
    const tail = minutes('canary', 30, [0, 20, 16, 2, 1, 3]);
    const findings = [found('p99.5 to 1 s', 9, 30), found('latency', -1, 1.02, false)];
    const [first] = reasons({ kind: 'bad', evidence: 9, findings }, [...tail, ...old]);
    expect(first).toBe('Slow answers: 7.1 % take over 160 ms, against 0 % (151 to over 1,000 times).');
  });
  it('of one that is wrong in two ways: errors before all else', () => {
    const points = [...minutes('canary', 30, slow, 2), ...old];
    const findings = [
      found('latency', 60, 1.9),
      found('memory', 20, 1.4),
      found('5xx', 12, 18),
      found('p99', 9, 4),
    ];
    const said = reasons({ kind: 'bad', evidence: 60, findings }, points);
    expect(said.map((sentence) => sentence.split(' ')[0])).toEqual(['Errors', 'Slower:', 'Chance']);
  });
  it('of one that may be wrong: with what, how often chance does it, and what would tell', () => {
    const points = [...minutes('canary', 30, BODY, 0.1), ...old];
    const findings = [found('5xx', 0, 3), found('memory', -1, 1.3), found('latency', -4, 1, false)];
    const part = falseAlarmOf(0.3).share;
    expect(reasons({ kind: 'doubtful', evidence: 0.3, findings }, points)).toEqual([
      say.doubtful(['the errors', 'the memory'], part),
      'Errors 0.24 % against 0.26 % (0.24 to 3.3 times, 1,260 requests).',
      'Memory: about 1.3 times the old version’s.',
      'p95 140 ms against 120 ms (the same), p50 26 ms against 21 ms.',
      expect.stringMatching(/^Not knowable yet: error rates under 1\.3 %/),
    ]);
  });
  it('of memory, CPU, error logs and figures of the team’s own', () => {
    const with_ = (points: readonly Point[], of: (i: number) => Partial<Point>) =>
      points.map((p, i) => ({ ...p, ...of(i) }));
    const points = [
      ...with_(minutes('canary', 30, BODY), (i) => ({
        memory: 300e6 + 6e6 * i,
        cpu: 0.9 + 0.01 * (i % 3),
        errorLogs: 2,
        custom: { orders: 2 },
      })),
      ...with_(old, (i) => ({
        memory: 300e6,
        cpu: 0.6 + 0.01 * (i % 4),
        errorLogs: i % 10 === 0 ? 11 : 0,
        custom: { orders: 36 },
      })),
    ];
    const first = (channel: string, effect: number) =>
      reasons({ kind: 'bad', evidence: 9, findings: [found(channel, 9, effect)] }, points)[0];
    expect(first('memory', 1.6)).toBe(
      'Memory 387 MB against 300 MB on average (1.1 to 1.4 times, rising to 1.6 times).',
    );
    expect(first('cpu', 1.5)).toBe('CPU (1.5 times).');
    expect(first('error logs', 60)).toBe(
      'Error log: 4.8 lines in 100 requests against 0.026 (50 to 649 times), beside those of failed requests.',
    );
    expect(first('orders', 0.5)).toBe('Orders: about 0.5 times the old version’s.');
    const good = reasons(
      { kind: 'good', evidence: -4, findings: [...nothing, found('error logs', -4, 1, false)] },
      points,
    );
    expect(good[2]).toBe('No worse either: the memory, the error log.');
  });
  it('of too little traffic: how many requests are missing, for which effect, and how long that takes', () => {
    const few = minutes('canary', 7, [0, 1]);
    expect(reasons({ kind: 'thin-canary', evidence: -4, findings: [] }, [...few, ...old])).toEqual([
      'The new version answered 7 requests; 5 more are needed to tell anything.',
      'To see 1 failing request in 20 it takes about 100 more requests, 7 hours at this traffic.',
    ]);
    const idle = minutes('baseline', 7, [0, 1]);
    expect(
      reasons({ kind: 'thin-baseline', evidence: -4, findings: [] }, [
        ...minutes('canary', 30, BODY),
        ...idle,
      ])[0],
    ).toBe('The old version answered 7 requests; 5 more are needed to tell anything.');
  });
  it('of traffic that never came, and of figures that are not there', () => {
    expect(reasons({ kind: 'unreached', evidence: 0, findings: [] }, old)).toEqual([
      'No traffic reaches the new version: the old one answered 11,340 requests, so about 1,260 were to be expected. With a cookie split the app itself must set GOOGAPPUID.',
    ]);
    expect(reasons({ kind: 'no-data', evidence: 0, findings: [] }, [])).toEqual([
      'Cloud Monitoring has no figures of these minutes yet.',
    ]);
  });
  it('of all traffic on the new version: what it was compared with', () => {
    const points = minutes('canary', 30, BODY);
    const history = old.map((p) => ({ ...p, minute: p.minute - 30 * MINUTE }));
    const said = explain(
      { kind: 'good', evidence: -4, findings: nothing },
      {
        window: { ...window, canaryShare: 1, history },
        points,
        canary: totals(points, 'canary', { p50: 26, p95: 140 }),
        baseline: totals(history, 'baseline', { p50: 21, p95: 120 }),
      },
    ).reasons;
    expect(said.at(-1)).toBe('Compared with the old version’s minutes before, because it serves nobody now.');
  });
  it('never a word of statistics', () => {
    for (const kind of ['good', 'bad', 'doubtful', 'thin-canary', 'thin-baseline'] as const) {
      const said = reasons({ kind, evidence: 3, findings: [found('5xx', 3, 4)] }, [
        ...minutes('canary', 30, BODY, 1),
        ...old,
      ]);
      expect(said.join(' ')).not.toMatch(/nats|p-value|likelihood|evidence|NaN|undefined|Infinity/);
    }
  });
});

describe('how often chance looks so', () => {
  it('is the inverse of what a budget takes', () => {
    for (const budget of [0.03, 0.01, 0.004])
      expect(falseAlarmOf(enoughFor(budget)).share).toBeCloseTo(budget, 9);
  });
  it('is no smaller than what was counted', () => {
    expect(falseAlarmOf(1000)).toEqual({ ...falseAlarmOf(100), most: true });
    expect(falseAlarmOf(-100).share).toBeLessThan(1);
  });
  it('is said in whole windows', () => {
    expect(say.sure({ share: 0.007, most: false })).toBe(
      'Chance makes about 1 of 140 healthy windows look this bad.',
    );
    expect(say.sure({ share: 0.001, most: true })).toBe(
      'Chance makes fewer than 1 of 1,000 healthy windows look this bad.',
    );
    expect(say.doubtful(['the memory'], 0.05)).toBe(
      'Something may be wrong with the memory, but about 1 of 20 healthy windows looks like this by chance.',
    );
  });
});

describe('what can be known', () => {
  const traffic: Traffic = {
    canary: { n: 900, x: 1 },
    baseline: { n: 8100, x: 81 },
    sideBySide: true,
    enough: enoughFor(0.007),
  };
  it('is what the judge does find, mostly, and a third of it less often', () => {
    const share = (ratio: number) => {
      const windows = Array.from({ length: 24 }, (_, i) =>
        simulate({
          seed: i * 977 + 5,
          perSecond: 5,
          share: 0.1,
          minutes: 30,
          baseErrors: 0.01,
          canaryErrors: 0.01 * ratio,
        }),
      );
      return windows.filter((points) => judge(window, points).answer === 'bad').length / windows.length;
    };
    const detectable = detectableRatio(traffic) ?? Number.NaN;
    const some = share(detectable);
    expect(some).toBeGreaterThanOrEqual(0.6);
    expect(share(1 + (detectable - 1) / 3)).toBeLessThan(some - 0.2);
  });
  it('takes as many requests as there were, for just that effect', () => {
    const detectable = detectableRatio(traffic) ?? Number.NaN;
    expect(requestsToSee(detectable, traffic) / traffic.canary.n).toBeCloseTo(1, 1);
    expect(requestsToSee(detectable / 1.3, traffic)).toBeGreaterThan(900);
  });
  it('grows with the traffic and with a lower threshold, and no traffic tells what is harmless', () => {
    const tenfold = { ...traffic, canary: { n: 9000, x: 10 }, baseline: { n: 81_000, x: 810 } };
    expect(detectableRatio(tenfold)).toBeLessThan(detectableRatio(traffic) ?? 0);
    expect(detectableRatio({ ...traffic, enough: 6 })).toBeGreaterThan(detectableRatio(traffic) ?? 0);
    expect(requestsToSee(1.2, traffic)).toBe(Number.POSITIVE_INFINITY);
    expect(detectableRatio({ ...traffic, canary: { n: 1, x: 0 } })).toBeUndefined();
  });
});

describe('an interval', () => {
  const windows = Array.from({ length: 40 }, (_, i) =>
    simulate({
      seed: i * 131 + 7,
      perSecond: 2,
      share: 0.2,
      minutes: 30,
      baseErrors: 0.02,
      canaryErrors: 0.02,
    }),
  );
  const arm = (points: readonly Point[], which: Point['arm']) => points.filter((p) => p.arm === which);
  const median = (points: readonly Point[]) => quantile(merge(points.map((p) => p.latency)), 0.5);
  it('of the latency holds 1 for versions that are alike, mostly, and not for one that is slower', () => {
    const of = (points: readonly Point[]) =>
      timesInterval(arm(points, 'canary'), arm(points, 'baseline'), median, true);
    const alike = windows.map(of);
    expect(alike.filter((i) => i !== undefined && i.low <= 1 && i.high >= 1).length).toBeGreaterThanOrEqual(
      34,
    );
    const slower = simulate({
      seed: 3,
      perSecond: 2,
      share: 0.2,
      minutes: 30,
      baseErrors: 0,
      canaryErrors: 0,
      slower: 1.5,
    });
    expect(of(slower)?.low).toBeGreaterThan(1.2);
    expect(of(slower)?.high).toBeLessThan(1.8);
  });
  it('of the errors does, too', () => {
    const holds = windows.filter((points) => {
      const of = (which: Point['arm']) => {
        const { requests: n, errors: x } = totals(points, which);
        return { n, x };
      };
      const i = ratioInterval({ canary: of('canary'), baseline: of('baseline') });
      return i !== undefined && i.low <= 1 && i.high >= 1;
    });
    expect(holds.length).toBeGreaterThanOrEqual(36);
  });
  it('is not told from a few minutes', () => {
    const short = windows[0]?.filter((p) => p.minute < START + 5 * MINUTE) ?? [];
    expect(timesInterval(arm(short, 'canary'), arm(short, 'baseline'), median, true)).toBeUndefined();
  });
});
