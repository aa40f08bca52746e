import { BEFORE_AND_AFTER, LATENCY, WEIGHT } from './constants.ts';
import { type Finding, type JudgeHeader, type MinuteFigures, type Pair, sumOf } from './figures.ts';
import { type MinuteEvidence, overOnsets } from './onset.ts';
import { type Shape, shapeOf } from './shape.ts';

/** How the bulk of the answers is compared: every bucket has the rank that its requests had in the history. */
export interface BodyScale {
  /** Mean rank in 0..1 of each bucket's requests; buckets from `end` on do not count. */
  readonly ranks: readonly number[];
  readonly end: number;
  /** Variance of one request's rank. */
  readonly variance: number;
  /** Mean rank of a version that is slower by a factor, less that of the old one. */
  gain(factor: number): number;
}

/** Undefined while there is nothing to rank by. */
export function bodyScale(
  bounds: readonly number[],
  minutes: readonly MinuteFigures[],
): BodyScale | undefined {
  const shape = shapeOf(
    bounds,
    minutes.map((m) => m.latency),
  );
  if (shape.total < 20 || bounds.length < 2) return undefined;
  const past = shape.over.findIndex((share) => share < 1 - LATENCY.bodyEnds);
  const end = past < 0 ? bounds.length : Math.max(2, past + 1);
  const edge = bounds[end - 1] ?? 0;
  const inside = 1 - shape.above(edge);
  const under = (x: number) => Math.min(1, (1 - shape.above(Math.min(x, edge))) / inside);
  const ranks = Array.from({ length: end }, (_, i) => {
    const low = i === 0 ? 0 : under(bounds[i - 1] ?? 0);
    return (low + under(bounds[i] ?? edge)) / 2;
  });
  const shares = slowedShares(shape, bounds, end, 1);
  const mean = dot(shares, (i) => ranks[i] ?? 0);
  const variance = dot(shares, (i) => ((ranks[i] ?? 0) - mean) ** 2);
  return {
    ranks,
    end,
    variance: Math.max(variance, 1e-4),
    gain(factor) {
      const slower = slowedShares(shape, bounds, end, factor);
      return dot(slower, (i) => ranks[i] ?? 0) - mean;
    },
  };
}

function dot(shares: readonly number[], value: (i: number) => number): number {
  return shares.reduce((sum, share, i) => sum + share * value(i), 0);
}

/** Part of the body in each bucket when every answer takes `factor` times as long. */
function slowedShares(shape: Shape, bounds: readonly number[], end: number, factor: number): number[] {
  const over = (i: number) => (i < 0 ? 1 : shape.above((bounds[i] ?? 0) / factor));
  const shares = Array.from({ length: end }, (_, i) => Math.max(0, over(i - 1) - over(i)));
  const all = sumOf(shares, (s) => s);
  return shares.map((s) => s / Math.max(all, 1e-9));
}

interface Ranked {
  readonly n: number;
  readonly mean: number;
}

function ranked(scale: BodyScale, minute: MinuteFigures | undefined): Ranked {
  let n = 0;
  let sum = 0;
  const counts = minute?.latency ?? [];
  for (let i = 0; i < scale.end && i < counts.length; i++) {
    n += counts[i] ?? 0;
    sum += (counts[i] ?? 0) * (scale.ranks[i] ?? 0);
  }
  return { n, mean: n > 0 ? sum / n : 0 };
}

/**
 * Evidence that the canary's bulk is slower, from mean ranks (Wilcoxon's scores) against the control's of the same
 * minute. Where that one is thin, neighbouring minutes and the history stand in, with what they stray from it.
 */
