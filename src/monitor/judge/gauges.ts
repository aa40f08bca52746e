import { CPU, MEMORY, WEIGHT } from './constants.ts';
import { type Finding, type JudgeHeader, type MinuteFigures, type Pair, sumOf } from './figures.ts';
import { logSumExp } from './onset.ts';

/**
 * CPU load: log ratio to the control's = level of the versions + extra work of a start × e^{-m/τ} + fault, with noise
 * that remembers its last minute. Level and start are unknown and averaged over. One spike must not look like a fault:
 * the middle one of the ratios since its onset has to matter.
 */
export function judgeCpu(header: JudgeHeader, pairs: readonly Pair[]): Finding | undefined {
  const past = gaugeOf(header.history, (m) => m.cpu);
  const rows = ratios(header, pairs, past, (m) => m.cpu);
  if (rows.length < 2) return undefined;
  const spread = Math.max(CPU.leastSpread, 1.1 * past.spread) * (header.canaryShare < 1 ? 1 : 1.3);
  const course = (fault: number, onset: number): Course => ({
    level: { mean: 0, spread: CPU.levelSpread },
    start: { mean: CPU.start, spread: CPU.startSpread, decay: CPU.startDecay },
    fault: (m) => (m >= onset ? fault : 0),
    spread,
    autocorrelation: CPU.autocorrelation,
  });
  const healthy = courseLikelihood(rows, course(0, 0));
  const last = rows.at(-1)?.m ?? 0;
  const terms = CPU.onsets
    .filter((onset) => onset === 0 || onset < last - 1)
    .flatMap((onset) =>
      CPU.factors.map((f) => ({
        onset,
        nats:
          courseLikelihood(rows, course(Math.log(f), onset)) -
          healthy +
          onsetWeight(onset, CPU.onsets.length) -
          Math.log(CPU.factors.length),
      })),
    );
  const best = terms.reduce((a, b) => (b.nats > a.nats ? b : a));
  const effect = Math.exp(
    middleOf(
      rows.filter((r) => r.m >= best.onset).map((r) => r.value - CPU.start * Math.exp(-r.m / CPU.startDecay)),
    ),
  );
  return {
    channel: 'cpu',
    evidence: logSumExp(terms.map((t) => t.nats)) + Math.log(WEIGHT.cpu),
    effect,
    matters: effect >= CPU.matters,
  };
}

function onsetWeight(onset: number, onsets: number): number {
  return Math.log(onset === 0 ? 0.6 : 0.4 / (onsets - 1));
}

function middleOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[(sorted.length - 1) >> 1] ?? 0;
}

/**
 * Memory, by its course: level + gap × e^{-m/τ} + leak × minutes, over the old version's level, with noise that
 * remembers. A fresh process starts lower and settles at about that level; how fast, and from where, is unknown and
 * averaged over. Evidence is how much better a leak explains the course.
 */
export function judgeMemory(header: JudgeHeader, pairs: readonly Pair[]): Finding | undefined {
  const past = gaugeOf(header.history, (m) => m.memory);
  const now = gaugeOf(
    pairs.flatMap((p) => p.baseline ?? []),
    (m) => m.memory,
  );
  const reference = now.count > 0 ? now : past;
  if (reference.count === 0) return undefined;
  const rows = pairs.flatMap(({ m, canary }) =>
    canary?.memory === undefined ? [] : [{ m, value: canary.memory / reference.level }],
  );
  if (rows.length < 3) return undefined;
  const spread = Math.max(MEMORY.leastSpread, 1.25 * past.spread);
  const likelihood = (leak: number, onset: number) =>
    logSumExp(
      MEMORY.settling.map((decay) =>
        courseLikelihood(rows, {
          level: { mean: 1, spread: MEMORY.levelSpread },
          start: { mean: -MEMORY.gap, spread: MEMORY.gapSpread, decay },
          fault: (m) => leak * Math.max(0, m - onset),
          spread,
          autocorrelation: MEMORY.autocorrelation,
        }),
      ),
    );
  const healthy = likelihood(0, 0);
  const terms = MEMORY.onsets
    .filter((onset) => onset === 0 || onset < (rows.at(-1)?.m ?? 0) - 1)
    .flatMap((onset) =>
      MEMORY.leaks.map((leak) => ({
        leak,
        onset,
        nats:
          likelihood(leak, onset) -
          healthy +
          onsetWeight(onset, MEMORY.onsets.length) -
          Math.log(MEMORY.leaks.length),
      })),
    );
  const best = terms.reduce((a, b) => (b.nats > a.nats ? b : a));
  const grown = best.leak * ((rows.at(-1)?.m ?? 0) - best.onset);
  // Where the course leads by the end of the window.
  const end = 1 + best.leak * (header.durationMin - best.onset);
  return {
    channel: 'memory',
    evidence: logSumExp(terms.map((t) => t.nats)) + Math.log(WEIGHT.memory),
    effect: end,
    matters: end >= MEMORY.matters && grown >= (best.onset === 0 ? MEMORY.already : MEMORY.alreadyLate),
  };
}

