import { wilson } from '../errors.ts';
import { enoughFor, FALSE_ALARM } from '../judge/budget.ts';
import { type Threshold, thresholdFor } from './threshold.ts';

/** Shares of false alarms that are tried besides the judge's own measure. */
const BUDGETS: readonly number[] = [0.05, 0.02, 0.01, 0.005, 0.002];

/** How many of so many windows reached a threshold. Rates are 0 to 1, with Wilson's interval of 95 %. */
export interface Tally {
  readonly alarms: number;
  readonly windows: number;
  readonly rate: number;
  readonly low: number;
  readonly high: number;
}

export interface CalibrationRow {
  /** Share of simulated healthy windows that are called bad at this threshold. */
  readonly falseAlarm: number;
  /** Nats. */
  readonly enough: number;
  /** Windows of versions that turned out to be sound; absent without any. */
  readonly healthy?: Tally;
  /** The old version against itself; absent without any. */
  readonly itself?: Tally;
  /** What a plan with this `falseAlarm` goes by. */
  readonly inForce: Threshold;
}

export interface Calibration {
  readonly service: string;
  readonly rows: readonly CalibrationRow[];
  /** The row of a plan that names no `falseAlarm`. */
  readonly usual: CalibrationRow;
}

/**
 * What the judge would have called bad at several thresholds.
 * @param healthy peaks of the service's healthy windows, in nats. @param itself those of the old version against itself.
 */
export function calibrate(
  service: string,
  healthy: readonly number[],
  itself: readonly number[],
): Calibration {
  const usual = rowOf(FALSE_ALARM, healthy, itself);
  const others = BUDGETS.filter((budget) => budget !== FALSE_ALARM);
  const rows = [usual, ...others.map((budget) => rowOf(budget, healthy, itself))];
  return { service, usual, rows: rows.toSorted((a, b) => b.falseAlarm - a.falseAlarm) };
}

function rowOf(falseAlarm: number, healthy: readonly number[], itself: readonly number[]): CalibrationRow {
  const enough = enoughFor(falseAlarm);
  const [side, past] = [tally(healthy, enough), tally(itself, enough)];
  const inForce = thresholdFor(falseAlarm, healthy);
  return { falseAlarm, enough, ...(side && { healthy: side }), ...(past && { itself: past }), inForce };
}

function tally(peaks: readonly number[], enough: number): Tally | undefined {
  const windows = peaks.length;
  if (windows === 0) return undefined;
  const alarms = peaks.filter((peak) => peak >= enough).length;
  return { alarms, windows, rate: alarms / windows, ...wilson(alarms, windows) };
}

/** The share that no number of alarms shows to be undercut by so many windows: the interval's end when there was none. */
export function leastShown(windows: number): number {
  return wilson(0, windows).high;
}
