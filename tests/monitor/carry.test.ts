import { describe, expect, it } from 'vitest';
import { type JudgeWindow, judge } from '../../src/monitor/index.ts';
import { carriedFrom } from '../../src/monitor/judge/carry.ts';
import { CARRY, ENOUGH, WEIGHT } from '../../src/monitor/judge/constants.ts';
import { prepareWindow } from '../../src/monitor/judge.ts';
import { firstBad, START, simulate, type Traffic } from './simulate.ts';

const NONE = { directions: {}, levels: {} };
const finding = (channel: string, evidence: number) => ({ channel, evidence, effect: 2, matters: true });

describe('what a window leaves to the next', () => {
  it('is bounded: no window is decided by the one before, and a quiet one costs little', () => {
    const sure = carriedFrom([finding('5xx', 300), finding('latency', -9)], NONE);
    expect(sure['5xx']).toBe(CARRY.most);
    expect(CARRY.most).toBeLessThan(ENOUGH - Math.log(WEIGHT.errors));
    expect(sure.latency).toBeCloseTo(Math.log(1 - CARRY.stake), 2);
  });

  it('is nothing where the evidence is worth what it was weighed with', () => {
    const even = [
      finding('5xx', Math.log(WEIGHT.errors)),
      finding('p99.1', Math.log(WEIGHT.tail / 2)),
      finding('p99.8', Math.log(WEIGHT.tail / 2)),
      finding('orders', Math.log(WEIGHT.custom / 2)),
    ];
    const declared = { directions: { orders: 'decrease_bad', logins: 'decrease_bad' } } as const;
    for (const nats of Object.values(carriedFrom(even, declared))) expect(Math.abs(nats)).toBe(0);
  });

  it('leaves out what remembers its last minute', () => {
    const found = [finding('memory', 9), finding('cpu', 9), finding('depth', 9)];
    expect(carriedFrom(found, { directions: {}, levels: { depth: 'increase_bad' } })).toEqual({});
  });
});

const window: JudgeWindow = { from: START, canaryShare: 0.1, durationMin: 30, history: [] };
const thin: Omit<Traffic, 'seed'> = {
  perSecond: 0.5,
  share: 0.1,
  minutes: 30,
  baseErrors: 0.005,
  canaryErrors: 0.005,
};

/** Two windows of one release after another: in which minute each was found bad with the evidence of the first, and without. */
function twoWindows(traffic: Omit<Traffic, 'seed'>, seed: number) {
  const [first, second] = [simulate({ ...traffic, seed }), simulate({ ...traffic, seed: seed + 1 })];
  const { carry = {} } = judge(window, first);
  const minuteOf = (carried: Record<string, number>) => {
    const decide = prepareWindow({ ...window, carried }, second);
    return firstBad(second, (soFar) => decide(soFar).kind === 'bad');
  };
  return { alone: minuteOf({}), together: minuteOf(carry) };
}

it('with little traffic a fault that one window could not tell from chance is found sooner in the next', () => {
  const failing = { ...thin, canaryErrors: 0.06 };
  const pairs = Array.from({ length: 16 }, (_, i) => twoWindows(failing, 31 * i + 1));
  const minutes = (of: 'alone' | 'together') =>
    pairs.reduce((sum, pair) => sum + (pair[of] ?? failing.minutes + 1), 0);
  expect(minutes('together')).toBeLessThan(minutes('alone'));
});

it('healthy windows are called bad no more often for it', () => {
  const pairs = Array.from({ length: 20 }, (_, i) => twoWindows(thin, 53 * i + 7));
  const bad = (of: 'alone' | 'together') => pairs.filter((pair) => pair[of] !== undefined).length;
  expect(bad('together')).toBeLessThanOrEqual(bad('alone') + 1);
});
