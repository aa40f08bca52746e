import { DAY, MINUTE } from './duration.ts';

const formats = new Map<string, Intl.DateTimeFormat>();

/**
 * What clocks on the wall show, as the milliseconds since the epoch at which clocks in Greenwich show it. Sums of days
 * are exact there, as no hour is missing or twice.
 */
export type WallTime = number;

/** @param zone an IANA name that is known here. */
export function wallTime(instant: number, zone: string): WallTime {
  return instant + offset(instant, zone);
}

/** When clocks first show it. A time that is skipped comes as much later as clocks are put forward. */
export function instantOf(wall: WallTime, zone: string): number {
  return Math.min(...instantsOf(wall, zone));
}

/** When clocks last show it; else as {@link instantOf}. */
export function lastInstantOf(wall: WallTime, zone: string): number {
  return Math.max(...instantsOf(wall, zone));
}

/** One, or two where clocks are put back. */
function instantsOf(wall: WallTime, zone: string): number[] {
  // No zone changes twice within two days.
  const before = wall - offset(wall - DAY, zone);
  const after = wall - offset(wall + DAY, zone);
  if (before === after) return [before];
  const shown = [before, after].filter((instant) => wallTime(instant, zone) === wall);
  return shown.length > 0 ? shown : [before];
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

/** Milliseconds. Asked of Intl directly, as luxon takes ten times as long, and a first look asks for thousands. */
function offset(instant: number, zone: string): number {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' });
    formats.set(zone, format);
  }
  const [, sign, hours = 0, minutes = 0] = /GMT(?:([+-])(\d\d):(\d\d))?/.exec(format.format(instant)) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * MINUTE;
}
