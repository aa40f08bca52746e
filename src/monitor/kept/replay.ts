import { setImmediate as otherWork } from 'node:timers/promises';
import { type JudgeWindow, prepareWindow } from '../judge.ts';
import { MINUTE_MS, type Point } from '../points.ts';
import type { KeptWindow } from './kept-window.ts';

export interface Replayable {
  readonly window: JudgeWindow;
  readonly points: readonly Point[];
}

/**
 * The most evidence against the new version, in nats, that any minute's look at the window shows: a judge with a
 * threshold up to this would have called it bad. Undefined where there was nothing to compare. Other work gets its turn
 * between two looks.
 */
export async function peakOf(
  { window, points }: Replayable,
  signal?: AbortSignal,
): Promise<number | undefined> {
  const decide = prepareWindow(window, points);
  let peak: number | undefined;
  for (let minute = 1; minute <= window.durationMin; minute++) {
    const seen = points.filter((p) => p.minute < window.from + minute * MINUTE_MS);
    if (!isComparable(window, seen)) continue;
    const { reached } = decide(seen);
    if (reached !== undefined) peak = Math.max(peak ?? reached, reached);
    await otherWork();
    signal?.throwIfAborted();
  }
  return peak;
}

/** Whether both sides answered anything in these minutes. */
export function isComparable({ canaryShare, history }: JudgeWindow, seen: readonly Point[]): boolean {
  const control = canaryShare < 1 ? seen.filter((p) => p.arm === 'baseline') : history;
  return seen.some((p) => p.arm === 'canary' && p.requests > 0) && control.some((p) => p.requests > 0);
}

/** Of the hour before a rollout: what the second half is compared with. */
const HALF_MIN = 30;

/**
 * The old version against itself: its last half hour before the rollout in the place of a new version, the half hour
 * before that as its past. Nothing was released, so that every alarm is a false one, and no verdict had a say in which
 * windows are there. It tells of comparisons with the past alone, as at the last step: two versions side by side differ
 * in ways that one divided at random does not, so that nothing is divided here. Undefined for later steps, whose hour
 * before has the new version in it, and where a half hour has no figures.
 */
export function oldAgainstItself({ step, window }: KeptWindow): Replayable | undefined {
  if (step > 0) return undefined;
  const { carried: _, ...asked } = window;
  const from = window.from - HALF_MIN * MINUTE_MS;
  const history = window.history.filter((p) => p.minute < from);
  const points = window.history.filter((p) => p.minute >= from).map((p): Point => ({ ...p, arm: 'canary' }));
  if (history.length === 0 || points.length === 0) return undefined;
  return { window: { ...asked, from, canaryShare: 1, durationMin: HALF_MIN, history }, points };
}
