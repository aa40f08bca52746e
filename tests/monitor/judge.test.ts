import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type JudgeWindow, judge, type Point } from '../../src/monitor/index.ts';
import { firstBad, START, simulate, type Traffic } from './simulate.ts';

const window: JudgeWindow = { from: START, canaryShare: 0.1, durationMin: 30, history: [] };
const healthy: Traffic = {
  seed: 1,
  perSecond: 5,
  share: 0.1,
  minutes: 30,
  baseErrors: 0.001,
  canaryErrors: 0.001,
};
const isBad = (share: number) => (points: readonly Point[]) =>
  judge({ ...window, canaryShare: share }, points).answer === 'bad';

/** How many of so many windows were called bad at any of their minutes. */
function alarms(traffic: Omit<Traffic, 'seed'>, windows: number): number {
  return Array.from({ length: windows }, (_, i) => simulate({ ...traffic, seed: i * 7919 + 17 })).filter(
    (points) => firstBad(points, isBad(traffic.share)) !== undefined,
  ).length;
}

describe('a healthy version is not called bad', () => {
  it('in at most 2 % of 200 windows that were looked at every minute', () => {
    expect(alarms(healthy, 200)).toBeLessThanOrEqual(4);
  });
  it('with half of the traffic', () => {
    expect(alarms({ ...healthy, share: 0.5 }, 60)).toBeLessThanOrEqual(1);
  });
  it('while both versions fail together', () => {
    expect(alarms({ ...healthy, incident: { minute: 10, errors: 0.3 } }, 60)).toBeLessThanOrEqual(1);
  });
  it('for being slower by 3 %, which nobody notices', () => {
    expect(alarms({ ...healthy, perSecond: 20, slower: 1.03 }, 40)).toBeLessThanOrEqual(1);
  });
  it('for one bad minute', () => {
    const points = simulate(healthy).map((p) =>
      p.arm === 'canary' && p.minute === START + 12 * 60_000
        ? { ...p, errors: Math.ceil(p.requests / 3) }
        : p,
    );
    expect(firstBad(points, isBad(0.1))).toBeUndefined();
  });
  it('for having fewer errors and being faster', () => {
    const points = simulate({ ...healthy, baseErrors: 0.2, canaryErrors: 0, slower: 0.4 });
    expect(judge(window, points).answer).toBe('good');
  });
});

describe('a failing version is called bad within the window', () => {
  const found = (traffic: Partial<Traffic>) => alarms({ ...healthy, ...traffic }, 60) / 60;
  it('at 20 % errors', () => expect(found({ canaryErrors: 0.2 })).toBeGreaterThanOrEqual(0.95));
  it('at 400 ms more', () => expect(found({ addMs: 400 })).toBeGreaterThanOrEqual(0.95));
  it('at twice the latency', () => expect(found({ slower: 2 })).toBeGreaterThanOrEqual(0.95));
  it('when the fault sets in after a quarter of an hour', () =>
    expect(found({ canaryErrors: 0.2, onset: 15 })).toBeGreaterThanOrEqual(0.95));
  it('with a tenth of the traffic, when every request fails', () =>
    expect(found({ perSecond: 0.5, canaryErrors: 1 })).toBeGreaterThanOrEqual(0.95));
});

describe('what cannot be known is said', () => {
  it('no figures at all', () => {
    const verdict = judge(window, []);
    expect(verdict.answer).toBe('no-data');
    expect(verdict.reasons).toEqual(['Cloud Monitoring has no figures of these minutes yet.']);
    expect(verdict.through).toBe(START);
  });
  it('no request reaches the new version although the old one has plenty', () => {
    const points = simulate(healthy).filter((p) => p.arm === 'baseline');
    const verdict = judge(window, points);
    expect(verdict.answer).toBe('no-data');
    expect(verdict.reasons[0]).toMatch(
      /^No traffic reaches the new version: the old one answered [\d,]+ requests/,
    );
  });
  it('too few requests', () => {
    const points = simulate({ ...healthy, perSecond: 0.03 });
    const verdict = judge(window, points);
    expect(verdict.answer).toBe('too-little-traffic');
    expect(verdict.reasons[0]).toMatch(
      /^The new version answered \d+ requests?; \d+ more are needed to tell anything\.$/,
    );
  });
  it('the old version answered next to nothing', () => {
    const points = simulate(healthy).map((p) =>
      p.arm === 'baseline' ? { ...p, requests: 1, errors: 0 } : p,
    );
    expect(
      judge(
        window,
        points.filter((p) => p.arm === 'canary' || p.minute < START + 5 * 60_000),
      ).answer,
    ).toBe('too-little-traffic');
  });
  it('how large a change this much traffic would show', () => {
    const little = judge(window, simulate(healthy)).detectable ?? Number.NaN;
    const much = judge(window, simulate({ ...healthy, perSecond: 50 })).detectable ?? Number.NaN;
    expect(little).toBeGreaterThan(4);
    expect(much).toBeLessThan(little);
    expect(much).toBeGreaterThan(1.5);
  });
});

