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
  /** The factor that gains so much, to about 6 %. */
  factor(gain: number): number;
}

/** Factors from 0.25 to 8 among which one is sought by its gain. */
const GRID = Array.from({ length: 61 }, (_, i) => 0.25 * 32 ** (i / 60));

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
  const gainOf = (factor: number) =>
    dot(slowedShares(shape, bounds, end, factor), (i) => ranks[i] ?? 0) - mean;
  const gains = new Map<number, number>();
  const gain = (factor: number) => {
    const known = gains.get(factor) ?? gainOf(factor);
    gains.set(factor, known);
    return known;
  };
  return {
    ranks,
    end,
    variance: Math.max(variance, 1e-4),
    gain,
    factor: (gained) => GRID.findLast((factor) => gain(factor) <= gained) ?? GRID[0] ?? 1,
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

/** How many times the usual the old version takes in each minute, by its own and its neighbours' bulk; 1 but for strong signs. */
export function slowdowns(
  scale: BodyScale,
  history: readonly MinuteFigures[],
  minutes: readonly { readonly m: number; readonly baseline?: MinuteFigures | undefined }[],
): number[] {
  const past = pool(history.map((minute) => ranked(scale, minute)));
  if (past.n === 0) return minutes.map(() => 1);
  const rows = minutes.map(({ m, baseline }) => ({ m, rank: ranked(scale, baseline) }));
  return rows.map(({ m }) => {
    const near = pool(rows.filter((row) => Math.abs(row.m - m) <= CLOSE).map((row) => row.rank));
    if (near.n === 0) return 1;
    const shift = near.mean - past.mean;
    const noise = scale.variance / near.n + scale.variance / past.n + LATENCY.drift ** 2;
    // Stein's rule: what noise may have made is left out.
    const sure = 1 - (4 * noise) / shift ** 2;
    return sure > 0 ? scale.factor(shift * sure) : 1;
  });
}

/** Minutes before and after whose bulk tells of a shared slowdown. */
const CLOSE = 1;

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

/** Judges the bulk of a window's latency. */
export type BodyJudge = (pairs: readonly Pair[]) => Finding;

/**
 * Evidence that the canary's bulk is slower, from mean ranks (Wilcoxon's scores) against the control's of the same
 * minute. Where that one is thin, neighbouring minutes and the history stand in, with what they stray from it.
 */
export function bodyJudge(header: JudgeHeader, scale: BodyScale): BodyJudge {
  const margins = header.canaryShare < 1 ? LATENCY : BEFORE_AND_AFTER.latency;
  const harmless = scale.gain(margins.nullFactor);
  const gains = LATENCY.factors.map((f) => scale.gain(Math.max(f, margins.nullFactor * 1.05)));
  const past = pool(header.history.map((minute) => ranked(scale, minute)));
  return (pairs) => {
    const rows = pairs.map((pair) => ({
      m: pair.m,
      canary: ranked(scale, pair.canary),
      baseline: ranked(scale, pair.baseline),
    }));
    const center = centerOf(scale, past, rows);
    // Figures of one side only, late or lost, would turn an incident that both share into the canary's fault.
    const judged = rows.filter((row) => row.canary.n > 0 && (row.baseline.n > 0 || header.canaryShare >= 1));
    const differences = judged.map((row) => {
      const control = controlOf(row, rows, center, scale.variance);
      return {
        m: row.m,
        value: row.canary.mean - control.mean,
        own: scale.variance / row.canary.n + LATENCY.minuteSpread ** 2,
        control: control.passing,
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
      effect: weight > 0 ? scale.factor(shift) : undefined,
      matters: shift >= scale.gain(margins.matters),
    };
  };
}

interface Row {
  readonly m: number;
  readonly canary: Ranked;
  readonly baseline: Ranked;
}

/** A mean rank, and the variance of the guess: what all minutes share, and what passes from one to the next. */
interface Guess {
  readonly mean: number;
  readonly lasting: number;
  readonly passing: number;
}

/** Where the old version stands in this window: by its history, corrected by what it did meanwhile. */
function centerOf(scale: BodyScale, past: Ranked, rows: readonly Row[]): Guess {
  const now = pool(rows.map((row) => row.baseline));
  const known = {
    mean: past.n > 0 ? past.mean : 0.5,
    variance: LATENCY.drift ** 2 + scale.variance / Math.max(1, past.n),
  };
  if (now.n === 0) return { mean: known.mean, lasting: known.variance, passing: 0 };
  const variance = scale.variance / now.n;
  const w = variance / (variance + known.variance);
  return { mean: w * known.mean + (1 - w) * now.mean, lasting: w * known.variance, passing: 0 };
}

/** Minutes before and after that are taken for the same weather. */
const NEAR = 4;

/** Best guess of the old version's mean rank in a minute: the window's, its neighbours', its own. */
function controlOf(row: Row, rows: readonly Row[], center: Guess, variance: number): Guess {
  const near = pool(rows.filter((r) => r !== row && Math.abs(r.m - row.m) <= NEAR).map((r) => r.baseline));
  const spread = LATENCY.minuteSpread ** 2;
  const around = correct(center, near, variance, LATENCY.drift ** 2);
  return correct(around, row.baseline, variance, spread);
}

/**
 * Corrects a guess by a measurement, each by its inverse variance. Where they disagree by more than twice the
 * measurement's deviation the guess has strayed by that much, as in an incident.
 */
function correct(guess: Guess, measured: Ranked, variance: number, wander: number): Guess {
  if (measured.n === 0) return { ...guess, passing: guess.passing + wander };
  const error = variance / measured.n + LATENCY.minuteSpread ** 2;
  const strayed = Math.max(
    guess.lasting + guess.passing + wander,
    (guess.mean - measured.mean) ** 2 - 4 * error,
  );
  const w = error / (error + strayed);
  return {
    mean: w * guess.mean + (1 - w) * measured.mean,
    lasting: w ** 2 * guess.lasting,
    passing: w ** 2 * (strayed - guess.lasting) + (1 - w) ** 2 * error,
  };
}

function pool(parts: readonly Ranked[]): Ranked {
  const n = sumOf(parts, (r) => r.n);
  return { n, mean: n > 0 ? sumOf(parts, (r) => r.mean * r.n) / n : 0 };
}
