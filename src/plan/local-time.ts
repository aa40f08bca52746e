import { IANAZone } from 'luxon';
import { DAY, MINUTE } from './duration.ts';

/**
 * What clocks on the wall show, as the milliseconds since the epoch at which clocks in Greenwich show it. Sums of days
 * are exact there, as no hour is missing or twice.
 */
export type WallTime = number;

/** @param zone an IANA name that is known here. */
export function wallTime(instant: number, zone: string): WallTime {
  return instant + offset(instant, zone);
}

/**
 * When clocks show it. A time that is twice is the first; one that is skipped comes as much later as clocks are put
 * forward.
 */
export function instantOf(wall: WallTime, zone: string): number {
  // No zone changes twice within two days.
  const before = wall - offset(wall - DAY, zone);
  const after = wall - offset(wall + DAY, zone);
  const shown = [before, after].filter((instant) => wallTime(instant, zone) === wall);
  return shown.length > 0 ? Math.min(...shown) : before;
}

/** Midnight of its day. */
export function startOfDay(wall: WallTime): WallTime {
  return Math.floor(wall / DAY) * DAY;
}

/** "09:30" as milliseconds after midnight. */
export function sinceMidnight(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return (hours * 60 + minutes) * MINUTE;
}

function offset(instant: number, zone: string): number {
  return IANAZone.create(zone).offset(instant) * MINUTE;
}
