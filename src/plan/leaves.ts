import * as v from 'valibot';
import { parseDuration } from './duration.ts';
import { report } from './rules.ts';
import { WHOLE } from './split.ts';

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
 */
export function duration(what: string, from = '0s', to = LONGEST) {
  const narrow = from !== '0s' || to !== LONGEST;
  const expected = 'a duration such as 30m or 2h';
  const [low = 0, high = 0] = [parseDuration(from), parseDuration(to)];
  return v.pipe(
    v.string(expected),
    v.metadata({
      title: narrow ? `duration, ${from} to ${to}` : 'duration',
      description: what,
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
