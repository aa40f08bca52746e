import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { jsonSchema, MARK, reference } from '../../scripts/plan-reference.ts';
import { checkPlan } from '../../src/plan/check.ts';
import { writeKey } from '../../src/plan/render.ts';
import { type Key, planShape, type Shape } from '../../src/plan/shape.ts';

const read = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
const RENEW = 'run npx tsx scripts/write-plan-reference.ts';

test('the committed schema is that of the code', () => {
  // The formatter has laid it out in its own way.
  expect(JSON.parse(read('sluice.schema.json')), RENEW).toEqual(JSON.parse(jsonSchema()));
});

test('docs/plan.md is that of the code below its head', () => {
  const [head = '', rest] = read('docs/plan.md').split(`${MARK}\n\n`);
  expect(head).toContain('sluice plan check');
  expect(rest, RENEW).toBe(reference());
});

test('each YAML example of docs/plan.md is a plan', () => {
  const examples = [...read('docs/plan.md').matchAll(/```yaml\n(.*?)```/gs)].map(([, yaml = '']) => yaml);
  expect(examples.length).toBeGreaterThan(17);
  for (const yaml of examples) expect(checkPlan(yaml, 'docs/plan.md')).toMatchObject({ ok: true });
});

function keysIn(shape: Shape): Key[] {
  switch (shape.kind) {
    case 'value':
      return [];
    case 'list':
    case 'named':
      return keysIn(shape.each);
    case 'text-or-map':
      return keysIn(shape.map);
    case 'variant':
      return shape.options.flatMap(({ map }) => keysIn(map));
    case 'map':
      return shape.keys.flatMap((key) => [key, ...keysIn(key.shape)]);
  }
}

const shape = planShape();
describe.each(keysIn(shape).map((key) => [key.name, key] as const))('%s', (_, key) => {
  test('has a description that is a sentence', () => {
    expect(key.description).toMatch(/^\S.*[.:]( \[\]: \w+\.)?$/);
  });
});

test('every default and example of a whole key is sound', () => {
  for (const key of shape.keys) {
    for (const value of [key.default, key.example]) {
      if (value !== undefined) {
        expect(checkPlan(writeKey(key.name, value), key.name)).toMatchObject({ ok: true });
      }
    }
  }
});

test('a key without a default has an example, so that `plan show` can say how it is written', () => {
  for (const key of shape.keys) expect(key.default ?? key.example, key.name).toBeDefined();
});

test('every kind of check has a part in docs/plan.md', () => {
  for (const kind of ['errors', 'latency', 'logs', 'metric', 'page', 'command']) {
    expect(read('docs/plan.md')).toContain(`### \`kind: ${kind}\``);
  }
});
