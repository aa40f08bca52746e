import { isObject, type Json, type JsonObject } from './json.ts';
import { badField } from './refusal.ts';

/** What is asked for of a resource: everything, or these of its fields. */
type Mask = 'all' | ReadonlyMap<string, Mask>;

/**
 * Google's `fields` parameter: "items(name,size),nextPageToken", or "items/name".
 * @throws Refusal for what cannot be read as such
 */
export function partOf(resource: JsonObject, fields: string | undefined): JsonObject {
  if (fields === undefined || fields === '*') return resource;
  const tokens = fields.match(/[\w*]+|[(),/]/g) ?? [];
  if (tokens.join('') !== fields) throw badField('fields', `Invalid field selection ${fields}`);
  const mask = readList(tokens.values());
  return Object.fromEntries(pick(resource, mask));
}

function readList(tokens: Iterator<string>): Map<string, Mask> {
  const list = new Map<string, Mask>();
  let path: string[] = [];
  const add = (mask: Mask) => {
    const [first, ...inner] = path;
    if (first === undefined) return;
    const nested = inner.reduceRight<Mask>((below, name) => new Map([[name, below]]), mask);
    list.set(first, both(list.get(first), nested));
    path = [];
  };
  for (let next = tokens.next(); !next.done && next.value !== ')'; next = tokens.next()) {
    if (next.value === '(') add(readList(tokens));
    else if (next.value === ',') add('all');
    else if (next.value !== '/') path.push(next.value);
  }
  add('all');
  return list;
}

/** "items/name,items/size" asks for both. */
function both(a: Mask | undefined, b: Mask): Mask {
  if (a === undefined) return b;
  if (a === 'all' || b === 'all') return 'all';
  const all = new Map(a);
  for (const [name, mask] of b) all.set(name, both(all.get(name), mask));
  return all;
}

function pick(resource: JsonObject, mask: ReadonlyMap<string, Mask>): [string, Json][] {
  return Object.entries(resource).flatMap(([name, value]): [string, Json][] => {
    const inner = mask.get(name) ?? mask.get('*');
    return inner === undefined || value === undefined ? [] : [[name, within(value, inner)]];
  });
}

function within(value: Json, mask: Mask): Json {
  if (mask === 'all') return value;
  if (Array.isArray(value)) return value.map((one) => within(one, mask));
  return isObject(value) ? Object.fromEntries(pick(value, mask)) : value;
}
