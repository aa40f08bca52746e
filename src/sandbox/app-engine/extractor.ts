import type { JsonObject } from './json.ts';
import { valueAt } from './log-filter.ts';
import { badField } from './refusal.ts';

/** Takes a text out of a log entry; undefined when it is not there. */
export type Extractor = (entry: JsonObject) => string | undefined;

const FORM =
  /^\s*(?:EXTRACT\(\s*([\w.@]+)\s*\)|REGEXP_EXTRACT\(\s*([\w.@]+)\s*,\s*"((?:[^"\\]|\\.)*)"\s*\))\s*$/;

/**
 * `EXTRACT(jsonPayload.quality)` or `REGEXP_EXTRACT(textPayload, "took (\\d+) ms")`.
 * @throws Refusal for anything else
 */
export function readExtractor(text: string, field: string): Extractor {
  const [, plain, searched, pattern = ''] = FORM.exec(text) ?? [];
  if (plain !== undefined) return (entry) => asText(entry, plain);
  if (searched === undefined) {
    throw badField(field, `'${text}' is neither EXTRACT(field) nor REGEXP_EXTRACT(field, "regex").`);
  }
  const regex = patternIn(pattern, field);
  return (entry) => regex.exec(asText(entry, searched) ?? '')?.[1];
}

/** With exactly one group, which is what is extracted. */
function patternIn(escaped: string, field: string): RegExp {
  const pattern = escaped.replace(/\\(["\\])/g, '$1');
  try {
    const groups = new RegExp(`${pattern}|`).exec('')?.length;
    if (groups === 2) return new RegExp(pattern);
  } catch {
    // Told below, with those that have no group.
  }
  throw badField(field, `'${pattern}' must be a regular expression with exactly one capture group.`);
}

function asText(entry: JsonObject, path: string): string | undefined {
  const found = valueAt(entry, path.split('.'));
  if (found === undefined || found === null) return undefined;
  return typeof found === 'object' ? JSON.stringify(found) : String(found);
}
