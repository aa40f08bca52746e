import type { JsonTest } from '../plan/terms.ts';

/** What is wrong with a JSON body, as a sentence without its end; undefined when nothing is. */
export function jsonFault(body: string, test: JsonTest): string | undefined {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return 'The answer is no JSON';
  }
  const found = valueAt(json, test.path);
  if (found.kind === 'missing') return `The answer has no ${found.path} (asked for ${test.path})`;
  const { value } = found;
  const is = `${test.path} is ${JSON.stringify(value)}`;
  if (test.is !== undefined && value !== test.is) return `${is} instead of ${JSON.stringify(test.is)}`;
  if (test.atLeast === undefined && test.atMost === undefined) return undefined;
  if (typeof value !== 'number') return `${is}, which is no number`;
  if (test.atLeast !== undefined && value < test.atLeast) return `${is}, less than ${test.atLeast}`;
  if (test.atMost !== undefined && value > test.atMost) return `${is}, more than ${test.atMost}`;
  return undefined;
}

type Found =
  | { readonly kind: 'found'; readonly value: unknown }
  /** `path`: as far as the way was sought, its last part missing. */
  | { readonly kind: 'missing'; readonly path: string };

/** @param path dotted; an array's elements by their number, and its "length". */
function valueAt(json: unknown, path: string): Found {
  let value = json;
  const gone: string[] = [];
  for (const key of path.split('.')) {
    gone.push(key);
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key))
      return { kind: 'missing', path: gone.join('.') };
    value = Reflect.get(value, key);
  }
  return { kind: 'found', value };
}
