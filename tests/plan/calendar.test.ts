import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, test } from 'vitest';
import { countDue, nextDue } from '../../src/plan/calendar.ts';
import { DAY, HOUR, MINUTE } from '../../src/plan/duration.ts';
import type { Rhythm, Round } from '../../src/plan/terms.ts';
import { someInstant, someTime, someZone } from './times.ts';

type Rhythmic = Pick<Round, 'every' | 'for'>;

/** The first due times of a round, at most `limit`. */
function dueTimes(round: Rhythmic, begun: number, at: string, zone: string, limit: number): number[] {
  const times: number[] = [];
  let due = nextDue(round, begun, begun, at, zone);
  while (due !== undefined && times.length < limit) {
    times.push(due);
    due = nextDue(round, begun, due, at, zone);
  }
  return times;
}

const utc = (iso: string) => DateTime.fromISO(iso, { zone: 'utc' }).toMillis();
const inUtc = (instant: number) => new Date(instant).toISOString().slice(0, 16);

describe('examples', () => {
  test.each<[string, Rhythm, string, string, string, string[]]>([
    [
      'hours do not care for clocks',
      'hour',
      '2026-10-24T23:20',
      '09:00',
      'Europe/Berlin',
      ['2026-10-25T00:20', '2026-10-25T01:20', '2026-10-25T02:20'],
    ],
    [
      'a day of 23 hours',
      'day',
      '2027-03-26T20:00',
      '09:00',
      'Europe/Berlin',
      ['2027-03-27T08:00', '2027-03-28T07:00', '2027-03-29T07:00'],
    ],
    [
      'a day of 25 hours',
      'day',
      '2026-10-23T20:00',
      '09:00',
      'Europe/Berlin',
      ['2026-10-24T07:00', '2026-10-25T08:00', '2026-10-26T08:00'],
    ],
    [
      'a time that is skipped',
      'day',
      '2027-03-27T12:00',
      '02:30',
      'Europe/Berlin',
      ['2027-03-28T01:30', '2027-03-29T00:30'],
    ],
    [
      'a time that is twice',
      'day',
      '2026-10-24T12:00',
      '02:30',
      'Europe/Berlin',
      ['2026-10-25T00:30', '2026-10-26T01:30'],
    ],
    [
      'a midnight that is skipped',
      'day',
      '2027-03-13T12:00',
      '00:00',
      'America/Havana',
      ['2027-03-14T05:00', '2027-03-15T04:00'],
    ],
    [
      'clocks put forward by half an hour',
      'day',
      '2026-10-03T01:00',
      '02:15',
      'Australia/Lord_Howe',
      ['2026-10-03T15:45', '2026-10-04T15:15'],
    ],
    [
      'the local date counts, not that of Greenwich',
      'day',
      '2026-06-01T20:00',
      '09:00',
      'Asia/Tokyo',
      ['2026-06-03T00:00'],
    ],
    ['weeks', 'week', '2026-10-20T08:00', '09:00', 'Europe/London', ['2026-10-27T09:00', '2026-11-03T09:00']],
    [
      'the last day of a month, without drifting',
      'month',
      '2027-01-31T08:00',
      '09:00',
      'UTC',
      ['2027-02-28T09:00', '2027-03-31T09:00', '2027-04-30T09:00', '2027-05-31T09:00'],
    ],
    ['a leap year', 'month', '2028-01-30T08:00', '09:00', 'UTC', ['2028-02-29T09:00', '2028-03-30T09:00']],
    [
      'quarters',
      'quarter',
      '2026-11-30T08:00',
      '09:00',
      'America/New_York',
      ['2027-02-28T14:00', '2027-05-30T13:00', '2027-08-30T13:00'],
    ],
  ])('%s', (_, every, begun, at, zone, due) => {
    expect(dueTimes({ every }, utc(begun), at, zone, due.length).map(inUtc)).toEqual(due);
  });

  test.each<[Rhythm, number, number]>([
    ['hour', 24 * HOUR, 24],
    ['hour', 90 * MINUTE, 1],
    ['day', 7 * DAY, 7],
    ['week', 27 * DAY, 3],
    ['month', 365 * DAY, 12],
    ['month', 30 * DAY, 0],
    ['quarter', 365 * DAY, 4],
  ])('every %s for %d ms comes %d times', (every, span, times) => {
    const begun = utc('2027-01-15T08:00');
    const round = { every, for: span };
    expect(dueTimes(round, begun, '07:00', 'UTC', 100)).toHaveLength(times);
    expect(countDue(round, begun, begun, Number.MAX_SAFE_INTEGER / 2, '07:00', 'UTC')).toBe(times);
  });

  test('a century of hours is counted as fast as a day of them', () => {
    const century = 36_525 * DAY;
    expect(countDue({ every: 'hour' }, 0, 0, century, '09:00', 'UTC')).toBe(36_525 * 24);
    expect(nextDue({ every: 'hour' }, 0, century, '09:00', 'UTC')).toBe(century + HOUR);
  });
});

