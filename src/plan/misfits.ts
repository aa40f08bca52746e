import type { Fault } from './faults.ts';
import { nearest } from './nearest.ts';
import { chosen, type Key, type Shape, type VariantShape } from './shape.ts';
import type { Path } from './source.ts';
import { either, names, sayPath, sayValue } from './words.ts';

/** Property names that valibot leaves out of tables, to keep JavaScript's own apart. */
const TAKEN = ['constructor', 'prototype', '__proto__'];

/** Keys that do not belong, and lists where a map should be: valibot takes a list for a map. */
export function findMisfits(shape: Shape, data: unknown, path: Path): Fault[] {
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
        TAKEN.includes(name) ? [takenName([...path, name])] : findMisfits(shape.each, value, [...path, name]),
      );
    case 'text-or-map':
      if (Array.isArray(data)) return [notAMap(path, shape.expected, data)];
      return findMisfits(shape.map, data, path);
    case 'variant':
      if (Array.isArray(data)) return [notAMap(path, shape.expected, data)];
      return findInVariant(shape, data, path);
    case 'map':
      if (Array.isArray(data)) return [notAMap(path, shape.expected, data)];
      return findInMap(shape.keys, data, path, (name) => unknownKey([...path, name], shape.keys));
  }
}

function findInMap(
  keys: readonly Key[],
  data: unknown,
  path: Path,
  unknown: (name: string) => Fault,
): Fault[] {
  return entriesOf(data).flatMap(([name, value]) => {
    const key = keys.find((k) => k.name === name);
    return key ? findMisfits(key.shape, value, [...path, name]) : [unknown(name)];
  });
}

function findInVariant(shape: VariantShape, data: unknown, path: Path): Fault[] {
  const all = shape.options.flatMap(({ map }) => map.keys);
  const known = all.filter((key, i) => all.findIndex((k) => k.name === key.name) === i);
  const map = chosen(shape, data);
  // What does not go with a kind cannot be told before the kind is known.
  if (!map) {
    return entriesOf(data).flatMap(([name]) =>
      known.some((key) => key.name === name) ? [] : [unknownKey([...path, name], known)],
    );
  }
  return findInMap(map.keys, data, path, (name) => {
    const words = shape.options.filter((option) => option.map.keys.some((key) => key.name === name));
    if (words.length === 0) return unknownKey([...path, name], map.keys);
    const word = (data as Readonly<Record<string, unknown>>)[shape.by];
    const says = `${sayPath([...path, name])} does not go with the ${shape.by} ${word}, but with ${either(words.map((o) => o.word))}. Known here: ${names(map.keys)}.`;
    return { path: [...path, name], at: 'key', says };
  });
}

function takenName(path: Path): Fault {
  const says = `'${path.at(-1)}' is a word of JavaScript's own and cannot be a name here.`;
  return { path, at: 'key', says };
}

function notAMap(path: Path, expected: string, came: unknown): Fault {
  return { path, at: 'value', says: `${sayPath(path)} should be ${expected}, but is ${sayValue(came)}.` };
}

function unknownKey(path: Path, keys: readonly Key[]): Fault {
  const near = nearest(
    String(path.at(-1)),
    keys.map((key) => key.name),
  );
  const hint = near ? `Did you mean '${near}'?` : `Known here: ${names(keys)}.`;
  return { path, at: 'key', says: `${sayPath(path)} is not a key of a plan. ${hint}` };
}

function entriesOf(data: unknown): [string, unknown][] {
  return data !== null && typeof data === 'object' ? Object.entries(data) : [];
}
