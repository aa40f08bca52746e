import type { Value } from './metrics.ts';
import type { Point } from './series.ts';

/** A value at a boundary between periods; slot 0 is the latest. */
export interface Slot {
  readonly slot: number;
  readonly value: Value;
}

/** What a percentage change is smoothed over, milliseconds (google.monitoring.v3.Aggregation.Aligner). */
const SMOOTHING = 10 * 60_000;

/** ALIGN_INTERPOLATE: the value on the line between the points around each boundary; none beyond the outermost. */
export function onLine(points: readonly Point[], period: number, end: number): Slot[] {
  return boundaries(points, period, end).flatMap(({ slot, at }) => {
    const before = points.findLast((point) => point.end <= at);
    const after = points.find((point) => point.end >= at);
    if (!before || !after) return [];
    const span = after.end - before.end;
    const share = span === 0 ? 0 : (at - before.end) / span;
    return [{ slot, value: Number(before.value) * (1 - share) + Number(after.value) * share }];
  });
}

/** ALIGN_PERCENT_CHANGE: by how much the mean of ten minutes differs from that of one period before, in percent. */
export function percentChange(points: readonly Point[], period: number, end: number): Slot[] {
  return boundaries(points, period, end).flatMap(({ slot, at }) => {
    const [current, previous] = [smoothed(points, at), smoothed(points, at - period)];
    if (current === undefined || previous === undefined) return [];
    const value = current === previous ? 0 : ((current - previous) / previous) * 100;
    return [{ slot, value }];
  });
}

function boundaries(points: readonly Point[], period: number, end: number): { slot: number; at: number }[] {
  const [first] = points;
  if (!first) return [];
  const count = Math.floor((end - first.end) / period) + 1;
  return Array.from({ length: Math.max(0, count) }, (_, slot) => ({ slot, at: end - slot * period }));
}

/** Values below 0 count as missing. */
function smoothed(points: readonly Point[], at: number): number | undefined {
  const values = points
    .filter((point) => point.end > at - SMOOTHING && point.end <= at)
    .map(({ value }) => Number(value))
    .filter((value) => value >= 0);
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}
