import { DateTime, IANAZone } from 'luxon';
import type { Schedule } from './schedule.ts';

const MINUTE = 60_000;
/** Days looked through: "1 of february" may be a year away, "29 of february" eight, around a century's end. */
const FURTHEST = 8 * 366 + 1;

/**
 * The first moment after `after` at which a job is due, in milliseconds since the epoch; undefined when that is never
 * ("31 of february"). A local time that summer time leaves out counts as the one an hour later; of one that comes
 * twice, the first counts.
 * @param zone IANA name of the zone in which times of day are meant
 * @param last when the job was made or last ran, from which plain intervals are counted
 */
export function nextFiring(
  schedule: Schedule,
  zone: string,
  after: number,
  last: number,
): number | undefined {
  switch (schedule.kind) {
    case 'interval': {
      const period = schedule.minutes * MINUTE;
      return last + Math.max(1, Math.floor((after - last) / period) + 1) * period;
    }
    case 'window':
      return inWindow(schedule, zone, after);
    case 'days':
      return onDays(schedule, zone, after);
  }
}

/** Whether it is the name of a zone whose rules are known. */
export function isZone(name: string): boolean {
  return IANAZone.isValidZone(name);
}

type Window = Extract<Schedule, { kind: 'window' }>;

/** A window that ends before it begins reaches into the next day, so it may have begun yesterday. */
function inWindow({ minutes, from, to }: Window, zone: string, after: number): number | undefined {
  const today = DateTime.fromMillis(after, { zone }).startOf('day');
  for (let day = -1; day <= 1; day++) {
    const date = today.plus({ days: day });
    const first = atMinute(date, from);
    const end = atMinute(to < from ? date.plus({ days: 1 }) : date, to);
    const steps = Math.max(0, Math.floor((after - first) / (minutes * MINUTE)) + 1);
    const next = first + steps * minutes * MINUTE;
    if (next <= end) return next;
  }
  return undefined;
}

function onDays(
  schedule: Extract<Schedule, { kind: 'days' }>,
  zone: string,
  after: number,
): number | undefined {
  const today = DateTime.fromMillis(after, { zone }).startOf('day');
  for (let day = 0; day < FURTHEST; day++) {
    const date = today.plus({ days: day });
    if (!falls(schedule, date)) continue;
    const at = atMinute(date, schedule.at);
    if (at > after) return at;
  }
  return undefined;
}

function falls(schedule: Extract<Schedule, { kind: 'days' }>, date: DateTime): boolean {
  if (!schedule.months.has(date.month)) return false;
  if (schedule.by === 'date') return schedule.dates.has(date.day);
  return schedule.days.has(date.weekday) && schedule.ordinals.has(Math.ceil(date.day / 7));
}

function atMinute(date: DateTime, minute: number): number {
  return date.set({ hour: Math.floor(minute / 60), minute: minute % 60 }).toMillis();
}
