import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { checkPlan } from '../../src/plan/check.ts';
import { planShape, type Shape } from '../../src/plan/shape.ts';
import { showPlan } from '../../src/plan/show.ts';

/** A sound plan with something of every key. */
const WHOLE = Object.fromEntries(
  planShape().keys.map((key) => {
    const written = parse(showPlan({}, 'x'))[key.name] ?? {};
    return [key.name, key.shape.kind === 'map' ? written : (key.example ?? written)];
  }),
);

/** Words that mean something somewhere. */
const WORDS = [...new Set(wordsOf(planShape()))];

function wordsOf(shape: Shape): string[] {
  switch (shape.kind) {
    case 'value':
      return [];
    case 'list':
    case 'named':
      return wordsOf(shape.each);
    case 'text-or-map':
      return wordsOf(shape.map);
    case 'variant':
      return shape.options.flatMap(({ word, map }) => [word, ...wordsOf(map)]);
    case 'map':
      return shape.keys.flatMap((key) => [key.name, ...wordsOf(key.shape)]);
  }
}

const leaf = fc.oneof(
  fc.constantFrom(...WORDS, '09:30', '2026-12-24', '30m', '1 %', '', 'mon', 'UTC'),
  fc.constantFrom(null, true, false, 0, -1, 1.5, 1e300, Number.NaN),
  fc.string(),
);
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(fc.oneof(fc.constantFrom(...WORDS), fc.string()), tie('any'), { maxKeys: 4 }),
  ),
})).any;

/** The plan with another value at one place, or with a key more. */
function spoil(data: unknown, steps: readonly number[], key: string | undefined, put: unknown): unknown {
  const [step, ...rest] = steps;
  if (step === undefined || data === null || typeof data !== 'object') return put;
  const entries: [string, unknown][] = Object.entries(data);
  const last = rest.length === 0 && key !== undefined && !Array.isArray(data);
  const at = entries.length === 0 ? 0 : step % entries.length;
  const changed = last
    ? [...entries, [key, put] as const]
    : entries.map(([name, each], i) => [name, i === at ? spoil(each, rest, key, put) : each] as const);
  return Array.isArray(data) ? changed.map(([, each]) => each) : Object.fromEntries(changed);
}

test('whatever a plan says is a plan, or is told in sentences with their places', () => {
  expect(checkPlan(JSON.stringify(WHOLE), 'p')).toMatchObject({ ok: true });
  fc.assert(
    fc.property(
      fc.array(fc.nat(99), { minLength: 1, maxLength: 7 }),
      fc.option(fc.constantFrom(...WORDS), { nil: undefined }),
      value,
      (steps, key, put) => {
        const checked = checkPlan(JSON.stringify(spoil(WHOLE, steps, key, put)), 'p');
        if (checked.ok) return;
        expect(checked.faults).not.toEqual([]);
        for (const fault of checked.faults) expect(fault).toMatch(/^p:\d+:\d+: .+[.?]$/s);
        expect(new Set(checked.faults).size).toBe(checked.faults.length);
      },
    ),
    { numRuns: 300 },
  );
});
