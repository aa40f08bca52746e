import type { PointLine } from '../../../src/monitor/judge/protocol.ts';
import type { Header } from '../wire.ts';
import { errorRate, latency, openFigures, requestsOf } from './figures.ts';
import { shiftOf } from './mann-whitney.ts';
import type { Peer } from './peer.ts';

export type Label = 'Pass' | 'High' | 'Low' | 'Nodata';
export type Direction = 'increase' | 'decrease';

/** Normal quantile of the judge's confidence, 98 % two-sided (NetflixACAJudge). */
const Z = 2.3263;
/** The interval must clear this part of the estimated shift (MannWhitneyClassifier). */
const FRACTION = 0.25;
/** Usual thresholds of a canary config: one that is as bad ends it at any look; less than the other fails it at the last. */
const MARGINAL = 75;
const PASS = 95;

/**
 * One metric, one value a minute; NaN is left out (nanStrategy "remove"), and what is empty then has no data. High when
 * the interval of the shift lies above a quarter of the shift itself and the means differ that way, which by default
 * any difference does; a ratio of means that is no number is not asked (kayenta, MannWhitneyClassifier.scala).
 */
export function classify(canary: readonly number[], baseline: readonly number[], bad: Direction): Label {
  const x = canary.filter((value) => !Number.isNaN(value));
  const y = baseline.filter((value) => !Number.isNaN(value));
  if (x.length === 0 || y.length === 0) return 'Nodata';
  if (x.length === y.length && x.every((value, i) => value === y[i])) return 'Pass';
  const { low, high, estimate } = shiftOf(x, y, Z);
  const margin = FRACTION * Math.abs(estimate);
  const [of, against] = [mean(x), mean(y)];
  const ratio = of === 0 || against === 0 ? Number.NaN : of / against;
  if (bad === 'increase' && low > margin && !(ratio < 1)) return 'High';
  if (bad === 'decrease' && high < -margin && !(ratio > 1)) return 'Low';
  return 'Pass';
}

/**
 * Percentage of the metrics of one group that pass, those without data left out; 100 when none has any. But where half
 * of them or more have none the whole scores 0 (WeightedSumScorer.scala, NetflixACAJudge.scala).
 */
export function scoreOf(labels: readonly Label[]): number {
  const known = labels.filter((label) => label !== 'Nodata');
  if ((labels.length - known.length) * 2 >= labels.length) return 0;
  return (100 * known.filter((label) => label === 'Pass').length) / known.length;
}

export interface KayentaOptions {
  /** Minutes between two looks; the last is at the end. */
  readonly every: number;
  /** What a config would name; all weigh the same. */
  readonly signals: readonly Signal[];
}

/** The last look must pass; any other must only be better than marginal. */
export function kayenta({ every, signals }: KayentaOptions): Peer {
  return (header) => {
    const figures = openFigures(header);
    return (tick) => {
      figures.take(tick);
      const last = tick.t >= header.durationMin;
      if (!last && (tick.t % every !== 0 || figures.end(tick.t) === undefined)) return 'continue';
      const [canary, baseline] = [figures.points('canary', 0, tick.t), figures.points('baseline', 0, tick.t)];
      const labels = signals.flatMap((signal) =>
        signal(header).map(({ value, bad }) => classify(canary.map(value), baseline.map(value), bad)),
      );
      const score = scoreOf(labels);
      if (last) return score >= PASS ? 'promote' : 'rollback';
      return score <= MARGINAL ? 'rollback' : 'continue';
    };
  };
}

interface Metric {
  readonly value: (point: PointLine) => number;
  readonly bad: Direction;
}

type Signal = (header: Header) => readonly Metric[];

function increase(value: (point: PointLine) => number): Metric[] {
  return [{ value, bad: 'increase' }];
}

/** Shares are in per cent: the solver's tolerance is absolute. */
export const USUAL_SIGNALS: readonly Signal[] = [
  () => increase((p) => 100 * errorRate([p])),
  (header) => increase((p) => latency(header, [p], 0.5)),
  (header) => increase((p) => latency(header, [p], 0.99)),
  () => increase((p) => p.cpu ?? Number.NaN),
  () => increase((p) => p.mem ?? Number.NaN),
];

/** Everything that the other judges are given, too. */
export const ALL_SIGNALS: readonly Signal[] = [
  ...USUAL_SIGNALS,
  () => increase((p) => (100 * (p.errlog ?? 0)) / requestsOf([p])),
  ({ directions }) =>
    Object.entries(directions).map(([name, direction]) => ({
      value: (p) => (100 * (p.custom?.[name] ?? 0)) / requestsOf([p]),
      bad: direction === 'decrease_bad' ? 'decrease' : 'increase',
    })),
];

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