describe('all traffic on the new version', () => {
  const before = simulate(healthy).map((p) => ({ ...p, minute: p.minute - 30 * 60_000 }));
  const history = before.filter((p) => p.arm === 'baseline');
  const whole = { ...window, canaryShare: 1, history };

  it('is compared with the minutes before', () => {
    const verdict = judge(whole, simulate({ ...healthy, share: 1, seed: 5 }));
    expect(verdict.answer).toBe('good');
    expect(verdict.reasons.at(-1)).toContain('minutes before');
    expect(verdict.baseline.requests).toBeGreaterThan(5_000);
  });
  it('is bad when it fails', () => {
    const points = simulate({ ...healthy, share: 1, seed: 5, canaryErrors: 0.2 });
    expect(judge(whole, points).answer).toBe('bad');
  });
  it('is judged by itself when nothing came before it', () => {
    const first = { ...whole, history: [] };
    expect(judge(first, simulate({ ...healthy, share: 1 })).answer).toBe('good');
    const failing = judge(first, simulate({ ...healthy, share: 1, canaryErrors: 0.2 }));
    expect(failing.answer).toBe('bad');
    expect(failing.reasons[1]).toContain('no older version');
  });
});

describe('the verdict', () => {
  it('tells a tired person what is wrong, worst first', () => {
    const verdict = judge(window, simulate({ ...healthy, canaryErrors: 0.2 }));
    expect(verdict.reasons[0]).toMatch(
      /^Errors (1[5-9]|2\d) % against 0\.\d+ % \([\d,]+ to [\d,]+ times, [\d,]+ requests\)\.$/,
    );
    const slow = judge(window, simulate({ ...healthy, addMs: 400 }));
    expect(slow.reasons[0]).toMatch(
      /^Slower: p50 4\d\d ms against \d\d ms \([\d. to]+ times\), p95 [45]\d\d ms against \d+ ms\.$/,
    );
  });
  it('survives JSON, whatever the figures', () => {
    const onlyCanary = simulate({ ...healthy, baseErrors: 0, canaryErrors: 0.1 });
    const verdict = judge(window, onlyCanary);
    expect(JSON.parse(JSON.stringify(verdict))).toEqual(verdict);
    expect(verdict.errorRatio?.high).toBeLessThanOrEqual(1000);
  });
  it('does not depend on the order of the points, and never throws', () => {
    const arm = fc.constantFrom('canary' as const, 'baseline' as const);
    const point = fc.record({
      minute: fc.integer({ min: 0, max: 29 }),
      arm,
      counts: fc.array(fc.integer({ min: 0, max: 500 }), { maxLength: 12 }),
      failing: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    const points = fc.uniqueArray(point, { maxLength: 60, selector: (p) => `${p.arm}${p.minute}` });
    const bounds = [1, 2, 4, 8, 16, 32, 64];
    fc.assert(
      fc.property(points, fc.constantFrom(0.1, 0.5, 1), fc.integer(), (raw, canaryShare, rotate) => {
        const all = raw.map(({ minute, arm, counts, failing }): Point => {
          const cut = counts.slice(0, bounds.length + 1);
          const requests = cut.reduce((a, b) => a + b, 0);
          const errors = Math.floor(requests * failing);
          return {
            minute: START + minute * 60_000,
            arm,
            requests,
            errors,
            loading: 0,
            loadingErrors: 0,
            latency: { bounds, counts: cut },
          };
        });
        const at = all.length === 0 ? 0 : Math.abs(rotate) % all.length;
        const turned = [...all.slice(at), ...all.slice(0, at)].toReversed();
        const verdict = judge({ ...window, canaryShare }, all);
        expect(judge({ ...window, canaryShare }, turned)).toEqual(verdict);
        expect(verdict.reasons.length).toBeGreaterThan(0);
        expect(verdict.reasons.join(' ')).not.toMatch(/NaN|undefined|Infinity/);
        const canary = all.filter((p) => p.arm === 'canary').reduce((sum, p) => sum + p.requests, 0);
        if (canary < 12) expect(verdict.answer).not.toBe('good');
      }),
      { numRuns: 300 },
    );
  });
});
