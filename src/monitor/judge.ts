import type { Answer, Figures, Verdict } from '../plan/verdict.ts';
import { detectableRatio, errorEvidence, ratioInterval, type Stratum, total } from './errors.ts';
import { logEvidence, type MinuteEvidence } from './evidence.ts';
import { above, countOf, EMPTY, type Histogram, merge, quantile } from './histogram.ts';
import { chooseCuts, latencyEvidence } from './latency.ts';
import { MINUTE_MS, type Point } from './points.ts';
import * as say from './sentences.ts';

/** What is known of a window before its first figure. */
export interface JudgeWindow {
  /** Its beginning, in milliseconds since the epoch. */
  readonly from: number;
  /** The canary's share of the traffic, above 0 and up to 1. */
  readonly canaryShare: number;
  /** Minutes that it will last. */
  readonly durationMin: number;
  /**
   * The old version's minutes from before, for a window in which it serves nobody. Compared like for like, but with
   * wider margins: another hour is another load.
   */
  readonly history: readonly Point[];
}

/** Fewer canary requests say nothing good. */
const FEWEST_REQUESTS = 30;
/** Evidence in nats at which a verdict turns bad; ln 100 is a false alarm in 100 windows at the very most. */
const ENOUGH = Math.log(100);
/** The channels share the chance of a false alarm; a channel's evidence must make up for its weight. */
const WEIGHT = { errors: 0.4, latency: 0.2 } as const;

interface Margins {
  /** Ratio of error rates that is still taken for chance or nuisance. */
  readonly errors: number;
  /** The ratio that a finding must reach to matter. */
  readonly errorsMatter: number;
  readonly latency: number;
  /** The slowdown that a finding must reach to matter: at the median, and further out. */
  readonly medianMatters: number;
  readonly tailMatters: number;
}
const SIDE_BY_SIDE: Margins = {
  errors: 1.12,
  errorsMatter: 1.6,
  latency: 1.05,
  medianMatters: 1.1,
  tailMatters: 1.15,
};
const BEFORE_AND_AFTER: Margins = {
  errors: 1.5,
  errorsMatter: 2,
  latency: 1.2,
  medianMatters: 1.3,
  tailMatters: 1.3,
};

/** Per request: a service that hardly ever fails is not judged on single errors. */
const ERROR_SLACK = 0.00005;
/** Nobody notices less. */
const LATENCY_SLACK_MS = 3;
const QUANTILES = [0.5, 0.9, 0.99];
/** Without anything to compare with, a version whose error rate is surely above this is bad. */
const FAILING_RATE = 0.05;

/**
 * The judge: a pure function of a window and the points so far, in any order. Every look judges all minutes anew, so
 * points that come late or are corrected simply count. Conditions for "bad": evidence that stands at any time of
 * looking, and an effect large enough to matter.
 */
export function judge(window: JudgeWindow, points: readonly Point[]): Verdict {
  const sorted = points.toSorted((a, b) => a.minute - b.minute);
  const canaryPoints = sorted.filter((p) => p.arm === 'canary');
  const concurrent = sorted.filter((p) => p.arm === 'baseline');
  const sideBySide = window.canaryShare < 1;
  const control = sideBySide ? concurrent : window.history;
  const canary = figuresOf(canaryPoints);
  const baseline = figuresOf(control);
  const verdict = (answer: Answer, reasons: readonly string[], more: Partial<Verdict> = {}): Verdict => ({
    answer,
    reasons,
    canary,
    baseline,
    through: (sorted.at(-1)?.minute ?? window.from - MINUTE_MS) + MINUTE_MS,
    ...more,
  });

  if (canary.requests === 0) return verdict('no-data', [noData(window, concurrent)]);
  if (baseline.requests === 0) {
    return alone(canary, sideBySide, verdict);
  }

  const margins = sideBySide ? SIDE_BY_SIDE : BEFORE_AND_AFTER;
  const pairs = sideBySide ? pairByMinute(canaryPoints, control) : pairByOrder(canaryPoints, control);
  const errors = judgeErrors(pairs, margins, window.durationMin);
  const latency = judgeLatency(pairs, margins, window.durationMin);
  const totals = total(pairs.map(requestsAndErrors));
  const errorRatio = ratioInterval(totals);
  const detectable = detectableRatio(totals, ENOUGH - Math.log(WEIGHT.errors));
  const known = { ...(errorRatio && { errorRatio }), ...(detectable !== undefined && { detectable }) };

  const errorLine = say.errors(canary, baseline, errorRatio);
  const latencyLine = say.latency(canary, baseline);
  if (errors || latency) {
    const worst = errors ? [errorLine, latencyLine] : [latencyLine, errorLine];
    return verdict('bad', worst, known);
  }
  if (canary.requests < FEWEST_REQUESTS) {
    return verdict(
      'too-little-traffic',
      [say.tooLittle('new', canary.requests, FEWEST_REQUESTS), errorLine],
      known,
    );
  }
  if (baseline.requests < FEWEST_REQUESTS) {
    return verdict(
      'too-little-traffic',
      [say.tooLittle('old', baseline.requests, FEWEST_REQUESTS), errorLine],
      known,
    );
  }
  return verdict(
    'good',
    [errorLine, latencyLine, ...say.unknowable(detectable), ...say.compared(sideBySide)],
    known,
  );
}

