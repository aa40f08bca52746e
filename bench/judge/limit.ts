import { draw } from './latencies.ts';
import { autoregression, type Random } from './random.ts';
import type { Wired } from './wire.ts';
import { MINUTES, type Minute, type World } from './world.ts';

/** Healthy twins of a window, from which the threshold of the limit is taken. */
const TWINS = 300;
/** Share of them that may cross it. */
const FALSE_ALARMS = 0.01;

/**
 * The first minute at which somebody who knows everything but the outcome would call the canary bad: the size and the
 * onset of the fault, every rate, every noise. Its log-likelihood ratio must exceed what 99 % of healthy twins reach
 * at any of their minutes. Undefined when it never does.
 */
export function limitOf(world: World, wired: Wired, random: Random): number | undefined {
  const { spec } = world;
  if (spec.label !== 'bad') return undefined;
  const visible = world.window.filter(
    (m) => m.arm === 'canary' && m.m >= spec.onset && wired.seenAt.has(m.m),
  );
  const score = scoreOf(spec);
  const path = (gains: readonly number[]) => {
    const byTick = Array.from({ length: MINUTES + 1 }, () => 0);
    for (const [i, minute] of visible.entries()) {
      const at = wired.seenAt.get(minute.m) ?? MINUTES;
      byTick[at] = (byTick[at] ?? 0) + (gains[i] ?? 0);
    }
    let sum = 0;
    return byTick.map((gain) => {
      sum += gain;
      return sum;
    });
  };
  const peaks = Array.from({ length: TWINS }, () => Math.max(...path(score.twin(visible, random))));
  const threshold = peaks.toSorted((a, b) => b - a)[Math.ceil(TWINS * FALSE_ALARMS)] ?? 0;
  const at = path(score.found(visible)).findIndex((sum) => sum > Math.max(threshold, 0));
  return at < 0 ? undefined : at;
}

interface Score {
  found(minutes: readonly Minute[]): number[];
  twin(minutes: readonly Minute[], random: Random): number[];
}

function scoreOf(spec: World['spec']): Score {
  if (spec.leak > 0 || spec.cpu !== 1) return gaugeScore;
  if (spec.latency !== 1 || spec.tail !== 1) return latencyScore;
  if (spec.logs !== 1) return countScore((m) => m.truth.logs);
  if (spec.orders !== 1) return countScore((m) => m.truth.orders);
  return countScore(({ truth }) => [truth.clusters, truth.healthyClusters, truth.faultyClusters]);
}

function countScore(pick: (m: Minute) => readonly [found: number, healthy: number, faulty: number]): Score {
  const gain = (x: number, healthy: number, faulty: number) =>
    x * Math.log(Math.max(faulty, 1e-9) / Math.max(healthy, 1e-9)) - (faulty - healthy);
  return {
    found: (minutes) => minutes.map((m) => gain(...pick(m))),
    twin: (minutes, random) =>
      minutes.map((m) => {
        const [, healthy, faulty] = pick(m);
        return gain(random.poisson(healthy), healthy, faulty);
      }),
  };
}

const latencyScore: Score = {
  found: (minutes) => minutes.map((m) => shareGain(m, m.latency)),
  twin: (minutes, random) =>
    minutes.map((m) => {
      const n = m.latency.reduce((a, b) => a + b, 0);
      return shareGain(m, draw(random, n, m.truth.healthyShares));
    }),
};

function shareGain({ truth }: Minute, counts: readonly number[]): number {
  return counts.reduce((sum, count, i) => {
    if (count === 0) return sum;
    const faulty = Math.max(truth.faultyShares[i] ?? 0, 1e-9);
    const healthy = Math.max(truth.healthyShares[i] ?? 0, 1e-9);
    return sum + count * Math.log(faulty / healthy);
  }, 0);
}

/** Gaussian, whitened: the innovations of the autoregression are what is new in a minute. */
const gaugeScore: Score = {
  found: (minutes) => {
    const deviations = minutes.map((m) => m.truth.gauge.deviation + m.truth.gauge.fault);
    return gaugeGains(minutes, deviations);
  },
  twin: (minutes, random) => {
    const [first] = minutes;
    if (!first) return [];
    const next = autoregression(random, first.truth.gauge.r, first.truth.gauge.sd);
    return gaugeGains(
      minutes,
      minutes.map(() => next()),
    );
  },
};

function gaugeGains(minutes: readonly Minute[], deviations: readonly number[]): number[] {
  return minutes.map(({ truth: { gauge } }, i) => {
    const before = minutes[i - 1]?.truth.gauge;
    const r = before ? gauge.r : 0;
    const sd = gauge.sd * Math.sqrt(1 - r * r);
    const fault = gauge.fault - r * (before?.fault ?? 0);
    const e = (deviations[i] ?? 0) - r * (deviations[i - 1] ?? 0);
    return (fault * e - fault ** 2 / 2) / sd ** 2;
  });
}
