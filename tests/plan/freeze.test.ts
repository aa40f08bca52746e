import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, test } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/plan/duration.ts';
import { freezeAt } from '../../src/plan/freeze.ts';
import { type FreezeWindow, WEEKDAYS } from '../../src/plan/terms.ts';
import { someTime } from './times.ts';

const utc = (iso: string) => DateTime.fromISO(iso, { zone: 'utc' }).toMillis();

const MARKET: FreezeWindow = {
  kind: 'weekly',
  why: 'market',
  days: ['mon', 'tue', 'wed', 'thu', 'fri'],
  from: '08:00',
  to: '16:30',
  zone: 'Europe/London',
};
const NIGHT: FreezeWindow = { ...MARKET, why: 'night', days: ['fri'], from: '22:00', to: '06:00' };
const EVENING: FreezeWindow = { ...MARKET, why: 'evening', from: '16:30', to: '18:00' };
const HOLIDAYS: FreezeWindow = {
  kind: 'dates',
  why: 'holidays',
  from: '2026-12-24',
  to: '2027-01-02',
  zone: 'America/New_York',
};
const ALWAYS: FreezeWindow = { ...MARKET, why: 'always', days: WEEKDAYS, from: '00:00', to: '00:00' };

describe('examples', () => {
  test.each<[string, FreezeWindow[], string, [string, string] | undefined]>([
    ['in summer', [MARKET], '2027-06-14T07:00', ['market', '2027-06-14T15:30']],
    ['in winter not yet', [MARKET], '2027-01-11T07:59', undefined],
    ['in winter', [MARKET], '2027-01-11T08:00', ['market', '2027-01-11T16:30']],
    ['its end is outside', [MARKET], '2027-01-11T16:30', undefined],
    ['not on a Sunday', [MARKET], '2027-01-10T12:00', undefined],
    ['over midnight, before', [NIGHT], '2027-01-08T23:00', ['night', '2027-01-09T06:00']],
    ['over midnight, after', [NIGHT], '2027-01-09T05:00', ['night', '2027-01-09T06:00']],
    ['the night before is Thursday', [NIGHT], '2027-01-08T05:00', undefined],
    ['adjoining windows', [EVENING, MARKET], '2027-01-11T12:00', ['market', '2027-01-11T18:00']],
    [
      'the first in the list gives the reason',
      [ALWAYS, MARKET],
      '2027-01-11T12:00',
      ['always', '2027-01-20T00:00'],
    ],
    ['dates include the last day', [HOLIDAYS], '2027-01-03T04:59', ['holidays', '2027-01-03T05:00']],
    ['and no more', [HOLIDAYS], '2027-01-03T05:00', undefined],
    ['and no less', [HOLIDAYS], '2026-12-24T04:59', undefined],
    [
      'dates with times',
      [{ ...HOLIDAYS, from: '2026-12-24T18:00', to: '2026-12-24T20:00' }],
      '2026-12-24T23:00',
      ['holidays', '2026-12-25T01:00'],
    ],
    [
      'an end that is twice is the last',
      [{ ...MARKET, days: ['sun'], from: '00:30', to: '01:30' }],
      '2026-10-25T00:45',
      ['market', '2026-10-25T01:30'],
    ],
    [
      'an end that is skipped comes later',
      [{ ...MARKET, days: ['sun'], from: '00:30', to: '01:30' }],
      '2027-03-28T01:15',
      ['market', '2027-03-28T01:30'],
    ],
    ['none at all', [], '2027-01-11T12:00', undefined],
  ])('%s', (_, windows, now, freeze) => {
    const found = freezeAt(windows, utc(now));
    expect(found && [found.why, new Date(found.until).toISOString().slice(0, 16)]).toEqual(freeze);
  });
});

/** None of them puts its clocks forward or back in June and July. */
const zone = fc.constantFrom('UTC', 'Europe/London', 'America/New_York', 'Asia/Kathmandu', 'Pacific/Chatham');

const someDate = fc
  .integer({ min: 0, max: 60 })
  .map((days) => DateTime.utc(2027, 6, 1).plus({ days }).toISODate());

const someWindow: fc.Arbitrary<FreezeWindow> = fc.oneof(
  fc.record({
    kind: fc.constant('weekly' as const),
    why: fc.constantFrom('a', 'b', 'c'),
    days: fc.subarray([...WEEKDAYS], { minLength: 1, maxLength: 4 }),
    from: someTime,
    to: someTime,
    zone,
  }),
  fc
    .tuple(someDate, someDate, fc.option(someTime), fc.option(someTime), zone)
    .map(([a, b, fromTime, toTime, zone]): FreezeWindow => {
      const [from = '', to = ''] = [a ?? '', b ?? ''].sort();
      const time = (text: string | null) => (text === null ? '' : `T${text}`);
      return { kind: 'dates', why: 'd', from: from + time(fromTime), to: to + time(toTime), zone };
    }),
);

/** Whether a clock on the wall is inside. */
function covers(window: FreezeWindow, instant: number): boolean {
  const shown = DateTime.fromMillis(instant, { zone: window.zone });
  const { from, to } = window;
  if (window.kind === 'dates') {
    const minute = shown.toFormat("yyyy-MM-dd'T'HH:mm");
    const end = to.includes('T') ? minute < to : minute.slice(0, 10) <= to;
    return end && (from.includes('T') ? minute >= from : minute.slice(0, 10) >= from);
  }
  const time = shown.toFormat('HH:mm');
  const isDay = (days: number) => window.days.some((day) => day === WEEKDAYS[(shown.weekday + days + 6) % 7]);
  if (to > from) return isDay(0) && time >= from && time < to;
  return (isDay(0) && time >= from) || (isDay(-1) && time < to);
}

/** A quarter of an hour, or more where that would be very many. */
const step = (span: number) => Math.max(HOUR / 4, span / 40);

test('a freeze is in force as clocks on the wall say, without a gap until it ends', () => {
  fc.assert(
    fc.property(
      fc.array(someWindow, { maxLength: 5 }),
      fc
        .integer({ min: 0, max: 60 * 24 * 4 })
        .map((quarter) => utc('2027-06-01T00:00') + quarter * 15 * MINUTE),
      (windows, now) => {
        const found = freezeAt(windows, now);
        const inForce = windows.filter((window) => covers(window, now));
        expect(found?.why).toBe(inForce[0]?.why);
        if (!found) return;
        // Some go round the week.
        if (found.until - now > 68 * DAY) return;
        expect(windows.some((window) => covers(window, found.until))).toBe(false);
        for (let then = now; then < found.until; then += step(found.until - now)) {
          expect(windows.some((window) => covers(window, then))).toBe(true);
        }
      },
    ),
    { numRuns: 300 },
  );
});
