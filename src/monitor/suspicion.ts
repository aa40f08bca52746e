import { DOUBT, ENOUGH } from './judge/constants.ts';
import { type JudgeWindow, prepareWindow } from './judge.ts';
import { MINUTE_MS, type Point } from './points.ts';

/** How far the judge came minute by minute, in nats, and where it would say what. */
export interface Suspicion {
  /** Oldest first; `at` is the end of the last minute that was known. */
  readonly course: readonly { readonly at: number; readonly nats: number }[];
  /** From here on a window is bad; above the other it is not good. */
  readonly bad: number;
  readonly doubt: number;
}

/** A look takes some milliseconds, and people wait for the picture. */
const MOST_LOOKS = 24;

/**
 * What the judge would have said at each minute, of all that is known by now of the minutes before it: figures came late
 * then, so its own looks may have said it later. Undefined where it has nothing to go by.
 */
export function suspicionOver(window: JudgeWindow, points: readonly Point[]): Suspicion | undefined {
  const decide = prepareWindow(window, points);
  const minutes = [...new Set(points.map((p) => p.minute))].toSorted((a, b) => a - b);
  const every = Math.ceil(minutes.length / MOST_LOOKS);
  const looks = minutes.filter((_, i) => (minutes.length - 1 - i) % every === 0);
  const control = (some: readonly Point[]) => some.some((p) => p.arm === 'baseline');
  const course = looks.flatMap((minute) => {
    const known = points.filter((p) => p.minute <= minute);
    if (!control(window.canaryShare < 1 ? known : window.history)) return [];
    const { kind, evidence } = decide(known);
    return kind === 'no-data' || kind === 'unreached' ? [] : [{ at: minute + MINUTE_MS, nats: evidence }];
  });
  if (course.length === 0) return undefined;
  const bad = window.enough ?? ENOUGH;
  return { course, bad, doubt: Math.min(DOUBT, bad) };
}
