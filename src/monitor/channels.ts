import type { Figures } from '../plan/verdict.ts';
import { timesInterval } from './effects.ts';
import { ratioInterval, type Totals } from './errors.ts';
import { countOf, type Histogram, merge, quantile } from './histogram.ts';
import { type Finding, sumOf } from './judge/figures.ts';
import { isTail } from './judge/subjects.ts';
import type { Point } from './points.ts';
import * as say from './sentences.ts';

/** Both sides of the comparison. */
export interface Sides {
  readonly canary: readonly Point[];
  /** What served beside the canary, or before it where nothing does. */
  readonly baseline: readonly Point[];
  readonly sideBySide: boolean;
  readonly figures: { readonly canary: Figures; readonly baseline: Figures };
}

/** What the core compares, the borders of the latency's tail as one. */
export type Channel = string;

export const ERRORS: Channel = '5xx';
export const LATENCY: Channel = 'latency';
export const TAIL: Channel = 'tail';

export function channelOf({ channel }: Finding): Channel {
  return isTail(channel) ? TAIL : channel;
}

/** As it follows "something may be wrong with". */
export function nameOf(channel: Channel): string {
  return NAMES[channel] ?? channel;
}

const NAMES: Readonly<Record<Channel, string>> = {
  [ERRORS]: 'the errors',
  [LATENCY]: 'the latency',
  [TAIL]: 'the slowest answers',
  memory: 'the memory',
  cpu: 'the CPU',
  'error logs': 'the error log',
};

/** What a channel found, with how large it is. */
export function effectOf(finding: Finding, sides: Sides): string {
  switch (channelOf(finding)) {
    case ERRORS:
      return errorsOf(sides);
    case LATENCY:
      return slowerOf(sides);
    case TAIL:
      return slowAnswersOf(finding, sides);
    case 'error logs':
      return errorLogsOf(sides);
    default:
      return levelOf(finding, sides);
  }
}

/** Lines beyond those of failed requests. */
function errorLogsOf({ canary, baseline, figures }: Sides): string {
  const lines = (points: readonly Point[]) =>
    sumOf(points, (p) => Math.max(0, (p.errorLogs ?? 0) - p.errors));
  const logs = {
    canary: { n: figures.canary.requests, x: lines(canary) },
    baseline: { n: figures.baseline.requests, x: lines(baseline) },
  };
  return say.errorLogs(logs, ratioInterval(logs));
}

/** Memory, CPU and the team's own metrics: their mean, or their sum for each request where they count something. */
function levelOf({ channel, effect }: Finding, { canary, baseline, sideBySide }: Sides): string {
  const read = (p: Point) => (channel === 'memory' || channel === 'cpu' ? p[channel] : p.custom?.[channel]);
  const mean = (points: readonly Point[]) => {
    const values = points.flatMap((p) => read(p) ?? []);
    return values.length === 0 ? undefined : sumOf(values, (value) => value) / values.length;
  };
  const both = [mean(canary), mean(baseline)] as const;
  // Only of memory is the unit known; a team's own counts grow with the share of the traffic.
  const known = channel === 'memory' && both[0] !== undefined && both[1] !== undefined;
  const isLevel = channel === 'memory' || channel === 'cpu';
  return say.level(
    isLevel ? nameOf(channel).replace('the ', '') : channel,
    known ? { canary: say.megabytes(both[0] ?? 0), baseline: say.megabytes(both[1] ?? 0) } : undefined,
    isLevel ? timesInterval(canary, baseline, mean, sideBySide) : undefined,
    effect,
  );
}

export function errorsOf(sides: Sides): string {
  const { canary, baseline } = sides.figures;
  return say.errors(canary, baseline, ratioInterval(totalsOf(sides)));
}

export function latencyOf(sides: Sides, first: 'p50' | 'p95'): string {
  const at = (points: readonly Point[]) => quantile(latencies(points), first === 'p50' ? 0.5 : 0.95);
  const { figures, canary, baseline, sideBySide } = sides;
  return say.latency(
    figures.canary,
    figures.baseline,
    timesInterval(canary, baseline, at, sideBySide),
    first,
  );
}

function slowerOf(sides: Sides): string {
  return `Slower: ${latencyOf(sides, 'p50')}`;
}

/** How many answers took longer than the border that the channel is named after. */
function slowAnswersOf({ channel }: Finding, sides: Sides): string {
  const { canary, baseline } = sides;
  const both = { canary: latencies(canary), baseline: latencies(baseline) };
  const wanted = quantile(both.baseline, Number.parseFloat(channel.slice(1)) / 100) ?? 0;
  const borders = both.canary.bounds.filter((bound) => both.baseline.bounds.includes(bound));
  const border = borders.toSorted((a, b) => Math.abs(a - wanted) - Math.abs(b - wanted))[0] ?? wanted;
  const over = { canary: countOver(both.canary, border), baseline: countOver(both.baseline, border) };
  // A slowdown beyond all that was usual leaves no body to compare.
  if (over.canary.x > over.canary.n / 2) return slowerOf(sides);
  return say.slowAnswers(border, over, ratioInterval(over));
}

function countOver(histogram: Histogram, border: number): { n: number; x: number } {
  const from = histogram.bounds.indexOf(border) + 1;
  return { n: countOf(histogram), x: sumOf(histogram.counts.slice(from), (count) => count) };
}

function latencies(points: readonly Point[]): Histogram {
  return merge(points.map((p) => p.latency));
}

export function totalsOf({ figures: { canary, baseline } }: Sides): Totals {
  return {
    canary: { n: canary.requests, x: canary.errors },
    baseline: { n: baseline.requests, x: baseline.errors },
  };
}
