import * as v from 'valibot';
import { nearest } from './nearest.ts';
import { type Plan, planSchema } from './schema.ts';
import { type Key, planShape, type Shape } from './shape.ts';
import type { Path } from './source.ts';

/** What is wrong at a key of the plan, or with its value: a sentence without its place. */
export interface Fault {
  readonly path: Path;
  readonly at: 'key' | 'value';
  readonly says: string;
}

/** Property names that valibot leaves out of tables, to keep JavaScript's own apart. */
const TAKEN = ['constructor', 'prototype', '__proto__'];

/** Every fault of a plan as plain data, one sentence each; or the plan, when there is none. */
export function weigh(data: unknown): { readonly plan: Plan } | { readonly faults: readonly Fault[] } {
  const shape = planShape();
  const misfits = findMisfits(shape, data, []);
  const result = v.safeParse(planSchema, data);
  if (result.success && misfits.length === 0) return { plan: result.output };

  const faults = [...misfits];
  for (const issue of result.issues ?? []) {
    // Of the keys that do not belong valibot names the first only.
    if (issue.type === 'strict_object' && issue.expected === 'never') continue;
    const path = issue.path?.map((part) => part.key as string | number) ?? [];
    if (faults.some((fault) => fault.at === 'value' && startsWith(path, fault.path))) continue;
    faults.push(describe(issue, path, shape, data));
  }
  return { faults };
}

/** Keys that do not belong, and lists and words where a map should be: valibot takes a list for a map. */
function findMisfits(shape: Shape, data: unknown, path: Path): Fault[] {
  switch (shape.kind) {
    case 'value':
      return [];
    case 'list':
      return Array.isArray(data)
        ? data.flatMap((item, i) => findMisfits(shape.each, item, [...path, i]))
        : [];
    case 'named':
      if (Array.isArray(data)) return [notAMap(path, shape.expected, data)];
      return entriesOf(data).flatMap(([name, value]) =>
        TAKEN.includes(name)
          ? [
              {
                path: [...path, name],
                at: 'key',
                says: `'${name}' is a word of JavaScript's own and cannot be a name here.`,
              },
            ]
          : findMisfits(shape.each, value, [...path, name]),
      );
    case 'map':
      if (Array.isArray(data)) return [notAMap(path, shape.expected, data)];
      return entriesOf(data).flatMap(([name, value]) => {
        const key = shape.keys.find((k) => k.name === name);
        return key
          ? findMisfits(key.shape, value, [...path, name])
          : [unknownKey([...path, name], shape.keys)];
      });
  }
}

function notAMap(path: Path, expected: string, came: unknown): Fault {
  return { path, at: 'value', says: `${say(path)} should be ${expected}, but is ${sayValue(came)}.` };
}

function unknownKey(path: Path, keys: readonly Key[]): Fault {
  const near = nearest(
    String(path.at(-1)),
    keys.map((key) => key.name),
  );
  const hint = near ? `Did you mean '${near}'?` : `Known here: ${listed(keys)}.`;
  return { path, at: 'key', says: `${say(path)} is not a key of a plan. ${hint}` };
}

function describe(issue: v.BaseIssue<unknown>, path: Path, shape: Shape, data: unknown): Fault {
  const where = say(path);
  const origin = issue.path?.at(-1)?.origin;
  if (issue.type === 'raw_check') return { path, at: 'value', says: `${where} ${issue.message}.` };

  const key = keyAt(shape, path);
  if (issue.type === 'strict_object' && origin === 'key') {
    const such = key?.example ?? key?.default;
    const hint = such === undefined ? '' : `: add it, such as ${key?.name}: ${flow(such)}`;
    return { path, at: 'key', says: `${where} is missing${hint}.` };
  }
  if (origin === 'key') {
    return { path, at: 'key', says: `${where} should be named with ${issue.message}.` };
  }
  const came = valueAt(data, path);
  if (came === null && key) {
    const way = key.required ? 'give it one' : 'give it one, or delete the line to have the default';
    return { path, at: 'value', says: `${where} should be ${issue.message}, but is empty: ${way}.` };
  }
  return { path, at: 'value', says: `${where} should be ${issue.message}, but is ${sayValue(came)}.` };
}

function keyAt(shape: Shape, path: Path): Key | undefined {
  let inside = shape;
  let key: Key | undefined;
  for (const step of path) {
    key = inside.kind === 'map' ? inside.keys.find((k) => k.name === step) : undefined;
    if (inside.kind === 'map') inside = key?.shape ?? { kind: 'value' };
    else if (inside.kind !== 'value') inside = inside.each;
  }
  return key;
}

function valueAt(data: unknown, path: Path): unknown {
  return path.reduce<unknown>((inside, step) => (inside as Record<string, unknown>)[step], data);
}

function entriesOf(data: unknown): [string, unknown][] {
  return data !== null && typeof data === 'object' ? Object.entries(data) : [];
}

function startsWith(path: Path, start: Path): boolean {
  return start.every((step, i) => path[i] === step);
}

function listed(keys: readonly Key[]): string {
  return keys.map((key) => key.name).join(', ');
}

function say(path: Path): string {
  return path.length === 0 ? 'a plan' : `'${path.join('.')}'`;
}

/** What came, short enough for a sentence. */
function sayValue(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'a map';
  if (typeof value !== 'string') return String(value);
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
}

/** A value as YAML would write it in one line. */
function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  return String(value);
}