type MakeVerdict = (answer: Answer, reasons: readonly string[]) => Verdict;

/** A first version, or one whose predecessor left no figures: only a plain failure can be told. */
function alone(canary: Figures, sideBySide: boolean, verdict: MakeVerdict): Verdict {
  const { low } = ratioOfOne(canary);
  const line = say.errorsAlone(canary);
  if (low > FAILING_RATE && canary.errors >= 3) return verdict('bad', [line, say.NO_COMPARISON]);
  if (canary.requests < FEWEST_REQUESTS) {
    return verdict('too-little-traffic', [say.tooLittle('new', canary.requests, FEWEST_REQUESTS)]);
  }
  if (sideBySide) return verdict('no-data', [say.NO_BASELINE, line]);
  return verdict('good', [line, say.NO_COMPARISON]);
}

/** Lower end of Wilson's 95 % interval of an error rate. */
function ratioOfOne({ requests: n, errors: x }: Figures): { low: number } {
  const z = 1.96;
  const p = x / n;
  const middle = p + z ** 2 / (2 * n);
  const half = z * Math.sqrt((p * (1 - p)) / n + z ** 2 / (4 * n ** 2));
  return { low: (middle - half) / (1 + z ** 2 / n) };
}

function noData(window: JudgeWindow, concurrent: readonly Point[]): string {
  const others = concurrent.reduce((sum, p) => sum + p.requests, 0);
  const { canaryShare: s } = window;
  // With s of the traffic the canary should have had this many.
  const expected = s < 1 ? (others * s) / (1 - s) : others;
  return expected > 10 ? say.unreached(others, expected) : say.NO_FIGURES;
}

interface Pair {
  readonly canary: Point | undefined;
  readonly control: Point | undefined;
}

function pairByMinute(canary: readonly Point[], control: readonly Point[]): Pair[] {
  const minutes = new Map<number, Pair>();
  for (const point of canary) minutes.set(point.minute, { canary: point, control: undefined });
  for (const point of control)
    minutes.set(point.minute, { canary: minutes.get(point.minute)?.canary, control: point });
  return Array.from(minutes.entries())
    .toSorted(([a], [b]) => a - b)
    .map(([, pair]) => pair);
}

/** First minute with first minute, and so on; each minute of the control is used once. */
function pairByOrder(canary: readonly Point[], control: readonly Point[]): Pair[] {
  const before = control.toSorted((a, b) => a.minute - b.minute);
  return canary.map((point, i) => ({ canary: point, control: before[i] }));
}

function requestsAndErrors({ canary, control }: Pair): Stratum {
  return {
    canary: { n: canary?.requests ?? 0, x: canary?.errors ?? 0 },
    baseline: { n: control?.requests ?? 0, x: control?.errors ?? 0 },
  };
}

function judgeErrors(pairs: readonly Pair[], margins: Margins, length: number): boolean {
  const strata = pairs.map(requestsAndErrors);
  const { canary, baseline } = total(strata);
  const rate = (baseline.x + 0.5) / (baseline.n + 1);
  const nullRatio = margins.errors + ERROR_SLACK / rate;
  const matters =
    canary.n > 0 && canary.x / canary.n >= margins.errorsMatter * (baseline.x / Math.max(1, baseline.n));
  return matters && convinces(errorEvidence(strata, nullRatio), WEIGHT.errors, length);
}

function judgeLatency(pairs: readonly Pair[], margins: Margins, length: number): boolean {
  const control = merge(pairs.map((p) => p.control?.latency ?? EMPTY));
  const canary = merge(pairs.map((p) => p.canary?.latency ?? EMPTY));
  return chooseCuts(control, QUANTILES).some((cut) => {
    const matters = cut.quantile === 0.5 ? margins.medianMatters : margins.tailMatters;
    const [now, then] = [quantile(canary, cut.quantile), quantile(control, cut.quantile)];
    if (now === undefined || then === undefined) return false;
    if (now < then * matters || now < then + LATENCY_SLACK_MS) return false;
    const exceeding = (h: Histogram | undefined) => ({
      n: countOf(h ?? EMPTY),
      x: above(h ?? EMPTY, cut.border),
    });
    const strata = pairs.map((p) => ({
      canary: exceeding(p.canary?.latency),
      baseline: exceeding(p.control?.latency),
    }));
    const evidence = latencyEvidence(strata, cut, control, margins.latency, LATENCY_SLACK_MS);
    return convinces(evidence, WEIGHT.latency, length);
  });
}

function convinces(evidence: readonly MinuteEvidence[], weight: number, length: number): boolean {
  return logEvidence(evidence, length) + Math.log(weight) >= ENOUGH;
}

function figuresOf(points: readonly Point[]): Figures {
  const latency = merge(points.map((p) => p.latency));
  const at = (q: number) => {
    const value = quantile(latency, q);
    return value === undefined ? undefined : Number(value.toPrecision(3));
  };
  const [p50, p95] = [at(0.5), at(0.95)];
  return {
    requests: points.reduce((sum, p) => sum + p.requests, 0),
    errors: points.reduce((sum, p) => sum + p.errors, 0),
    ...(p50 !== undefined && { p50 }),
    ...(p95 !== undefined && { p95 }),
  };
}
