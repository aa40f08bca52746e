import * as v from 'valibot';
import { findMisfits } from './misfits.ts';
import { nearest } from './nearest.ts';
import { type Plan, planSchema } from './schema.ts';
import { chosen, type Key, planShape, type Shape, type VariantShape } from './shape.ts';
import type { Path } from './source.ts';
import { either, flow, sayPath, sayValue } from './words.ts';

/** What is wrong at a key of the plan, or with its value: a sentence without its place. */
export interface Fault {
  readonly path: Path;
  readonly at: 'key' | 'value';
  readonly says: string;
}

/** Every fault of a plan as plain data, one sentence each; or the plan, when there is none. */
export function weigh(data: unknown): { readonly plan: Plan } | { readonly faults: readonly Fault[] } {
  const shape = planShape();
  const misfits = findMisfits(shape, data, []);
  const result = v.safeParse(planSchema, data);
  if (result.success && misfits.length === 0) return { plan: result.output };

  const faults = [...misfits];
  for (const issue of (result.issues ?? []).flatMap(unfold)) {
    // Of the keys that do not belong valibot names the first only.
    if (issue.type === 'strict_object' && issue.expected === 'never') continue;
    const path = pathOf(issue);
    if (faults.some((fault) => fault.at === 'value' && startsWith(path, fault.path))) continue;
    faults.push(describe(issue, path, shape, data));
  }
  return { faults };
}

/** Where a value may be written in two ways, what is wrong in the one that was meant says more than that neither fits. */
function unfold(issue: v.BaseIssue<unknown>): v.BaseIssue<unknown>[] {
  const tried = issue.type === 'union' ? (issue.issues ?? []) : [];
  const inside = tried.filter((each) => each.path || each.kind === 'validation');
  if (inside.length === 0) return [issue];
  return inside.map((each) => {
    const [first, ...rest] = [...(issue.path ?? []), ...(each.path ?? [])];
    return first ? { ...each, path: [first, ...rest] } : each;
  });
}

function describe(issue: v.BaseIssue<unknown>, path: Path, shape: Shape, data: unknown): Fault {
  const where = sayPath(path);
  const origin = issue.path?.at(-1)?.origin;
  if (issue.type === 'raw_check') return { path, at: 'value', says: `${where} ${closed(issue.message)}` };

  const { key, around } = find(shape, data, path);
  const came = valueAt(data, path);
  if (around?.kind === 'variant' && issue.type === 'variant') return wrongKind(around, path, came);
  if (issue.type === 'strict_object' && origin === 'key') {
    const such = key?.example ?? key?.default;
    const hint = such === undefined ? '' : `: add it, such as ${key?.name}: ${flow(such)}`;
    return { path, at: 'key', says: `${where} is missing${hint}.` };
  }
  if (origin === 'key') {
    return { path, at: 'key', says: `${where} should be named with ${issue.message}.` };
  }
  if (came === null && key) {
    return { path, at: 'value', says: `${where} should be ${issue.message}, but is empty: ${wayOut(key)}.` };
  }
  return { path, at: 'value', says: `${where} should be ${issue.message}, but is ${sayValue(came)}.` };
}

function wrongKind({ options }: VariantShape, path: Path, came: unknown): Fault {
  const where = sayPath(path);
  const words = options.map((option) => option.word);
  if (came === undefined) {
    return { path, at: 'key', says: `${where} is missing: add it, one of ${either(words)}.` };
  }
  const near = typeof came === 'string' ? nearest(came, words) : undefined;
  const hint = near ? `. Did you mean '${near}'?` : '.';
  return { path, at: 'value', says: `${where} should be ${either(words)}, but is ${sayValue(came)}${hint}` };
}

/** With the mark that ends a sentence. */
function closed(sentence: string): string {
  return sentence.endsWith('?') ? sentence : `${sentence}.`;
}

function wayOut(key: Key): string {
  if (key.required) return 'give it one';
  return key.default === undefined
    ? 'give it one, or delete the line'
    : 'give it one, or delete the line to have the default';
}

/** The key at a path, and the shape that it stands in. */
function find(shape: Shape, data: unknown, path: Path): { key?: Key; around?: Shape } {
  let inside: Shape | undefined = shape;
  let found: { key?: Key; around?: Shape } = {};
  let value = data;
  for (const step of path) {
    const around: Shape | undefined = inside;
    const key: Key | undefined = mapOf(around, value)?.keys.find((k) => k.name === step);
    found = { ...(key && { key }), ...(around && { around }) };
    inside = around?.kind === 'list' || around?.kind === 'named' ? around.each : key?.shape;
    value = (value as Readonly<Record<string, unknown>> | null | undefined)?.[step];
  }
  return found;
}

function mapOf(shape: Shape | undefined, data: unknown) {
  if (shape?.kind === 'map') return shape;
  if (shape?.kind === 'text-or-map') return shape.map;
  return shape?.kind === 'variant' ? chosen(shape, data) : undefined;
}

function valueAt(data: unknown, path: Path): unknown {
  return path.reduce<unknown>((inside, step) => (inside as Record<string, unknown>)[step], data);
}

function pathOf(issue: v.BaseIssue<unknown>): Path {
  return issue.path?.map((part) => part.key as string | number) ?? [];
}

function startsWith(path: Path, start: Path): boolean {
  return start.every((step, i) => path[i] === step);
}
