import { type Comparison, compare, comparisons, type Filter, holds, parseFilter } from './filter.ts';
import { isObject, type Json, type JsonObject, textAt } from './json.ts';
import { severityRank } from './logs.ts';
import { badField } from './refusal.ts';

/** A filter in Logging's language. @throws Refusal, for severities that there are not too */
export function parseLogFilter(text: string): Filter {
  const filter = parseFilter(text);
  for (const one of comparisons(filter)) if (one.path[0] === 'severity') compareRank('DEFAULT', one);
  return filter;
}

/** Whether a google.logging.v2.LogEntry passes a filter in Logging's language. */
export function entryMatches(entry: JsonObject, filter: Filter): boolean {
  return holds(filter, (one) => matches(entry, one));
}

/** The value at a path such as `jsonPayload.quality`; undefined when there is none. */
export function valueAt(entry: JsonObject, path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>((at, name) => (isObject(at) ? at[name] : undefined), entry);
}

function matches(entry: JsonObject, one: Comparison | { kind: 'text'; value: string }): boolean {
  if (one.kind === 'text') return JSON.stringify(entry).toLowerCase().includes(one.value.toLowerCase());
  const { path, operator, value } = one;
  const [first] = path;
  if (first === 'severity') return compareRank(textAt(entry, 'severity') ?? 'DEFAULT', one);
  const found = valueAt(entry, path);
  // A field that is not there fails every test, as in Cloud Logging; `:` with `*` asks for its presence.
  if (found === undefined || found === null) return operator === '!=' || operator === '!~';
  if (operator === ':' && value === '*') return true;
  const text = typeof found === 'object' ? JSON.stringify(found) : String(found);
  if (first === 'timestamp' || first === 'receiveTimestamp') {
    return compare(String(Date.parse(text)), operator, String(Date.parse(value)));
  }
  return compare(text, operator, value);
}

function compareRank(severity: string, { operator, value }: Comparison): boolean {
  const wanted = severityRank(value);
  if (wanted === undefined) throw badField('filter', `'${value}' is not a severity.`);
  return compare(String(severityRank(severity) ?? 0), operator, String(wanted));
}
