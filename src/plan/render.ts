import { Document, isMap, isScalar, isSeq, type YAMLMap, type YAMLSeq } from 'yaml';
import { chosen, type Key, type Shape } from './shape.ts';

/** Columns that comments are wrapped to. */
const WIDTH = 106;
/** Items of a list up to this many characters of JSON stand in one line. */
const SHORT = 100;

type Table = Readonly<Record<string, unknown>>;

/** The data with every default written out, in the order of the schema. */
export function fillIn(shape: Shape, data: unknown): unknown {
  switch (shape.kind) {
    case 'value':
      return data;
    case 'list':
      return (data as readonly unknown[]).map((item) => fillIn(shape.each, item));
    case 'named':
      return Object.fromEntries(
        Object.entries(data as Table).map(([name, value]) => [name, fillIn(shape.each, value)]),
      );
    case 'text-or-map':
      return typeof data === 'string' ? data : fillIn(shape.map, data);
    case 'variant': {
      const map = chosen(shape, data);
      return map ? fillIn(map, data) : data;
    }
    case 'map': {
      const given = data as Table;
      return Object.fromEntries(
        shape.keys.flatMap((key) => {
          const value = given[key.name] ?? key.default;
          return value === undefined ? [] : [[key.name, fillIn(key.shape, value)]];
        }),
      );
    }
  }
}

/**
 * One key of the plan as YAML, with what the schema says of it as comments.
 * @param value filled in, see {@link fillIn}.
 */
export function renderKey(key: Key, value: unknown): string {
  const document = new Document({ [key.name]: value });
  if (isMap(document.contents)) annotate(document.contents, [key]);
  return document.toString({ lineWidth: 0 });
}

/** Keeps the YAML out of force. Indentation stays, so that taking each # away is all it takes to undo it. */
export function asComment(yaml: string): string {
  return yaml.replace(/^( *)(?=[^ #\n])/gm, '$1#');
}

/** A key without comments. */
export function writeKey(name: string, value: unknown): string {
  const document = new Document({ [name]: value });
  tighten(document.contents);
  return document.toString({ lineWidth: 0 });
}

/** Comments go above the keys of a map; lists and tables have one comment on all of their items above them. */
function annotate(map: YAMLMap, keys: readonly Key[]): void {
  for (const { key: node, value } of map.items) {
    const key = isScalar(node) ? keys.find((k) => k.name === node.value) : undefined;
    if (!key || !isScalar(node)) continue;
    node.commentBefore = explain(key)
      .map((line) => ` ${line}`)
      .join('\n');
    if (key.shape.kind === 'map' && isMap(value)) annotate(value, key.shape.keys);
    tighten(value);
  }
}

function explain(key: Key): string[] {
  return [...wrap(key.description, ''), ...explainItems(key.shape, '  ')];
}

function explainItems(shape: Shape, indent: string): string[] {
  if (shape.kind !== 'list' && shape.kind !== 'named') return [];
  const { each } = shape;
  if (each.kind === 'variant') {
    return each.options.flatMap(({ word, description, map }) =>
      wrap(`${each.by} ${word} (${ownKeys(map.keys, each.by)}): ${description}`, indent),
    );
  }
  const keys = each.kind === 'map' ? each.keys : each.kind === 'text-or-map' ? each.map.keys : [];
  return explainKeys(keys, indent);
}

function explainKeys(keys: readonly Key[], indent: string): string[] {
  return keys.flatMap((key) => [
    ...wrap(`${key.name} (${key.type}): ${key.description}`, indent),
    ...(key.shape.kind === 'map'
      ? explainKeys(key.shape.keys, `${indent}  `)
      : explainItems(key.shape, `${indent}  `)),
  ]);
}

function ownKeys(keys: readonly Key[], by: string): string {
  return keys.flatMap((key) => (key.name === by ? [] : [key.name])).join(', ');
}

/** Puts short items of lists into one line each. */
function tighten(node: unknown): void {
  if (isSeq(node)) {
    if (node.items.every(isScalar) && isShort(node)) node.flow = true;
    for (const item of node.items) {
      if (isMap(item) && isShort(item)) item.flow = true;
      else tighten(item);
    }
  } else if (isMap(node)) {
    for (const { value } of node.items) tighten(value);
  }
}

function isShort(node: YAMLMap | YAMLSeq): boolean {
  return JSON.stringify(node).length <= SHORT;
}

function wrap(text: string, indent: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + line.length + word.length >= WIDTH) {
      lines.push(indent + line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, indent + line];
}
