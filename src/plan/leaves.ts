import * as v from 'valibot';
import { parseDuration } from './duration.ts';
import { report } from './rules.ts';
import { WHOLE } from './split.ts';
import { isZone, nearestZone, TIME_OF_DAY } from './time-words.ts';

/** What is said of a key wherever people look: in editors, in `plan show`, in docs/plan.md. */
export function about<T>(description: string, example?: unknown) {
  const examples = example === undefined ? {} : { examples: [example] };
  return v.metadata<T, Record<string, unknown>>({ description, ...examples });
}

/** A text that says something. */
export const text = v.pipe(v.string('a text'), v.trim(), v.nonEmpty('a text that is not empty'));

/** No release is watched for longer, and a date stays a date. */
const LONGEST = '365d';

/**
 * "30m", "1h 30m": kept in milliseconds.
 * @param what the key's description.
 * @param from the shortest that makes sense, and `to` the longest.
 * @param example for keys that have no default.
 */
export function duration(what: string, from = '0s', to = LONGEST, example?: string) {
  const narrow = from !== '0s' || to !== LONGEST;
  const expected = 'a duration such as 30m or 2h';
  const [low = 0, high = 0] = [parseDuration(from), parseDuration(to)];
  return v.pipe(
    v.string(expected),
    v.metadata({
      title: narrow ? `duration, ${from} to ${to}` : 'duration',
      description: what,
      ...(example !== undefined && { examples: [example] }),
      pattern: '^\\s*(\\d+\\s*[smhd]\\s*)+$',
    }),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      const ms = parseDuration(dataset.value);
      if (ms !== undefined && ms >= low && ms <= high) return ms;
      addIssue({ message: ms === undefined ? expected : `a duration from ${from} to ${to}` });
      return NEVER;
    }),
  );
}

/**
 * "10 %" or 10: per cent of the traffic, one decimal at most; kept as thousandths.
 * @param what the key's description.
 */
export function share(what: string) {
  return v.pipe(
    v.union([v.number(), v.string()], 'a share of the traffic such as 10 %'),
    v.metadata({
      title: 'share of the traffic',
      description: what,
      examples: ['10 %', 12.5],
      pattern: '^(?!0+(\\.0)?\\s*%?$)0*(100(\\.0)?|\\d{1,2}(\\.\\d)?)\\s*%?$',
      exclusiveMinimum: 0,
      maximum: 100,
    }),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      const number = String(dataset.value).replace(/\s*%$/, '');
      const thousandths = Math.round(Number(number) * 10);
      if (/^\d+(\.\d)?$/.test(number) && thousandths > 0 && thousandths <= WHOLE) return thousandths;
      addIssue({ message: 'a share of the traffic above 0 % and up to 100 %, with one decimal at most' });
      return NEVER;
    }),
  );
}

/**
 * "1 %": a share of anything, kept as 0 to 1. The sign is asked for, since 0.01 could be meant either way.
 * @param what the key's description.
 * @param from the least per cent that make sense, and `to` the most.
 */
export function shareOfAll(what: string, example: string, from = 0, to = 100) {
  const expected = `a share such as ${example}, from ${from} % to ${to} %`;
  return v.pipe(
    v.string(expected),
    v.metadata({
      title: from === 0 && to === 100 ? 'share' : `share, ${from} % to ${to} %`,
      description: what,
      examples: [example],
      pattern: '^(100(\\.0+)?|\\d{1,2}(\\.\\d+)?)\\s*%$',
    }),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      const number = /^(\d{1,3}(?:\.\d+)?)\s*%$/.exec(dataset.value)?.[1];
      // Read as a decimal: a division would leave 0.7 % a little less than that.
      if (number !== undefined && Number(number) >= from && Number(number) <= to)
        return Number(`${number}e-2`);
      addIssue({ message: expected });
      return NEVER;
    }),
  );
}

/**
 * A number, whole or not.
 * @param what the key's description.
 */
export function number(what: string, example: number, expected = 'a number') {
  return v.pipe(
    v.number(expected),
    v.finite(expected),
    v.metadata({ title: 'number', description: what, examples: [example] }),
  );
}

/**
 * "09:30".
 * @param what the key's description.
 */
export function timeOfDay(what: string, example: string) {
  const expected = 'a time of day such as 09:30, from 00:00 to 23:59';
  return v.pipe(
    v.string(expected),
    v.regex(TIME_OF_DAY, expected),
    v.metadata({ title: 'time of day', description: what, examples: [example] }),
  );
}

/**
 * The name of a time zone in the IANA's list.
 * @param what the key's description.
 */
export function zone(what: string) {
  return v.pipe(
    v.string('a time zone such as Europe/London'),
    v.metadata({ title: 'time zone', description: what, examples: ['Europe/London'] }),
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed || isZone(dataset.value)) return;
      const near = nearestZone(dataset.value);
      const hint = near ? `: did you mean ${near}?` : ': write one such as Europe/London';
      report(addIssue, [
        { path: [], says: `is ${JSON.stringify(dataset.value)}, which is no time zone${hint}` },
      ]);
    }),
  );
}

/** What App Engine takes as the name of a service; gcloud checks the same. */
export const serviceName = v.pipe(
  v.string(),
  v.regex(
    /^(?!-)[a-z\d-]{0,62}[a-z\d]$/,
    '1 to 63 lower-case letters, digits and hyphens, with no hyphen first or last',
  ),
);

/**
 * A regular expression.
 * @param what the key's description.
 */
export function pattern(what: string, example: string) {
  return v.pipe(
    v.string('a regular expression'),
    v.metadata({ title: 'regular expression', description: what, examples: [example], format: 'regex' }),
    v.rawCheck(({ dataset, addIssue }) => {
      const why = dataset.typed && whyNoPattern(dataset.value);
      if (why) report(addIssue, [{ path: [], says: `is no regular expression: ${why}` }]);
    }),
  );
}

/** What JavaScript has against it; undefined when nothing. */
function whyNoPattern(source: string): string | undefined {
  try {
    new RegExp(source);
    return undefined;
  } catch (error) {
    return `${(error as Error).message.replace(/^.*\/: /s, '')} in ${JSON.stringify(source)}`;
  }
}
