import type { Key } from './shape.ts';
import type { Path } from './source.ts';

/** How a sentence names a place in a plan. */
export function sayPath(path: Path): string {
  return path.length === 0 ? 'a plan' : `'${path.join('.')}'`;
}

/** What came, short enough for a sentence. */
export function sayValue(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'a map';
  if (typeof value !== 'string') return String(value);
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
}

/** A value as YAML would write it in one line. */
export function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (value === null || typeof value !== 'object') return String(value);
  const entries = Object.entries(value).map(([key, each]) => `${key}: ${flow(each)}`);
  return `{ ${entries.join(', ')} }`;
}

export function names(keys: readonly Key[]): string {
  return keys.map((key) => key.name).join(', ');
}

/** "a", "a or b", "a, b or c". */
export function either(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
