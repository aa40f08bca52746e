import type { JudgedMetric, Say, Subject } from '../plan/terms.ts';
import type { Answer, Figures, Verdict } from '../plan/verdict.ts';
import { advice, gapsOf, withGaps } from './counts-for.ts';
import { wilson } from './errors.ts';
import { explain } from './explain.ts';
import { countsOn, merge, quantile, sharedBounds } from './histogram.ts';
import { carriedFrom } from './judge/carry.ts';
import { FEWEST_REQUESTS } from './judge/constants.ts';
import { type Decision, prepare } from './judge/decide.ts';
import type { JudgeHeader, MinuteFigures } from './judge/figures.ts';
import { subjectOf } from './judge/subjects.ts';
import { MINUTE_MS, type Point } from './points.ts';
import * as say from './sentences.ts';
import type { Unread } from './signals.ts';

/** What is known of a window before its first figure. */
export interface JudgeWindow {
  /** Its beginning, in milliseconds since the epoch. */
  readonly from: number;
  /** The canary's share of the traffic, above 0 and up to 1. */
  readonly canaryShare: number;
  /** Minutes that it will last. */
  readonly durationMin: number;
  /**
   * The old version's minutes from before: what to expect of it, and all there is to compare with where it serves
   * nobody now.
   */
  readonly history: readonly Point[];
  /** Nats of evidence at which it is bad; the judge's own threshold unless given. */
  readonly enough?: number;
  /** What each figure's word counts for; all as usual unless given. */
  readonly say?: Readonly<Partial<Record<Subject, Say>>>;
  readonly metrics?: readonly JudgedMetric[];
  /** What the window of the step before left, in nats by channel. */
  readonly carried?: Readonly<Record<string, number>>;
}

/** Without anything to compare with, a version whose error rate is surely above this is bad. */
const FAILING_RATE = 0.05;

/**
 * The judge's word on a window: a pure function of it and the points so far, in any order. Every look judges all
 * minutes anew, so points that come late or are corrected simply count.
 * @param unread figures that were asked for and could not be read.
 */
export function judge(
  window: JudgeWindow,
  points: readonly Point[],
  unread: readonly Unread[] = [],
): Verdict {
  const sideBySide = window.canaryShare < 1;
  const concurrent = points.filter((p) => p.arm === 'baseline');
  const canary = figuresOf(points.filter((p) => p.arm === 'canary'));
  const baseline = figuresOf(sideBySide ? concurrent : window.history);
  const last = points.reduce((latest, p) => Math.max(latest, p.minute), window.from - MINUTE_MS);
  const verdict = (answer: Answer, reasons: readonly string[], more: Partial<Verdict> = {}): Verdict => ({
    answer,
    reasons,
    canary,
    baseline,
    through: last + MINUTE_MS,
    ...more,
  });
  const gaps = gapsOf(window, points, unread);
  if (canary.requests > 0 && baseline.requests === 0)
    return withGaps(alone(canary, sideBySide, verdict), gaps);

  const decision = prepareWindow(window, points)(points);
  const advisory = advisoryOf(window);
  const [heard, told] = [false, true].map((one) =>
    decision.findings.filter(({ channel }) => advisory.includes(subjectOf(channel)) === one),
  );
  const { reasons, ...known } = explain(
    { ...decision, findings: heard ?? [] },
    { window, points, canary, baseline },
  );
  const carry = decision.findings.length > 0 && {
    carry: carriedFrom(decision.findings, ownMetrics(window, [...window.history, ...points])),
  };
  const all = [...reasons, ...advice(told ?? [], window)];
  return withGaps(verdict(ANSWERS[decision.kind], all, { ...known, ...carry }), gaps);
}

const ANSWERS: Record<Decision['kind'], Answer> = {
  'no-data': 'no-data',
  unreached: 'no-data',
  'thin-canary': 'too-little-traffic',
  'thin-baseline': 'too-little-traffic',
  doubtful: 'too-little-traffic',
  bad: 'bad',
  good: 'good',
};

/**
 * The window in the core's terms: minutes numbered from its first, latencies on the borders that all points share.
 * @param all every point that will be asked about.
 * @returns the decision over some of them.
 */
export function prepareWindow(
  window: JudgeWindow,
  all: readonly Point[],
): (points: readonly Point[]) => Decision {
  const known = [...window.history, ...all];
  const bounds = sharedBounds(known.map((p) => p.latency));
  const figures = (p: Point): MinuteFigures => ({
    m: Math.round((p.minute - window.from) / MINUTE_MS),
    arm: p.arm,
    requests: p.requests - p.loading,
    errors: p.errors - p.loadingErrors,
    latency: countsOn(bounds, p.latency),
    // Whoever fails writes a line of its own.
    errorLogs: Math.max(0, (p.errorLogs ?? 0) - p.errors),
    custom: p.custom ?? {},
    cpu: p.cpu,
    memory: p.memory,
  });
  const header = {
    durationMin: window.durationMin,
    canaryShare: window.canaryShare,
    // The flexible environment has no such label, and its points never say so.
    coldStartsApart: known.some((p) => p.loading > 0),
    maxDelayMin: 0,
    bounds,
    ...ownMetrics(window, known),
    advisory: advisoryOf(window),
    ...(window.carried && { carried: window.carried }),
    history: window.history.map(figures),
  };
  const decide = prepare(header, { enough: window.enough });
  // Only minutes that are complete were asked for.
  return (points) => decide(points.map(figures), Number.POSITIVE_INFINITY);
}

/** Which way is bad, of each of the team's own metrics that was written at all. */
function ownMetrics(
  { metrics = [] }: JudgeWindow,
  known: readonly Point[],
): Pick<JudgeHeader, 'directions' | 'levels'> {
  const written = metrics.filter(({ name }) => known.some((p) => p.custom?.[name] !== undefined));
  const of = (measure: JudgedMetric['measure']) =>
    Object.fromEntries(
      written
        .filter((metric) => metric.measure === measure)
        .map(({ name, bad }) => [name, bad === 'decrease' ? 'decrease_bad' : 'increase_bad'] as const),
    );
  return { directions: of('sum'), levels: of('mean') };
}

function advisoryOf({ say = {}, metrics = [] }: JudgeWindow): string[] {
  return [...Object.entries(say), ...metrics.map((metric) => [metric.name, metric.say] as const)].flatMap(
    ([name, word]) => (word === 'advisory' ? [name] : []),
  );
}

type MakeVerdict = (answer: Answer, reasons: readonly string[]) => Verdict;

/** A first version, or one whose predecessor left no figures: only a plain failure can be told. */
function alone(canary: Figures, sideBySide: boolean, verdict: MakeVerdict): Verdict {
  const { low } = wilson(canary.errors, canary.requests);
  const line = say.errorsAlone(canary);
  if (low > FAILING_RATE && canary.errors >= 3) return verdict('bad', [line, say.NO_COMPARISON]);
  if (canary.requests < FEWEST_REQUESTS) {
    return verdict('too-little-traffic', [say.tooLittle('new', canary.requests, FEWEST_REQUESTS)]);
  }
  if (sideBySide) return verdict('no-data', [say.NO_BASELINE, line]);
  return verdict('good', [line, say.NO_COMPARISON]);
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
