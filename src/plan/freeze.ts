import { DAY } from './duration.ts';
import { instantOf, sinceMidnight, startOfDay, wallTime } from './local-time.ts';
import { type FreezeWindow, WEEKDAYS } from './terms.ts';

/** Windows that follow on one another without an end are told to end after this. */
const FORESIGHT = 366 * DAY;

/**
 * The freeze in force, if there is one: its reason, and when releases are let out again. Windows that overlap or adjoin
 * count as one; `until` is at most about a year ahead.
 * @param now as `until` in milliseconds since the epoch.
 */
export function freezeAt(
  windows: readonly FreezeWindow[],
  now: number,
): { readonly why: string; readonly until: number } | undefined {
  const inForce = windows.find((window) => endOf(window, now) !== undefined);
  if (!inForce) return undefined;
  let until = now;
  while (until - now < FORESIGHT) {
    const ends = windows.flatMap((window) => endOf(window, until) ?? []);
    if (ends.length === 0) break;
    until = Math.max(...ends);
  }
  return { why: inForce.why, until };
}

/** When a window ends that is in force at this instant; undefined while it is not. */
function endOf(window: FreezeWindow, instant: number): number | undefined {
  const spans = window.kind === 'dates' ? [spanOfDates(window)] : spansNear(window, instant);
  const ends = spans.filter(([from, to]) => from <= instant && instant < to).map(([, to]) => to);
  return ends.length === 0 ? undefined : Math.max(...ends);
}

type Span = readonly [from: number, to: number];

function spanOfDates({ from, to, zone }: Extract<FreezeWindow, { kind: 'dates' }>): Span {
  const end = to.includes('T') ? wall(to) : wall(to) + DAY;
  return [instantOf(wall(from), zone), instantOf(end, zone)];
}

/** What clocks show at "2026-12-24" or "2026-12-24T18:00". */
function wall(date: string): number {
  return Date.parse(date.includes('T') ? `${date}Z` : `${date}T00:00Z`);
}

/** Those that begin on the days around; none is longer than a day. */
function spansNear(window: Extract<FreezeWindow, { kind: 'weekly' }>, instant: number): Span[] {
  const { days, zone } = window;
  const [from, to] = [sinceMidnight(window.from), sinceMidnight(window.to)];
  const today = startOfDay(wallTime(instant, zone));
  return [today - DAY, today, today + DAY]
    .filter((day) => days.some((name) => name === weekday(day)))
    .map((day) => [instantOf(day + from, zone), instantOf(day + (to > from ? to : to + DAY), zone)]);
}

function weekday(wall: number) {
  // The epoch was a Thursday.
  return WEEKDAYS[(wall / DAY + 3) % 7];
}
