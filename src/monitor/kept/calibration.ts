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
  /** The healthy windows that it would have called bad, the worst first. */
  readonly alarms: readonly Peak[];
}

/** The most evidence against a version that a window had at any look, in nats. */
export interface Peak {
  /** Of the window's file. */
  readonly name: string;
  readonly evidence: number;
}

/**
 * What the judge would have called bad at several thresholds.
 * @param healthy the service's healthy windows. @param itself the old version against itself, in nats.
 */
export function calibrate(service: string, healthy: readonly Peak[], itself: readonly number[]): Calibration {
  const peaks = healthy.map(({ evidence }) => evidence);
  const usual = rowOf(FALSE_ALARM, peaks, itself);
  const others = BUDGETS.filter((budget) => budget !== FALSE_ALARM);
  const rows = [usual, ...others.map((budget) => rowOf(budget, peaks, itself))];
  const alarms = healthy
    .filter(({ evidence }) => evidence >= usual.enough)
    .toSorted((a, b) => b.evidence - a.evidence);
  return { service, usual, alarms, rows: rows.toSorted((a, b) => b.falseAlarm - a.falseAlarm) };
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
