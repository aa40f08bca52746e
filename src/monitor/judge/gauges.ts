import { CPU, MEMORY, WEIGHT } from './constants.ts';
import { type Course, fitCourse, type GaugeMinute } from './course.ts';
import { type Finding, type JudgeHeader, type MinuteFigures, type Pair, sumOf } from './figures.ts';
import { logSumExp } from './onset.ts';

/** Judges one gauge of a window; undefined while there is too little of it. */
export type GaugeJudge = (pairs: readonly Pair[]) => Finding | undefined;

/**
 * CPU load: log ratio to the control's = level of the versions + extra work of a start × e^{-m/τ} + fault, with noise
 * that remembers its last minute. Level and start are unknown and averaged over. One spike must not look like a fault:
 * the middle one of the ratios since its onset has to matter.
 */
export function cpuJudge(header: JudgeHeader): GaugeJudge {
  const past = gaugeOf(header.history, (m) => m.cpu);
  const course: Course = {
    level: { mean: 0, spread: CPU.levelSpread },
    start: { mean: CPU.start, spread: CPU.startSpread, decay: CPU.startDecay },
    spread: Math.max(CPU.leastSpread, 1.1 * past.spread) * (header.canaryShare < 1 ? 1 : 1.3),
    autocorrelation: CPU.autocorrelation,
  };
  const sizes = CPU.factors.map(Math.log);
  return (pairs) => {
    const rows = ratios(header, pairs, past, (m) => m.cpu);
    if (rows.length < 2) return undefined;
    const fit = fitCourse(rows, course);
    const terms = onsetsSoFar(CPU.onsets, rows).flatMap((onset) => {
      const shape = Float64Array.from(rows, ({ m }) => (m >= onset ? 1 : 0));
      const weight = onsetWeight(onset, CPU.onsets.length) - Math.log(sizes.length);
      return fit.faulty(shape, sizes).map((nats) => ({ onset, nats: nats - fit.healthy + weight }));
    });
    const best = terms.reduce((a, b) => (b.nats > a.nats ? b : a));
    const since = rows.filter((row) => row.m >= best.onset);
    const effect = Math.exp(
      middleOf(since.map((row) => row.value - CPU.start * Math.exp(-row.m / CPU.startDecay))),
    );
    return {
      channel: 'cpu',
      evidence: logSumExp(terms.map((t) => t.nats)) + Math.log(WEIGHT.cpu),
      effect,
      matters: effect >= CPU.matters,
    };
  };
}

/**
 * Memory, by its course: level + gap × e^{-m/τ} + leak × minutes, over the old version's level, with noise that
 * remembers. A fresh process starts lower and settles at about that level; how fast, and from where, is unknown and
 * averaged over. Evidence is how much better a leak explains the course.
 */
export function memoryJudge(header: JudgeHeader): GaugeJudge {
  const past = gaugeOf(header.history, (m) => m.memory);
  const courses = MEMORY.settling.map(
    (decay): Course => ({
      level: { mean: 1, spread: MEMORY.levelSpread },
      start: { mean: -MEMORY.gap, spread: MEMORY.gapSpread, decay },
      spread: Math.max(MEMORY.leastSpread, 1.25 * past.spread),
      autocorrelation: MEMORY.autocorrelation,
    }),
  );
  return (pairs) => {
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
    const fits = courses.map((course) => fitCourse(rows, course));
    const healthy = logSumExp(fits.map((fit) => fit.healthy));
    const terms = onsetsSoFar(MEMORY.onsets, rows).flatMap((onset) => {
      const shape = Float64Array.from(rows, ({ m }) => Math.max(0, m - onset));
      const weight = onsetWeight(onset, MEMORY.onsets.length) - Math.log(MEMORY.leaks.length);
      const bySettling = fits.map((fit) => fit.faulty(shape, MEMORY.leaks));
      return MEMORY.leaks.map((leak, i) => {
        const nats = logSumExp(bySettling.map((leaks) => leaks[i] ?? Number.NEGATIVE_INFINITY));
        return { leak, onset, nats: nats - healthy + weight };
      });
    });
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
  };
}

/** A fault that has only just set in is not told from noise. */
export function onsetsSoFar(onsets: readonly number[], rows: readonly GaugeMinute[]): number[] {
  const last = rows.at(-1)?.m ?? 0;
  return onsets.filter((onset) => onset === 0 || onset < last - 1);
}

export function onsetWeight(onset: number, onsets: number): number {
  return Math.log(onset === 0 ? 0.6 : 0.4 / (onsets - 1));
}

export function middleOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[(sorted.length - 1) >> 1] ?? 0;
}

interface Gauge {
  readonly count: number;
  /** Geometric mean. */
  readonly level: number;
  /** Standard deviation of the logarithm, drawn towards nothing by few minutes. */
  readonly spread: number;
}

export function gaugeOf(
  minutes: readonly MinuteFigures[],
  value: (m: MinuteFigures) => number | undefined,
): Gauge {
  const logs = minutes.flatMap((m) => {
    const x = value(m);
    return x !== undefined && x > 0 ? [Math.log(x)] : [];
  });
  const mean = sumOf(logs, (x) => x) / Math.max(1, logs.length);
  const variance = sumOf(logs, (x) => (x - mean) ** 2) / Math.max(1, logs.length);
  return { count: logs.length, level: Math.exp(mean), spread: Math.sqrt(variance) };
}

/** Log ratio to the control of the same minute, or to the history's level where there is none. */
export function ratios(
  header: JudgeHeader,
  pairs: readonly Pair[],
  past: Gauge,
  value: (m: MinuteFigures) => number | undefined,
): GaugeMinute[] {
  return pairs.flatMap(({ m, canary, baseline }) => {
    const own = canary && value(canary);
    const control =
      header.canaryShare < 1 ? baseline && value(baseline) : past.count > 0 ? past.level : undefined;
    if (own === undefined || control === undefined || own <= 0 || control <= 0) return [];
    return [{ m, value: Math.log(own / control) }];
  });
}