const someRound: fc.Arbitrary<Rhythmic> = fc.record(
  {
    every: fc.constantFrom('hour', 'day', 'week', 'month', 'quarter'),
    for: fc.integer({ min: 1, max: 800 }).map((days) => days * DAY),
  },
  { requiredKeys: ['every'] },
);
const LIMIT = 60;

describe('properties', () => {
  test('due times climb, and after a downtime the count is how many of them were missed', () => {
    fc.assert(
      fc.property(
        someRound,
        someInstant,
        someTime,
        someZone,
        fc.integer({ min: -30, max: 900 }),
        fc.integer({ min: 0, max: 900 }),
        (round, begun, at, zone, slept, woke) => {
          const times = dueTimes(round, begun, at, zone, LIMIT);
          expect(times).toEqual(times.toSorted((a, b) => a - b));
          expect(new Set(times).size).toBe(times.length);
          for (const time of times) expect(time).toBeGreaterThan(begun);

          const unit = { hour: HOUR, day: DAY, week: 7 * DAY, month: DAY * 30, quarter: DAY * 90 }[
            round.every
          ];
          const from = begun + (slept * unit) / 30;
          const to = from + (woke * unit) / 30;
          const missed = times.filter((time) => time > from && time <= to);
          // Beyond the list there may be more.
          if (to >= (times[LIMIT - 1] ?? Number.POSITIVE_INFINITY)) return;
          expect(countDue(round, begun, from, to, at, zone)).toBe(missed.length);
          expect(nextDue(round, begun, from, at, zone)).toBe(times.find((time) => time > from));
        },
      ),
      { numRuns: 300 },
    );
  });

  test('days and longer rhythms come on their dates, at their time wherever clocks show it', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<Rhythm>('day', 'week', 'month', 'quarter'),
        someInstant,
        someTime,
        someZone,
        (every, begun, at, zone) => {
          const from = DateTime.fromMillis(begun, { zone });
          for (const [i, due] of dueTimes({ every }, begun, at, zone, 30).entries()) {
            const shown = DateTime.fromMillis(due, { zone });
            expect(shown.toISODate()).toBe(dateAfter(from, every, i + 1));
            if (shown.toFormat('HH:mm') !== at) expect(skipped(shown, at)).toBe(true);
            // Clocks are put back by 30 minutes or by hours: what they show now they did not show then.
            for (const earlier of [30, 60, 120]) {
              const then = DateTime.fromMillis(due - earlier * MINUTE, { zone });
              expect(then.toFormat('yyyy-MM-dd HH:mm')).not.toBe(shown.toFormat('yyyy-MM-dd HH:mm'));
            }
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});

/** The date a number of units later, by counting on a calendar sheet. */
function dateAfter(from: DateTime, every: Rhythm, units: number): string {
  if (every === 'day' || every === 'week') {
    const date = new Date(Date.UTC(from.year, from.month - 1, from.day + units * (every === 'day' ? 1 : 7)));
    return date.toISOString().slice(0, 10);
  }
  const months = from.year * 12 + from.month - 1 + units * (every === 'month' ? 1 : 3);
  const [year, month] = [Math.floor(months / 12), months % 12];
  const length = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return new Date(Date.UTC(year, month, Math.min(from.day, length))).toISOString().slice(0, 10);
}

/** Whether no clock shows `at` on the day of `shown`, which comes as much later as clocks were put forward. */
function skipped(shown: DateTime, at: string): boolean {
  const start = shown.startOf('day').toMillis();
  for (let minute = 0; minute < 26 * 60; minute += 15) {
    const then = DateTime.fromMillis(start + minute * MINUTE, { zone: shown.zone });
    if (then.toISODate() === shown.toISODate() && then.toFormat('HH:mm') === at) return false;
  }
  const late = (shown.hour - Number(at.slice(0, 2))) * 60 + shown.minute - Number(at.slice(3));
  return late === 30 || late === 60;
}
