import { toJsonSchema } from '@valibot/to-json-schema';
import { stringify } from 'yaml';
import { fillIn, writeKey } from '../src/plan/render.ts';
import { planSchema } from '../src/plan/schema.ts';
import { type Key, planShape, type Shape, type VariantShape } from '../src/plan/shape.ts';

/** What stands in docs/plan.md above this line is written by hand. */
export const MARK =
  '<!-- What follows is written by scripts/write-plan-reference.ts: change src/plan/schema/. -->';

/** Defaults and examples up to this many characters stand in a table. */
const SHORT = 110;

/** The JSON schema of `sluice.yaml`, as text. Rules that join several keys are left to `sluice plan check`. */
export function jsonSchema(): string {
  const { $schema, ...rest } = toJsonSchema(planSchema, {
    typeMode: 'input',
    ignoreActions: ['trim', 'raw_check', 'finite'],
  });
  const whole = { $schema, title: 'sluice.yaml', description: 'The deployment plan of Sluice.', ...rest };
  return `${JSON.stringify(whole, null, 2)}\n`;
}

/** Every key of the plan, as Markdown. */
export function reference(): string {
  const shape = planShape();
  return [...shape.keys.map(section), kinds(variantIn(shape))].join('\n');
}

/** The kinds of checks, which several keys take. */
function kinds(shape: VariantShape | undefined): string {
  if (!shape) throw new Error('The plan has no checks whose kinds could be described.');
  const { by, options } = shape;
  return [
    '## Checks',
    '',
    `The \`checks\` above are of these kinds; each has a \`${by}\` and the keys of that kind.`,
    '',
    ...options.flatMap(({ word, description, map }) => [
      `### \`${by}: ${word}\``,
      '',
      description,
      '',
      ...HEAD,
      ...map.keys
        .filter((key) => key.name !== by)
        .flatMap((key) => [
          row(key.name, key),
          ...inner(key.shape, key.name).map(([path, k]) => row(path, k)),
        ]),
      '',
    ]),
  ].join('\n');
}

function variantIn(shape: Shape): VariantShape | undefined {
  switch (shape.kind) {
    case 'variant':
      return shape;
    case 'list':
    case 'named':
      return variantIn(shape.each);
    case 'map':
      return shape.keys.map((key) => variantIn(key.shape)).find((found) => found !== undefined);
    default:
      return undefined;
  }
}

const HEAD = ['| key | type | default | example | meaning |', '| --- | --- | --- | --- | --- |'];

function section(key: Key): string {
  const rows = inner(key.shape, key.name).map(([path, k]) => row(path, k));
  const table = [...HEAD, ...rows];
  return [
    `## \`${key.name}\``,
    '',
    key.description,
    '',
    key.shape.kind === 'map'
      ? 'Type: map. Default: those of its keys.'
      : `Type: ${key.type}. Default: ${defaultOf(key)}.`,
    '',
    ...(rows.length > 0 ? [...table, ''] : []),
    '```yaml',
    writeKey(key.name, key.example ?? fillIn(key.shape, key.default)).trimEnd(),
    '```',
    '',
  ].join('\n');
}

/** The keys inside a key, each with its path: `steps[].traffic`, `services.NAME.source`. */
function inner(shape: Shape, path: string): [string, Key][] {
  switch (shape.kind) {
    case 'value':
    // The kinds of checks have a part of their own.
    case 'variant':
      return [];
    case 'text-or-map':
      return inner(shape.map, path);
    case 'list':
      return inner(shape.each, `${path}[]`);
    case 'named':
      return inner(shape.each, `${path}.NAME`);
    case 'map':
      return shape.keys.flatMap((key) => [
        [`${path}.${key.name}`, key],
        ...inner(key.shape, `${path}.${key.name}`),
      ]);
  }
}

function row(path: string, key: Key): string {
  const written = key.example === undefined ? '' : code(key.example);
  const example = written.length <= SHORT ? written : '';
  return `| \`${path}\` | ${key.type} | ${defaultOf(key)} | ${example} | ${key.description} |`;
}

function defaultOf(key: Key): string {
  if (key.required) return 'none: it must be given';
  if (key.default === undefined) return 'none';
  const written = code(key.default);
  return written.length <= SHORT ? written : 'the built-in one, which `sluice plan show` prints';
}

function code(value: unknown): string {
  return `\`${stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trim().replaceAll('|', '\\|')}\``;
}
