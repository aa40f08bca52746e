import * as v from 'valibot';
import { about, text, zone } from '../leaves.ts';
import { type Breach, onlyOnce, report } from '../rules.ts';
import { type FreezeWindow, WEEKDAYS } from '../terms.ts';
import { isDate, isTimeOfDay } from '../time-words.ts';

/** For editors; a day that no month has is found later. */
const MOMENT = '^(([01]\\d|2[0-3]):[0-5]\\d|\\d{4}-\\d\\d-\\d\\d(T([01]\\d|2[0-3]):[0-5]\\d)?)$';

/** @param what the key's description. */
function moment(expected: string, what: string, example: string) {
  return v.pipe(
    v.string(expected),
    v.metadata({ title: 'time of day or date', description: what, examples: [example], pattern: MOMENT }),
  );
}

const fields = v.strictObject(
  {
    why: v.pipe(text, about('What people are told who ask.', 'The London market is open')),
    days: v.exactOptional(
      v.pipe(
        v.array(
          v.picklist(WEEKDAYS, 'mon, tue, wed, thu, fri, sat or sun'),
          'a list of days such as [mon, fri]',
        ),
        v.nonEmpty('a list of one day or more'),
        about('The days on which it begins, every week. Left out: it comes once, from a date to a date.', [
          'mon',
          'fri',
        ]),
      ),
    ),
    from: moment(
      'a time of day such as 09:30, or a date such as 2026-12-24',
      'When it begins: a time of day such as 09:30 where there are days; or a date, with a time or without.',
      '09:30',
    ),
    to: moment(
      'a time of day such as 16:00, or a date such as 2027-01-02',
      'When it ends. A time up to from is on the next day; a date without a time includes its day.',
      '16:00',
    ),
    zone: v.exactOptional(zone("The time zone of its times. Left out: the plan's.")),
  },
  'a map such as { why: Holidays, from: 2026-12-24, to: 2027-01-02 }',
);

type Written = v.InferOutput<typeof fields>;

/** A window as the author wrote it; its zone may be left to the plan. */
type Window = FreezeWindow extends infer W
  ? W extends { zone: string }
    ? Omit<W, 'zone'> & { zone?: string }
    : never
  : never;

function faultsOf({ days, from, to }: Written): Breach[] {
  return days === undefined
    ? faultsOfDates(from, to)
    : [...faultsOfTimes(from, to), ...within('days', onlyOnce(days))];
}

function faultsOfTimes(from: string, to: string): Breach[] {
  return Object.entries({ from, to }).flatMap(([key, value]) =>
    isTimeOfDay(value)
      ? []
      : [
          {
            path: [key],
            says: `should be a time of day such as 09:30, as there are 'days', but is "${value}"`,
          },
        ],
  );
}

function faultsOfDates(from: string, to: string): Breach[] {
  if (isTimeOfDay(from) && isTimeOfDay(to)) {
    return [{ path: [], says: "should say on which days: add 'days', such as days: [mon, fri]" }];
  }
  const wrong = Object.entries({ from, to }).flatMap(([key, value]) =>
    isDate(value)
      ? []
      : [
          {
            path: [key],
            says: `should be a date such as 2026-12-24 or 2026-12-24T18:00, but is "${value}"`,
          },
        ],
  );
  if (wrong.length > 0 || !endsTooSoon(from, to)) return wrong;
  return [{ path: ['to'], says: `is ${to}, which is not after its 'from' of ${from}` }];
}

/** Both are written so that they sort; a day as the end lasts until midnight. */
function endsTooSoon(from: string, to: string): boolean {
  return to.includes('T') ? to <= (from.includes('T') ? from : `${from}T00:00`) : to < from.slice(0, 10);
}

function within(key: string, breaches: readonly Breach[]): Breach[] {
  return breaches.map(({ path, says }) => ({ path: [key, ...path], says }));
}

function toWindow({ days, ...rest }: Written): Window {
  return days === undefined ? { kind: 'dates', ...rest } : { kind: 'weekly', days, ...rest };
}

const freezeWindow = v.pipe(
  fields,
  v.rawCheck(({ dataset, addIssue }) => {
    if (dataset.typed) report(addIssue, faultsOf(dataset.value));
  }),
  v.transform(toWindow),
);

export const freeze = v.optional(
  v.pipe(
    v.array(freezeWindow, 'a list of freeze windows'),
    about('When nothing is let out. A rollback is never kept from.', [
      {
        why: 'The London market is open',
        days: ['mon', 'tue', 'wed', 'thu', 'fri'],
        from: '08:00',
        to: '16:30',
        zone: 'Europe/London',
      },
      { why: 'Holidays', from: '2026-12-24', to: '2027-01-02' },
    ]),
  ),
  [],
);

/** The windows of a plan, each with the zone that it is read in. */
export function inZone(windows: readonly Window[], zone: string): readonly FreezeWindow[] {
  return windows.map((window) => ({ ...window, zone: window.zone ?? zone }));
}
