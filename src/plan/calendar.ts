import { DateTime } from 'luxon';
import { DAY, HOUR } from './duration.ts';
import { instantOf, sinceMidnight, startOfDay, type WallTime, wallTime } from './local-time.ts';
import type { Round } from './terms.ts';

type Rhythmic = Pick<Round, 'every' | 'for'>;

/**
 * The first due time of a round that is later than `after`; undefined when there are no more. Hours are counted from
 * `begun` on. Days, weeks, months and quarters are counted from its local date, and are due at `at`; months keep the day
 * of the month, or have their last day where they are too short for it.
 * @param begun when the rollout ended, as `after` in milliseconds since the epoch.
 * @param at a time of day such as "09:00", in `zone`, an IANA name.
 */
export function nextDue(
  round: Rhythmic,
  begun: number,
  after: number,
  at: string,
  zone: string,
): number | undefined {
  const rhythm = rhythmOf(round, begun, at, zone);
  const k = countUpTo(rhythm, after) + 1;
  return k > rhythm.last ? undefined : rhythm.due(k);
}

/** How many due times of a round are later than `after` and not later than `upTo`. All else as for {@link nextDue}. */
export function countDue(
  round: Rhythmic,
  begun: number,
  after: number,
  upTo: number,
  at: string,
  zone: string,
): number {
  const rhythm = rhythmOf(round, begun, at, zone);
  return Math.max(0, countUpTo(rhythm, upTo) - countUpTo(rhythm, after));
}

interface Rhythm {
  /** The due time number k, from 1 on; later for each k. */
  due(k: number): number;
  /** At least how many due times are not later than this, and at most a few too many. */
  reach(instant: number): number;
  /** How many there are in all. */
  readonly last: number;
}

function countUpTo(rhythm: Rhythm, instant: number): number {
  let k = Math.min(rhythm.last, rhythm.reach(instant));
  while (k > 0 && rhythm.due(k) > instant) k--;
  return Math.max(0, k);
}

function rhythmOf({ every, for: span }: Rhythmic, begun: number, at: string, zone: string): Rhythm {
  const first = startOfDay(wallTime(begun, zone));
  const time = sinceMidnight(at);
  const due = (day: WallTime) => instantOf(day + time, zone);
  switch (every) {
    case 'hour':
      return {
        due: (k) => begun + k * HOUR,
        reach: (instant) => Math.floor((instant - begun) / HOUR),
        last: wholes(span, HOUR),
      };
    case 'day':
    case 'week': {
      const unit = every === 'day' ? DAY : 7 * DAY;
      return {
        due: (k) => due(first + k * unit),
        // Where clocks are put back over midnight, a day's due time may come while it is the day before again.
        reach: (instant) => Math.floor((wallTime(instant, zone) - first) / unit) + 1,
        last: wholes(span, unit),
      };
    }
    case 'month':
    case 'quarter': {
      const months = every === 'month' ? 1 : 3;
      const rhythm = {
        due: (k: number) => due(monthsLater(first, k * months)),
        reach: (instant: number) => Math.floor(monthsBetween(first, wallTime(instant, zone)) / months) + 1,
        last: Number.POSITIVE_INFINITY,
      };
      return span === undefined ? rhythm : { ...rhythm, last: countUpTo(rhythm, begun + span) };
    }
  }
}

function wholes(span: number | undefined, unit: number): number {
  return span === undefined ? Number.POSITIVE_INFINITY : Math.floor(span / unit);
}

/** Counted from the first day each time, so that a short month does not shorten the next. */
function monthsLater(day: WallTime, months: number): WallTime {
  return DateTime.fromMillis(day, { zone: 'utc' }).plus({ months }).toMillis();
}

/** From the month of one to the month of the other. */
function monthsBetween(from: WallTime, to: WallTime): number {
  const [a, b] = [new Date(from), new Date(to)];
  return (b.getUTCFullYear() - a.getUTCFullYear()) * 12 + b.getUTCMonth() - a.getUTCMonth();
}
