import { nearest } from './nearest.ts';

/** "09:30", from 00:00 to 23:59. */
export const TIME_OF_DAY = /^([01]\d|2[0-3]):[0-5]\d$/;

export function isTimeOfDay(text: string): boolean {
  return TIME_OF_DAY.test(text);
}

/** "2026-12-24" or "2026-12-24T18:00", and a day that exists. */
export function isDate(text: string): boolean {
  const [day = '', time] = text.split('T');
  if (!/^\d{4}-\d\d-\d\d$/.test(day) || (time !== undefined && !isTimeOfDay(time))) return false;
  // A day too many spills into the next month.
  const date = new Date(`${day}T00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}

/** Whether this machine knows a time zone of that name. */
export function isZone(name: string): boolean {
  // The default, which is not worth the tens of milliseconds that the first question to Intl takes.
  if (name === 'UTC') return true;
  // Offsets such as +02:00 know no summer time, and not every version of Node takes them.
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** The zone that somebody who wrote `name` most likely meant: its city will do. */
export function nearestZone(name: string): string | undefined {
  const zones = ['UTC', ...Intl.supportedValuesOf('timeZone')];
  const city = `/${name.trim().replaceAll(' ', '_').toLowerCase()}`;
  return zones.find((zone) => zone.toLowerCase().endsWith(city)) ?? nearest(name, zones);
}
