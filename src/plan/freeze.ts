import { DAY } from './duration.ts';
import { instantOf, lastInstantOf, sinceMidnight, startOfDay, wallTime } from './local-time.ts';
import { type FreezeWindow, WEEKDAYS } from './terms.ts';

/** Windows that follow on one another for longer than this follow on one another for ever. */
const ROUND_THE_WEEK = 8 * DAY;

/** What local times are at most apart from what they would be without a change of clocks. */
const CHANGE = DAY / 8;

/**
 * The freeze in force, if there is one: its reason, and when releases are let out again. Windows that overlap or adjoin
 * count as one; where they go round the week without an end, `until` is about a week ahead. Where clocks are put back, a
 * window begins at the first of two equal times and ends at the last.
 * @param now as `until` in milliseconds since the epoch.
 */
export function freezeAt(
  windows: readonly FreezeWindow[],
  now: number,
): { readonly why: string; readonly until: number } | undefined {
  const inForce = windows.find((window) => endOf(window, now) !== undefined);
  if (!inForce) return undefined;
  const lastDate = windows.map((window) => (window.kind === 'dates' ? spanOfDates(window)[1] : now));
  const enough = Math.max(now, ...lastDate) + ROUND_THE_WEEK;
  let until = now;
  while (until < enough) {
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
  return [instantOf(wall(from), zone), lastInstantOf(end, zone)];
}

/** What clocks show at "2026-12-24" or "2026-12-24T18:00". */
function wall(date: string): number {
  return Date.parse(date.includes('T') ? `${date}Z` : `${date}T00:00Z`);
}

/** Those that begin on the days around; none is longer than a day. */
function spansNear(window: Extract<FreezeWindow, { kind: 'weekly' }>, instant: number): Span[] {
  const { days, zone } = window;
  const [from, to] = [sinceMidnight(window.from), sinceMidnight(window.to)];
  const wallNow = wallTime(instant, zone);
  const today = startOfDay(wallNow);
  return [today - DAY, today, today + DAY]
    .filter((day) => days.some((name) => name === weekday(day)))
    .map((day) => ({ begin: day + from, end: day + (to > from ? to : to + DAY) }))
    .filter(({ begin, end }) => begin - CHANGE <= wallNow && wallNow <= end + CHANGE)
    .map(({ begin, end }) => [instantOf(begin, zone), lastInstantOf(end, zone)]);
}

function weekday(wall: number) {
  // The epoch was a Thursday.
  return WEEKDAYS[(wall / DAY + 3) % 7];
}
