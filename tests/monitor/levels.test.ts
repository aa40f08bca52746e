import { describe, expect, it } from 'vitest';
import { type JudgeWindow, judge, type Point } from '../../src/monitor/index.ts';
import { prepareWindow } from '../../src/monitor/judge.ts';
import type { JudgedMetric } from '../../src/plan/terms.ts';
import { firstBad, random, START, simulate } from './simulate.ts';

const MINUTES = 30;
const metric: JudgedMetric = {
  name: 'quality',
  filter: 'metric.type="custom.googleapis.com/quality"',
  measure: 'mean',
  bad: 'decrease',
  version: 'resource.labels.version_id',
  say: 'usual',
};
const window: JudgeWindow = {
  from: START,
  canaryShare: 0.1,
  durationMin: MINUTES,
  history: [],
  metrics: [metric],
};

interface Quality {
  readonly seed: number;
  /** How many times the old version's the new one's is from a minute on. */
  readonly times?: number;
  readonly since?: number;
  /** Deviation of a minute's mean in parts of it, of the canary and of the baseline. */
  readonly noise?: readonly [number, number];
}

/** Healthy traffic in which both versions have a quality of about 70 that wanders together. */
function withQuality({ seed, times = 1, since = 0, noise = [0.06, 0.02] }: Quality): Point[] {
  const next = random(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  let shared = 0;
  let minute = START - 1;
  const traffic = { perSecond: 0.5, share: 0.1, minutes: MINUTES, baseErrors: 0, canaryErrors: 0 };
  return simulate({ ...traffic, seed }).map((point) => {
    if (point.minute !== minute) shared = 0.8 * shared + 0.1 * normal();
    minute = point.minute;
    const canary = point.arm === 'canary';
    const fault = canary && point.minute >= START + since * 60_000 ? times : 1;
    const own = normal() * (canary ? noise[0] : noise[1]);
    return { ...point, custom: { quality: 70 * Math.exp(shared + own) * fault } };
  });
}

function badAt(points: readonly Point[], of: JudgeWindow = window): number | undefined {
  const decide = prepareWindow(of, points);
  return firstBad(points, (soFar) => decide(soFar).kind === 'bad');
}
const shareBad = (quality: Omit<Quality, 'seed'>, of = window, windows = 20) =>
  Array.from({ length: windows }, (_, i) => badAt(withQuality({ ...quality, seed: 97 * i + 3 }), of)).filter(
    (at) => at !== undefined,
  ).length / windows;

describe('a declared level', () => {
  it('that falls by a third is found, from the start or later', () => {
    expect(shareBad({ times: 0.65 })).toBeGreaterThanOrEqual(0.95);
    expect(shareBad({ times: 0.65, since: 10 })).toBeGreaterThanOrEqual(0.9);
  });
  it('that rises is no fault where a fall is, and the other way about', () => {
    expect(shareBad({ times: 1.5 })).toBeLessThanOrEqual(0.05);
    const rising = { ...window, metrics: [{ ...metric, bad: 'increase' as const }] };
    expect(shareBad({ times: 1.5 }, rising)).toBeGreaterThanOrEqual(0.95);
  });
  it('of a healthy version is not called bad, however much the mean of its few values strays', () => {
    expect(shareBad({})).toBeLessThanOrEqual(0.03);
    expect(shareBad({ noise: [0.3, 0.02] })).toBeLessThanOrEqual(0.05);
  });
  it('that differs by 3 % concerns nobody', () => {
    expect(shareBad({ times: 0.97, noise: [0.01, 0.005] })).toBeLessThanOrEqual(0.03);
  });
  it('is named where it is guilty, and judged against the past where nothing serves beside it', () => {
    const verdict = judge(window, withQuality({ seed: 5, times: 0.5 }));
    expect(verdict.reasons[0]).toMatch(/quality/i);
    const past = withQuality({ seed: 8 }).map((p) => ({ ...p, minute: p.minute - MINUTES * 60_000 }));
    const history = past.filter(({ arm }) => arm === 'baseline');
    const only = (points: readonly Point[]) => points.filter(({ arm }) => arm === 'canary');
    const whole: JudgeWindow = { ...window, canaryShare: 1, history };
    expect(judge(whole, only(withQuality({ seed: 9, times: 0.4 }))).answer).toBe('bad');
    expect(judge(whole, only(withQuality({ seed: 10 }))).answer).not.toBe('bad');
  });
});
