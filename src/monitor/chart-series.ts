import { merge, quantile } from './histogram.ts';
import { MINUTE_MS, type Point } from './points.ts';

/** A place in the picture: minutes since the change, and a value, or none. */
export interface Place {
  readonly x: number;
  readonly y: number | null;
}

/** What is drawn of one side in one stretch of minutes. */
interface Bin {
  /** Middle of the stretch, in minutes since the change. */
  readonly x: number;
  readonly requests: number;
  readonly errors: number;
  readonly p95: number | undefined;
}

/** A percentage of fewer requests jumps from nothing to everything. */
const FEWEST_IN_BIN = 30;
const LENGTHS = [1, 2, 5, 10] as const;
/** Since the change there are at least so many. */
const FEWEST_BINS = 4;
/** More stretches than this would be narrower than the line. */
const MOST_BINS = 180;

/** What is drawn, and when the traffic was moved, in milliseconds since the epoch. */
export interface Span {
  readonly from: number;
  readonly to: number;
  readonly change: number;
}

/**
 * Minutes that are drawn as one: as many as it takes for the quieter side, in its usual minute, to have enough requests,
 * but some for the time since the change.
 */
export function binLength(points: readonly Point[], { from, to, change }: Span): number {
  const perMinute = (arm: Point['arm']) => {
    const own = points.filter((p) => p.arm === arm && p.minute >= change);
    return own.length === 0
      ? Number.POSITIVE_INFINITY
      : own.reduce((sum, p) => sum + p.requests, 0) / own.length;
  };
  const usual = Math.min(perMinute('canary'), perMinute('baseline'));
  const longest = (to - change) / MINUTE_MS / FEWEST_BINS;
  const fitting = LENGTHS.filter((n) => n === 1 || n <= longest);
  const length = fitting.find((n) => n * usual >= FEWEST_IN_BIN) ?? fitting.at(-1) ?? 1;
  return Math.max(length, Math.ceil((to - from) / MINUTE_MS / MOST_BINS));
}

export interface Lines {
  readonly errors: readonly Place[];
  readonly latency: readonly Place[];
}

/** One place for each stretch; one without requests is a gap and not a zero. */
export function linesOf(points: readonly Point[], arm: Point['arm'], span: Span, length: number): Lines {
  const bins = binsOf(
    points.filter((p) => p.arm === arm),
    span,
    length,
  );
  return {
    errors: bins.map(({ x, requests, errors }) => ({
      x,
      y: requests === 0 ? null : (100 * errors) / requests,
    })),
    latency: bins.map(({ x, p95 }) => ({ x, y: p95 ?? null })),
  };
}

/** Counted from the change, so that no stretch has minutes of both its sides. */
function binsOf(points: readonly Point[], { from, to, change }: Span, length: number): Bin[] {
  const step = length * MINUTE_MS;
  const first = Math.floor((from - change) / step);
  const last = Math.ceil((to - change) / step);
  const byBin = new Map<number, Point[]>();
  for (const point of points) {
    const i = Math.floor((point.minute - change) / step);
    const bin = byBin.get(i);
    if (bin) bin.push(point);
    else byBin.set(i, [point]);
  }
  return Array.from({ length: Math.max(0, last - first) }, (_, k) => {
    const i = first + k;
    const own = byBin.get(i) ?? [];
    return {
      x: (i + 0.5) * length,
      requests: own.reduce((sum, p) => sum + p.requests, 0),
      errors: own.reduce((sum, p) => sum + p.errors, 0),
      p95: quantile(merge(own.map((p) => p.latency)), 0.95),
    };
  });
}
