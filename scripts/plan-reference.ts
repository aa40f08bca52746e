import { toJsonSchema } from '@valibot/to-json-schema';
import { stringify } from 'yaml';
import { fillIn, writeKey } from '../src/plan/render.ts';
import { planSchema } from '../src/plan/schema.ts';
import { type Key, planShape, type Shape } from '../src/plan/shape.ts';

/** What stands in docs/plan.md above this line is written by hand. */
export const MARK =
  '<!-- What follows is written by scripts/write-plan-reference.ts: change src/plan/schema.ts. -->';

/** Defaults up to this many characters stand in a table. */
const SHORT = 110;

/** The JSON schema of `sluice.yaml`, as text. Rules that join several keys are left to `sluice plan check`. */
export function jsonSchema(): string {
  const { $schema, ...rest } = toJsonSchema(planSchema, {
    typeMode: 'input',
    ignoreActions: ['trim', 'raw_check'],
  });
  const whole = { $schema, title: 'sluice.yaml', description: 'The deployment plan of Sluice.', ...rest };
  return `${JSON.stringify(whole, null, 2)}\n`;
}

/** Every key of the plan, as Markdown. */
export function reference(): string {
  const shape = planShape();
  return shape.keys.map(section).join('\n');
}

function section(key: Key): string {
  const rows = inner(key.shape, key.name).map(([path, k]) => row(path, k));
  const table = ['| key | type | default | example | meaning |', '| --- | --- | --- | --- | --- |', ...rows];
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
      return [];
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
  const example = key.example === undefined ? '' : code(key.example);
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
