import * as v from 'valibot';
import { planSchema } from './schema.ts';
import { either } from './words.ts';

/** One key of a map in the plan, with what the schema says of it. */
export interface Key {
  readonly name: string;
  readonly required: boolean;
  /** As it is written in YAML; undefined when there is none. */
  readonly default: unknown;
  /** As it is written in YAML; undefined when the default shows enough. */
  readonly example: unknown;
  readonly description: string;
  /** What kind of value is expected, in a few words. */
  readonly type: string;
  readonly shape: Shape;
}

export interface MapShape {
  readonly kind: 'map';
  readonly keys: readonly Key[];
  /** What a sentence calls it. */
  readonly expected: string;
}

/** A map whose keys depend on the word at one of them. */
export interface VariantShape {
  readonly kind: 'variant';
  /** The key with that word. */
  readonly by: string;
  readonly options: readonly {
    readonly word: string;
    readonly description: string;
    readonly map: MapShape;
  }[];
  readonly expected: string;
}

export type Shape =
  | MapShape
  | VariantShape
  /** A text alone, or a map that says more. */
  | { readonly kind: 'text-or-map'; readonly map: MapShape; readonly expected: string }
  /** A map whose keys are names that the author chooses. */
  | { readonly kind: 'named'; readonly each: Shape; readonly expected: string }
  | { readonly kind: 'list'; readonly each: Shape }
  | { readonly kind: 'value' };

/** The part of valibot's schemas that is looked at here. A pipe shows what its first member shows. */
interface Node extends v.GenericSchema {
  readonly entries?: Readonly<Record<string, Node>>;
  readonly item?: Node;
  readonly value?: Node;
  readonly wrapped?: Node;
  readonly default?: unknown;
  readonly message?: unknown;
  readonly options?: readonly unknown[];
  readonly key?: unknown;
  readonly literal?: unknown;
}

/** What a plan looks like, read off its schema. */
export function planShape(): MapShape {
  return mapShape(planSchema.entries, planSchema);
}

function shapeOf(node: Node): Shape {
  if (node.wrapped) return shapeOf(node.wrapped);
  if (node.entries) return mapShape(node.entries, node);
  if (node.item) return { kind: 'list', each: shapeOf(node.item) };
  if (node.type === 'variant') return variantShape(node);
  const map = node.type === 'union' ? (node.options as readonly Node[]).find((o) => o.entries) : undefined;
  if (map?.entries) {
    return { kind: 'text-or-map', map: mapShape(map.entries, map), expected: String(node.message) };
  }
  if (node.value) return { kind: 'named', each: shapeOf(node.value), expected: String(node.message) };
  return { kind: 'value' };
}

function mapShape(entries: Readonly<Record<string, Node>>, { message }: Node): MapShape {
  return { kind: 'map', keys: Object.entries(entries).map(keyOf), expected: String(message) };
}

function variantShape({ key, options, message }: Node): VariantShape {
  const by = String(key);
  return {
    kind: 'variant',
    by,
    options: (options as readonly Node[]).map((option) => {
      const map = mapShape(option.entries ?? {}, option);
      const word = String(option.entries?.[by]?.literal);
      return { word, description: map.keys.find((k) => k.name === by)?.description ?? '', map };
    }),
    expected: String(message),
  };
}

/** The option that a map of several kinds has chosen; undefined when it names none. */
export function chosen(shape: VariantShape, data: unknown): MapShape | undefined {
  const word = (data as Readonly<Record<string, unknown>> | null | undefined)?.[shape.by];
  return shape.options.find((option) => option.word === word)?.map;
}

function keyOf([name, node]: [string, Node]): Key {
  const inner = node.wrapped ?? node;
  const { description, examples } = v.getMetadata(inner);
  return {
    name,
    required: node.type !== 'optional' && node.type !== 'exact_optional',
    default: typeof node.default === 'function' ? node.default() : node.default,
    example: Array.isArray(examples) ? examples[0] : undefined,
    description: String(description ?? ''),
    type: typeOf(inner),
    shape: shapeOf(inner),
  };
}

function typeOf(node: Node): string {
  const { title } = v.getMetadata(node);
  if (typeof title === 'string') return title;
  switch (node.type) {
    case 'array':
      return node.item ? `list of ${several(typeOf(node.item))}` : 'list';
    case 'record':
      return 'maps by name';
    case 'strict_object':
      return 'map';
    case 'variant':
      return 'check';
    case 'union':
      return 'text or map';
    case 'literal':
      return String(node.literal);
    case 'picklist':
      return either((node.options ?? []).map(String));
    case 'boolean':
      return 'true or false';
    case 'number':
      return 'whole number';
    default:
      return 'text';
  }
}

function several(type: string): string {
  if (type === 'text or map') return 'texts or maps';
  return ['map', 'text', 'check'].includes(type) ? `${type}s` : type;
}
