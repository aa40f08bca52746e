const ORDINAL = '(?:1st|first|2nd|second|3rd|third|4th|fourth|5th|fifth)';
const WEEKDAY =
  '(?:mon(?:day)?|tue(?:sday)?|wed(?:nesday)?|thu(?:rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)';
const MONTHS = [
  /^jan(?:uary)?$/,
  /^feb(?:ruary)?$/,
  /^mar(?:ch)?$/,
  /^apr(?:il)?$/,
  /^may$/,
  /^june?$/,
  /^july?$/,
  /^aug(?:ust)?$/,
  /^sep(?:tember)?$/,
  /^oct(?:ober)?$/,
  /^nov(?:ember)?$/,
  /^dec(?:ember)?$/,
] as const;
/** In a leap year. */
const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;
/** The longest that the grammar has a word for. */
const NUMBER = '\\d{1,5}';
const TIME = '(?:[01]?\\d|2[0-3]):[0-5]\\d';

const list = (one: string) => `${one}(?:\\s*,\\s*${one})*`;
const MONTH = `(?:${MONTHS.map((month) => month.source.slice(1, -1)).join('|')})`;
const DAYS_OF_WEEK = `(?:every|${list(ORDINAL)})\\s+(?:day|${list(WEEKDAY)})`;
const QUARTER = `(?:${list('(?:1st|first|2nd|second|3rd|third)')}\\s+month\\s+of\\s+)?quarter`;

const INTERVAL = new RegExp(
  `^every\\s+(${NUMBER})\\s+(hours|mins|minutes)(?:\\s+(?:(synchronized)|from\\s+${TIME}\\s+to\\s+${TIME}))?$`,
);
const SPECIFIC = new RegExp(
  `^(?:${DAYS_OF_WEEK}|(?:${DAYS_OF_WEEK}|(${list(NUMBER)}))\\s+of\\s+(?:(month|${list(MONTH)})|${QUARTER}))\\s+${TIME}$`,
);

const EXAMPLES =
  '"every 5 minutes", "every 4 hours from 08:00 to 20:00", "every monday 09:00" or "1 of month 06:30"';

/**
 * What is wrong with a schedule in App Engine's own language, or nothing. It is written in small letters; the grammar
 * is Groc's, as the schedule format in the reference of cron.yaml has it.
 */
export function scheduleFault(text: string): string | undefined {
  const schedule = text.trim();
  const interval = INTERVAL.exec(schedule);
  if (interval) {
    const [, count, unit, synchronized] = interval;
    const minutes = Number(count) * (unit === 'hours' ? 60 : 1);
    if (minutes === 0) return 'says every 0, which is never: write 1 or more';
    if (synchronized && 1440 % minutes !== 0) {
      return 'is synchronized, and that takes a time that divides 24 hours evenly: write one that does';
    }
    return undefined;
  }
  const specific = SPECIFIC.exec(schedule);
  if (specific) return specific[1] === undefined ? undefined : dayFault(specific[1], specific[2]);
  if (schedule !== schedule.toLowerCase()) return 'has capital letters: write it in small ones';
  return `is no schedule that App Engine knows: write one such as ${EXAMPLES}`;
}

/** Days of the month of which at least one exists. */
function dayFault(days: string, months = 'month'): string | undefined {
  const numbers = days.split(',').map(Number);
  const wrong = numbers.find((day) => day < 1 || day > 31);
  if (wrong !== undefined) return `asks for the day ${wrong} of a month: write 1 to 31`;
  if (months === 'month') return undefined;
  const lengths = months
    .split(',')
    .map((name) => DAYS[MONTHS.findIndex((month) => month.test(name.trim()))] ?? 31);
  return Math.min(...numbers) > Math.max(...lengths)
    ? 'asks for a day that never comes: correct it'
    : undefined;
}
