/** When a cron job of App Engine is due (cloud.google.com/appengine/docs/standard/scheduling-jobs-with-cron-yaml). */
export type Schedule =
  /** Every so many minutes, counted from the last time. */
  | { readonly kind: 'interval'; readonly minutes: number }
  /** Every so many minutes within a part of the day; both ends included, in minutes after midnight. */
  | { readonly kind: 'window'; readonly minutes: number; readonly from: number; readonly to: number }
  /** At a time of day, in minutes after midnight, on certain days of certain months. */
  | ({ readonly kind: 'days'; readonly months: ReadonlySet<number>; readonly at: number } & (
      | { readonly by: 'weekday'; readonly ordinals: ReadonlySet<number>; readonly days: ReadonlySet<number> }
      | { readonly by: 'date'; readonly dates: ReadonlySet<number> }
    ));

/** Monday is 1, as in ISO 8601. */
const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];
const ORDINALS = ['first', 'second', 'third', 'fourth', 'fifth'];
const ABBREVIATED = ['1st', '2nd', '3rd', '4th', '5th'];

const DAY = 24 * 60;
/** The last minute that a synchronized schedule may fall on. */
const END_OF_DAY = DAY - 1;

const SHORT_DAYS = WEEKDAYS.map((name) => name.slice(0, 3));
const SHORT_MONTHS = MONTHS.map((name) => name.slice(0, 3));
const WHOLE_WEEK = new Set([1, 2, 3, 4, 5, 6, 7]);

const INTERVAL = /^every (\d+) (hours|minutes|mins)(?: (synchronized)| from (\S+) to (\S+))?$/;
const ON_DAYS = /^(\S+) (\S+)(?: of (.+))? (\S+)$/;
const ON_DATES = /^(\d+(?:,\d+)*) of (.+) (\S+)$/;
const QUARTER = /^(?:(\S+) month of )?quarter$/;

/** Words are in small letters, as App Engine asks for. @returns undefined for what is no schedule */
export function parseSchedule(text: string): Schedule | undefined {
  const plain = text.trim().replace(/\s+/g, ' ').replace(/ ?, ?/g, ',');
  return parseInterval(plain) ?? parseDates(plain) ?? parseDays(plain);
}

function parseInterval(text: string): Schedule | undefined {
  const [, count = '', unit = '', synchronized, from, to] = INTERVAL.exec(text) ?? [];
  const minutes = Number(count) * (unit.startsWith('hour') ? 60 : 1);
  if (unit === '' || minutes < 1) return undefined;
  if (synchronized !== undefined) {
    // It begins anew each midnight, so it must come out even.
    return DAY % minutes === 0 ? { kind: 'window', minutes, from: 0, to: END_OF_DAY } : undefined;
  }
  if (from === undefined || to === undefined) return { kind: 'interval', minutes };
  const [first, last] = [parseTime(from), parseTime(to)];
  if (first === undefined || last === undefined || first === last) return undefined;
  return { kind: 'window', minutes, from: first, to: last };
}

function parseDates(text: string): Schedule | undefined {
  const [, list = '', monthList = '', time = ''] = ON_DATES.exec(text) ?? [];
  const dates = list === '' ? undefined : new Set(list.split(',').map(Number));
  const months = parseMonths(monthList);
  const at = parseTime(time);
  if (!dates || !months || at === undefined) return undefined;
  return [...dates].every((date) => date >= 1 && date <= 31)
    ? { kind: 'days', by: 'date', dates, months, at }
    : undefined;
}

function parseDays(text: string): Schedule | undefined {
  const [, which = '', dayList = '', monthList = 'month', time = ''] = ON_DAYS.exec(text) ?? [];
  const ordinals = which === 'every' ? new Set([1, 2, 3, 4, 5]) : parseOrdinals(which);
  const days =
    dayList === 'day' ? WHOLE_WEEK : numbers(dayList, (word) => placeIn(word, WEEKDAYS, SHORT_DAYS));
  const months = parseMonths(monthList);
  const at = parseTime(time);
  if (!ordinals || !days || !months || at === undefined) return undefined;
  return { kind: 'days', by: 'weekday', ordinals, days, months, at };
}

function parseOrdinals(list: string): ReadonlySet<number> | undefined {
  return numbers(list, (word) => placeIn(word, ORDINALS, ABBREVIATED));
}

function parseMonths(text: string): ReadonlySet<number> | undefined {
  if (text === 'month') return new Set(MONTHS.map((_, i) => i + 1));
  const quarter = QUARTER.exec(text);
  if (!quarter) return numbers(text, (word) => placeIn(word, MONTHS, SHORT_MONTHS));
  const within = parseOrdinals(quarter[1] ?? 'first');
  if (!within || [...within].some((month) => month > 3)) return undefined;
  return new Set([...within].flatMap((month) => [month, month + 3, month + 6, month + 9]));
}

/** The numbers that a list of words stands for; undefined when one of them stands for none. */
function numbers(
  list: string,
  numberOf: (word: string) => number | undefined,
): ReadonlySet<number> | undefined {
  const found = list.split(',').map(numberOf);
  const known = found.filter((one) => one !== undefined);
  return known.length === found.length ? new Set(known) : undefined;
}

function placeIn(word: string, names: readonly string[], short: readonly string[]): number | undefined {
  const at = Math.max(names.indexOf(word), short.indexOf(word));
  return at < 0 ? undefined : at + 1;
}

/** "09:30" in minutes after midnight. */
function parseTime(text: string): number | undefined {
  const [, hours = '', minutes = ''] = /^(\d{1,2}):(\d{2})$/.exec(text) ?? [];
  const at = Number(hours) * 60 + Number(minutes);
  return hours !== '' && Number(hours) < 24 && Number(minutes) < 60 ? at : undefined;
}
