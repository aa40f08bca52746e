import { enoughFor } from '../judge/budget.ts';

/** The evidence at which a window is bad, and what it was taken from. */
export interface Threshold {
  /** Share of the healthy windows that may be called bad, 0 to 1. */
  readonly budget: number;
  /** Nats. */
  readonly enough: number;
  /** `simulation` also where the service's own windows are enough and ask for no more. */
  readonly from: 'simulation' | 'own-past';
  /** Healthy windows of the service that were judged again. */
  readonly windows: number;
  /** How many it takes before they have a say. */
  readonly needed: number;
}

/** Shares that a plan may name. The service's own past has no say before it can tell of the largest. */
const BUDGETS = { least: 0.001, largest: 0.05 } as const;

/**
 * The threshold for a share of false alarms. The service's own healthy windows have a say by the split-conformal quantile
 * of their peaks (Vovk; Lei et al. 2018): rank ⌈(n + 1)(1 - budget)⌉ of n, exceeded by the next healthy window with
 * probability `budget` at most if it is drawn as they were. That rank exists from n = 1 / budget - 1 on; with fewer, but
 * enough for the largest budget, it is the highest peak, so that who bears less has no lower threshold.
 *
 * They only raise what the simulation says: a healthy window that the judge called bad was mostly rolled back and is not
 * among them, so that their own quantile is too low rather than too high. And they raise it no further than to the least
 * budget's: a version that was worse and let out all the same counts among them, and must not blind the judge.
 * @param budget 0.001 to 0.05. @param peaks of healthy windows, in nats, in any order.
 */
export function thresholdFor(budget: number, peaks: readonly number[]): Threshold {
  const simulated = enoughFor(budget);
  const windows = peaks.length;
  const known = { budget, windows, needed: windowsNeeded(budget) };
  const rank = Math.min(windows, Math.ceil((windows + 1) * (1 - budget) - ROUNDING));
  const own = peaks.toSorted((a, b) => a - b)[rank - 1];
  if (windows < windowsNeeded(BUDGETS.largest) || own === undefined || own < simulated) {
    return { ...known, enough: simulated, from: 'simulation' };
  }
  // A window is bad from the threshold on, and this one is not to be.
  const enough = Math.max(simulated, Math.min(own + STEP, enoughFor(BUDGETS.least)));
  return { ...known, enough, from: 'own-past' };
}

/** Healthy windows that it takes before a share of false alarms can be told from them. */
export function windowsNeeded(budget: number): number {
  return Math.ceil(1 / budget - 1 - ROUNDING);
}

/** 1 / 0.01 - 1 is 99, whatever the last bits say. */
const ROUNDING = 1e-9;
/** Nats; less than anybody prints. */
const STEP = 1e-6;

/** "at most 1 % (simulated; it has 12 of the 99 windows that its own past takes)". */
export function sayThreshold({ budget, from, windows, needed }: Threshold): string {
  const share = `at most ${Number((budget * 100).toPrecision(3))} %`;
  if (from === 'own-past') return `${share} (by ${windows} windows of its own past)`;
  if (windows >= needed) return `${share} (simulated; ${windows} windows of its own past agree)`;
  return `${share} (simulated; it has ${windows} of the ${needed} windows that its own past takes)`;
}
