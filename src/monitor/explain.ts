import type { Figures, Verdict } from '../plan/verdict.ts';
import {
  channelOf,
  ERRORS,
  effectOf,
  errorsOf,
  LATENCY,
  latencyOf,
  nameOf,
  type Sides,
  TAIL,
  totalsOf,
} from './channels.ts';
import { ratioInterval } from './errors.ts';
import { falseAlarmOf } from './judge/budget.ts';
import { ENOUGH, FEWEST_REQUESTS } from './judge/constants.ts';
import type { Decision } from './judge/decide.ts';
import type { Finding } from './judge/figures.ts';
import type { JudgeWindow } from './judge.ts';
import { detectableRatio, rateOf, requestsToSee, type Traffic } from './knowable.ts';
import { MINUTE_MS, type Point } from './points.ts';
import * as say from './sentences.ts';

/** What was compared. */
export interface Compared {
  readonly window: JudgeWindow;
  readonly points: readonly Point[];
  /** Both sides' totals; the baseline's are the history's where nothing served beside the canary. */
  readonly canary: Figures;
  readonly baseline: Figures;
}

/** So many guilty channels are named; what is weaker by so many nats is not. */
const MOST_NAMED = 2;
const FAR_BEHIND = 3;
/** "1 failing request in 20": what is looked for where nothing is known of the usual rate. */
const PLAIN_FAILURE = { rate: 0.05, words: '1 failing request in 20' };

/** The decision in sentences, the weightiest first, and the figures that they rest on. */
export function explain(
  decision: Decision,
  compared: Compared,
): Pick<Verdict, 'reasons' | 'errorRatio' | 'detectable'> {
  const { window, canary, baseline } = compared;
  const sides = sidesOf(compared);
  const traffic: Traffic = {
    ...totalsOf(sides),
    sideBySide: sides.sideBySide,
    enough: window.enough ?? ENOUGH,
  };
  const errorRatio = ratioInterval(traffic);
  const guilty = guiltOf(decision, traffic.enough);
  const detectable = detectableRatio(traffic);
  const known = { ...(errorRatio && { errorRatio }), ...(detectable !== undefined && { detectable }) };
  switch (decision.kind) {
    case 'no-data':
      return { reasons: [say.NO_FIGURES] };
    case 'unreached':
      return { reasons: [say.unreached(baseline.requests, expected(window, baseline.requests))] };
    case 'bad':
      return {
        reasons: [
          ...guilty.map((finding) => effectOf(finding, sides)),
          say.sure(falseAlarmOf(decision.evidence)),
          ...innocent(guilty, sides),
        ],
        ...known,
      };
    case 'thin-canary':
      return {
        reasons: [
          say.tooLittle('new', canary.requests, FEWEST_REQUESTS),
          ...missing(traffic, minutesOf(compared)),
        ],
        ...known,
      };
    case 'thin-baseline':
      return {
        reasons: [say.tooLittle('old', baseline.requests, FEWEST_REQUESTS), errorsOf(sides)],
        ...known,
      };
    case 'doubtful':
      return {
        reasons: [
          say.doubtful(
            guilty.map((f) => nameOf(channelOf(f))),
            falseAlarmOf(decision.evidence).share,
          ),
          ...guilty.map((finding) => effectOf(finding, sides)),
          ...innocent(guilty, sides),
          ...notKnowable(traffic, minutesOf(compared)),
        ],
        ...known,
      };
    case 'good':
      return {
        reasons: [
          errorsOf(sides),
          latencyOf(sides, 'p95'),
          ...say.others(restOf(decision, sides)),
          ...notKnowable(traffic, minutesOf(compared)),
          ...(sides.sideBySide ? [] : [say.BEFORE_AND_AFTER]),
        ],
        ...known,
      };
  }
}

function sidesOf({ window, points, canary, baseline }: Compared): Sides {
  const sideBySide = window.canaryShare < 1;
  return {
    canary: points.filter((p) => p.arm === 'canary'),
    baseline: sideBySide ? points.filter((p) => p.arm === 'baseline') : window.history,
    sideBySide,
    figures: { canary, baseline },
  };
}

/**
 * Who is guilty, each channel once: whoever would be enough alone, or is not far behind the strongest. What people feel
 * most comes first; the slowest answers go without saying where all are slower.
 */
function guiltOf({ findings, evidence }: Decision, enough: number): Finding[] {
  const found = findings.filter((f) => f.matters && f.evidence >= Math.min(enough, evidence - FAR_BEHIND));
  const first = new Map(found.toReversed().map((finding) => [channelOf(finding), finding]));
  if (first.has(LATENCY)) first.delete(TAIL);
  const rank = (finding: Finding) => [ERRORS, LATENCY, TAIL].indexOf(channelOf(finding)) >>> 0;
  return [...first.values()].toSorted((a, b) => rank(a) - rank(b)).slice(0, MOST_NAMED);
}

/** Errors and latency are always told. */
function innocent(findings: readonly Finding[], sides: Sides): string[] {
  const guilty = findings.map(channelOf);
  return [
    ...(guilty.includes(ERRORS) ? [] : [errorsOf(sides)]),
    ...(guilty.includes(LATENCY) || guilty.includes(TAIL) ? [] : [latencyOf(sides, 'p95')]),
  ];
}

/** What else was compared: of error logs the core says a word even where nobody has read them. */
function restOf({ findings }: Decision, { canary }: Sides): string[] {
  const told: readonly string[] = [
    ERRORS,
    LATENCY,
    TAIL,
    ...(canary.some((p) => p.errorLogs !== undefined) ? [] : ['error logs']),
  ];
  const others = findings.filter((f) => !told.includes(channelOf(f)) && f.effect !== undefined);
  return [...new Set(others.map((f) => nameOf(channelOf(f))))];
}

/** Which changes of the error rate this much traffic hides, and how long twice the rate would take to show. */
function notKnowable(traffic: Traffic, minutes: number): string[] {
  const detectable = detectableRatio(traffic);
  if (detectable === undefined) return [say.unknowable(undefined, undefined), ...missing(traffic, minutes)];
  if (detectable <= 2) return [];
  const rate = rateOf(traffic);
  // Where the old version never failed, twice its rate is no measure.
  const known = traffic.baseline.x > 0;
  const target = known ? 2 : detectable / 2;
  const more = requestsToSee(target, traffic) / traffic.canary.n - 1;
  const what = known ? 'twice the old rate' : say.share(target * rate);
  return [
    say.unknowable(
      { rate: detectable * rate, times: known ? detectable : undefined },
      Number.isFinite(more) ? { what, minutes: more * minutes } : undefined,
    ),
  ];
}

/** How many requests a plain failure would take to show. */
function missing(traffic: Traffic, minutes: number): string[] {
  const target = Math.max(PLAIN_FAILURE.rate / rateOf(traffic), 2);
  const more = requestsToSee(target, traffic) - traffic.canary.n;
  if (!(more > 0 && Number.isFinite(more))) return [];
  const what = target > 2 ? PLAIN_FAILURE.words : 'twice the old rate';
  return [say.missing(what, more, (more / traffic.canary.n) * minutes)];
}

/** With its share of the traffic the canary should have had this many. */
function expected({ canaryShare: s }: JudgeWindow, others: number): number {
  return (others * s) / (1 - s);
}

/** Minutes that the figures cover. */
function minutesOf({ window, points }: Compared): number {
  const last = points.reduce((latest, p) => Math.max(latest, p.minute), window.from);
  return (last - window.from) / MINUTE_MS + 1;
}