interface Row {
  readonly m: number;
  readonly value: number;
}

/** What a gauge would do: level + start × e^{-m/decay} + fault(m). */
interface Course {
  readonly level: { readonly mean: number; readonly spread: number };
  readonly start: { readonly mean: number; readonly spread: number; readonly decay: number };
  readonly fault: (m: number) => number;
  /** Of the noise around the course, and how much of it is left after a minute. */
  readonly spread: number;
  readonly autocorrelation: number;
}

/** Log marginal likelihood, level and start averaged out (both Gaussian); a constant of the rows is left out. */
function courseLikelihood(rows: readonly Row[], course: Course): number {
  const { level, start, spread, autocorrelation } = course;
  const p1 = 1 / level.spread ** 2;
  const p2 = 1 / start.spread ** 2;
  let a11 = p1;
  let a12 = 0;
  let a22 = p2;
  let b1 = p1 * level.mean;
  let b2 = p2 * start.mean;
  let c = p1 * level.mean ** 2 + p2 * start.mean ** 2;
  let logs = Math.log(p1) + Math.log(p2);
  for (const [i, row] of rows.entries()) {
    const before = rows[i - 1];
    const gap = before ? row.m - before.m : 0;
    const r = before ? autocorrelation ** gap : 0;
    const w = 1 / (spread ** 2 * (1 - r * r));
    const at = (x: Row) => x.value - course.fault(x.m);
    const y = at(row) - (before ? r * at(before) : 0);
    const x1 = 1 - r;
    const x2 = Math.exp(-row.m / start.decay) - (before ? r * Math.exp(-before.m / start.decay) : 0);
    a11 += w * x1 * x1;
    a12 += w * x1 * x2;
    a22 += w * x2 * x2;
    b1 += w * x1 * y;
    b2 += w * x2 * y;
    c += w * y * y;
    logs += Math.log(w);
  }
  const determinant = a11 * a22 - a12 * a12;
  const explained = (a22 * b1 * b1 - 2 * a12 * b1 * b2 + a11 * b2 * b2) / determinant;
  return 0.5 * (logs - Math.log(determinant) - (c - explained));
}

interface Gauge {
  readonly count: number;
  /** Geometric mean. */
  readonly level: number;
  /** Standard deviation of the logarithm, drawn towards nothing by few minutes. */
  readonly spread: number;
}

function gaugeOf(minutes: readonly MinuteFigures[], value: (m: MinuteFigures) => number | undefined): Gauge {
  const logs = minutes.flatMap((m) => {
    const x = value(m);
    return x !== undefined && x > 0 ? [Math.log(x)] : [];
  });
  const mean = sumOf(logs, (x) => x) / Math.max(1, logs.length);
  const variance = sumOf(logs, (x) => (x - mean) ** 2) / Math.max(1, logs.length);
  return { count: logs.length, level: Math.exp(mean), spread: Math.sqrt(variance) };
}

/** Log ratio to the control of the same minute, or to the history's level where there is none. */
function ratios(
  header: JudgeHeader,
  pairs: readonly Pair[],
  past: Gauge,
  value: (m: MinuteFigures) => number | undefined,
): Row[] {
  return pairs.flatMap(({ m, canary, baseline }) => {
    const own = canary && value(canary);
    const control =
      header.canaryShare < 1 ? baseline && value(baseline) : past.count > 0 ? past.level : undefined;
    if (own === undefined || control === undefined || own <= 0 || control <= 0) return [];
    return [{ m, value: Math.log(own / control) }];
  });
}
