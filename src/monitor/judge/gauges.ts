import { CPU, MEMORY, WEIGHT } from './constants.ts';
import { type Finding, type JudgeHeader, type MinuteFigures, type Pair, sumOf } from './figures.ts';
import { logSumExp, type MinuteEvidence, overOnsets } from './onset.ts';

/** CPU load: the log ratio to the control's, whitened, because a gauge remembers its last minute. */
export function judgeCpu(header: JudgeHeader, pairs: readonly Pair[]): Finding | undefined {
  const past = gaugeOf(header.history, (m) => m.cpu);
  const rows = ratios(header, pairs, past, (m) => m.cpu);
  if (rows.length === 0) return undefined;
  const r = CPU.autocorrelation;
  const spread = Math.max(CPU.leastSpread, 1.1 * past.spread) * (header.canaryShare < 1 ? 1 : 1.3);
  const harmless = Math.log(CPU.nullFactor);
  const evidence = rows.map((row, i): MinuteEvidence => {
    const before = rows[i - 1];
    const follows = before !== undefined && before.m === row.m - 1;
    const carry = follows ? r : 0;
    // A process that starts works harder for a while, by an amount that nobody knows.
    const start = CPU.start * Math.exp(-row.m / CPU.startDecay);
    const variance = spread ** 2 * (1 - carry ** 2) + start ** 2;
    const off = (mean: number) => row.value - mean - carry * ((before?.value ?? mean) - mean);
    return {
      m: row.m,
      nats: CPU.factors.map((f) => (off(harmless) ** 2 - off(Math.log(f)) ** 2) / (2 * variance)),
    };
  });
  const { evidence: nats, since } = overOnsets(evidence, header.durationMin);
  const recent = rows.filter((row) => row.m >= since);
  const effect = Math.exp(sumOf(recent, (row) => row.value) / Math.max(1, recent.length));
  return {
    channel: 'cpu',
    evidence: nats + Math.log(WEIGHT.cpu),
    effect,
    matters: effect >= CPU.matters,
  };
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
  const spread = Math.max(MEMORY.leastSpread, 1.2 * past.spread);
  const likelihood = (leak: number, onset: number) =>
    logSumExp(MEMORY.settling.map((tau) => courseLikelihood(rows, tau, leak, onset, spread)));
  const healthy = likelihood(0, 0);
  const terms = MEMORY.onsets
    .filter((onset) => onset === 0 || onset < (rows.at(-1)?.m ?? 0) - 1)
    .flatMap((onset, i) =>
      MEMORY.leaks.map((leak) => ({
        leak,
        onset,
        nats:
          likelihood(leak, onset) -
          healthy +
          Math.log((i === 0 ? 0.6 : 0.4 / (MEMORY.onsets.length - 1)) / MEMORY.leaks.length),
      })),
    );
  const best = terms.reduce((a, b) => (b.nats > a.nats ? b : a));
  // Where the course leads by the end of the window.
  const end = 1 + best.leak * (header.durationMin - best.onset);
  return {
    channel: 'memory',
    evidence: logSumExp(terms.map((t) => t.nats)) + Math.log(WEIGHT.memory),
    effect: end,
    matters: end >= MEMORY.matters,
  };
}

interface Row {
  readonly m: number;
  readonly value: number;
}

/** Log marginal likelihood of a course, the level and the gap averaged out (both Gaussian). */
function courseLikelihood(
  rows: readonly Row[],
  tau: number,
  leak: number,
  onset: number,
  spread: number,
): number {
  // Prior precision and mean of level and gap.
  const p1 = 1 / MEMORY.levelSpread ** 2;
  const p2 = 1 / MEMORY.gapSpread ** 2;
  let a11 = p1;
  let a12 = 0;
  let a22 = p2;
  let b1 = p1;
  let b2 = -p2 * MEMORY.gap;
  let c = p1 + p2 * MEMORY.gap ** 2;
  let logs = Math.log(p1) + Math.log(p2);
  for (const [i, row] of rows.entries()) {
    const before = rows[i - 1];
    const gap = before ? row.m - before.m : 0;
    const r = before ? MEMORY.autocorrelation ** gap : 0;
    const w = 1 / (spread ** 2 * (1 - r * r));
    const at = (x: Row) => x.value - leak * Math.max(0, x.m - onset);
    const y = at(row) - (before ? r * at(before) : 0);
    const x1 = 1 - r;
    const x2 = Math.exp(-row.m / tau) - (before ? r * Math.exp(-before.m / tau) : 0);
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