export function judgeBody(header: JudgeHeader, scale: BodyScale, pairs: readonly Pair[]): Finding {
  const margins = header.canaryShare < 1 ? LATENCY : BEFORE_AND_AFTER.latency;
  const harmless = scale.gain(margins.nullFactor);
  const gains = LATENCY.factors.map((f) => scale.gain(Math.max(f, margins.nullFactor * 1.05)));
  const rows = pairs.map((pair) => ({
    m: pair.m,
    canary: ranked(scale, pair.canary),
    baseline: ranked(scale, pair.baseline),
  }));
  const center = scaleCenter(scale, header);
  const judged = rows.filter((row) => row.canary.n > 0);
  const differences = judged.map((row) => {
    const control = controlOf(row, rows, center, scale.variance);
    return {
      m: row.m,
      value: row.canary.mean - control.mean,
      own: scale.variance / row.canary.n + LATENCY.minuteSpread ** 2,
      control: control.variance,
      lasting: control.lasting,
    };
  });
  const evidence = differences.map((d): MinuteEvidence => {
    // What the minutes have in common does not average out, so it counts once for each of them.
    const variance = d.own + d.control + d.lasting * differences.length;
    return {
      m: d.m,
      nats: gains.map((gain) => ((d.value - harmless) ** 2 - (d.value - gain) ** 2) / (2 * variance)),
    };
  });
  const { evidence: nats, since } = overOnsets(evidence, header.durationMin);
  const recent = differences.filter((d) => d.m >= since);
  const weight = sumOf(recent, (d) => 1 / (d.own + d.control));
  const shift = weight > 0 ? sumOf(recent, (d) => d.value / (d.own + d.control)) / weight : 0;
  return {
    channel: 'latency',
    evidence: nats + Math.log(WEIGHT.latency),
    effect: weight > 0 ? factorOf(scale, shift) : undefined,
    matters: shift >= scale.gain(margins.matters),
  };
}

function scaleCenter(scale: BodyScale, header: JudgeHeader): Ranked {
  const all = header.history.map((minute) => ranked(scale, minute));
  const n = sumOf(all, (r) => r.n);
  return { n, mean: n > 0 ? sumOf(all, (r) => r.mean * r.n) / n : 0.5 };
}

interface Row {
  readonly m: number;
  readonly canary: Ranked;
  readonly baseline: Ranked;
}

/** Minutes before and after that are taken for the same weather. */
const NEAR = 4;

/** Best guess of the old version's mean rank in a minute, by inverse variance; `lasting` is what the minutes share. */
function controlOf(row: Row, rows: readonly Row[], history: Ranked, variance: number) {
  const near = rows.filter((r) => r !== row && Math.abs(r.m - row.m) <= NEAR);
  const nearN = sumOf(near, (r) => r.baseline.n);
  const nearMean = nearN > 0 ? sumOf(near, (r) => r.baseline.n * r.baseline.mean) / nearN : 0;
  const own = blend(
    { mean: history.mean, variance: LATENCY.drift ** 2 + variance / Math.max(1, history.n) },
    nearN > 0 ? { mean: nearMean, variance: variance / nearN } : undefined,
    LATENCY.drift ** 2,
  );
  if (row.baseline.n === 0) return { mean: own.mean, variance: 0, lasting: own.variance };
  const concurrent = {
    mean: row.baseline.mean,
    variance: variance / row.baseline.n + LATENCY.minuteSpread ** 2,
  };
  const both = blend(own, concurrent, 0);
  const part = both.variance / own.variance;
  return { mean: both.mean, variance: both.variance * (1 - part), lasting: both.variance * part };
}

interface Guess {
  readonly mean: number;
  readonly variance: number;
}

/** Two guesses of one thing. When they disagree by more than chance the first one has strayed by that much. */
function blend(first: Guess, second: Guess | undefined, floor: number): Guess {
  if (!second) return first;
  const gap = (first.mean - second.mean) ** 2 - second.variance;
  const strayed = Math.max(first.variance, floor, gap);
  const w = 1 / strayed;
  const v = 1 / second.variance;
  return { mean: (first.mean * w + second.mean * v) / (w + v), variance: 1 / (w + v) };
}

function factorOf(scale: BodyScale, shift: number): number {
  let low = 0.1;
  let high = 20;
  for (let i = 0; i < 20; i++) {
    const middle = Math.sqrt(low * high);
    if (scale.gain(middle) < shift) low = middle;
    else high = middle;
  }
  return Math.sqrt(low * high);
}
