import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { BUILT_IN_CHECKLIST } from '../../src/plan/built-in-checklist.ts';
import { type Checked, checkPlan } from '../../src/plan/check.ts';
import { builtInPlan } from '../../src/plan/load.ts';
import { showPlan } from '../../src/plan/show.ts';

function sound(text: string): Extract<Checked, { ok: true }> {
  const checked = checkPlan(text, 'sluice.yaml');
  if (!checked.ok) throw new Error(`${checked.faults.join('\n')}\nin\n${text}`);
  return checked;
}

test('the built-in plan, shown, is the built-in plan', () => {
  const shown = showPlan({}, 'The built-in plan');
  expect(sound(shown).plan).toEqual(builtInPlan());
  expect(shown).toMatch(
    /^# yaml-language-server: \$schema=\.\/sluice\.schema\.json\n# The built-in plan, with/,
  );
  expect(shown).toContain('\n  - { traffic: 10 %, watch: 30m }\n');
});

test('what the author wrote stays as it was written', () => {
  const shown = showPlan(
    sound('approval: { expires: 90m }\nsteps: [{ traffic: 100 }]\n').data,
    'sluice.yaml',
  );
  expect(shown).toContain('\n  expires: 90m\n');
  expect(shown).toContain('\n  - { traffic: 100, watch: 30m }\n');
});

test('every key that has a default is written out', () => {
  const shown = parse(
    showPlan({ services: { web: { smoke: [{ path: '/' }] } }, steps: [{ traffic: 100 }] }, 'x'),
  );
  expect(shown.services).toEqual({
    web: { source: '.', smoke: [{ path: '/', status: 200, within: '10s' }] },
  });
  expect(shown.steps).toEqual([{ traffic: 100, watch: '30m' }]);
  expect(shown.approval).toEqual({ needed: 1, twoPerson: true, expires: '2h', hold: '15m' });
  expect(shown.checklist).toEqual(BUILT_IN_CHECKLIST);
  expect(shown).toMatchObject({ people: [], shardBy: 'random', monitoring: { lag: '4m' } });
});

/** Texts that YAML could take for something else. */
const text = fc
  .oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 130 }),
    fc.constantFrom(
      'null',
      '~',
      'yes',
      '1',
      '1e3',
      '# not a comment',
      '- a',
      'a: b',
      '"',
      "'",
      '%',
      '&a',
      '*a',
      '!x',
      '|',
      '{}',
    ),
    fc.constantFrom(
      'two\nlines',
      ' led by a space',
      'a #b',
      'ends with: ',
      '---',
      '\u0007',
      '\u2028',
      '<<',
      '__proto__',
    ),
  )
  // What counts as a space is cut from both ends.
  .filter((t) => t.trim() !== '');

const duration = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.constantFrom('s', 'm', 'h')), {
    minLength: 1,
    maxLength: 3,
  })
  .map((parts) => parts.map(([n, unit]) => `${n}${unit}`).join(' '));

const share = (thousandths: number) =>
  fc.constantFrom<string | number>(`${thousandths / 10} %`, `${thousandths / 10}%`, thousandths / 10);

const steps = fc
  .uniqueArray(fc.integer({ min: 1, max: 999 }), { maxLength: 5 })
  .chain((low) =>
    fc.tuple(
      ...[...low.toSorted((a, b) => a - b), 1000].map((thousandths) =>
        fc.record({ traffic: share(thousandths), watch: duration }, { requiredKeys: ['traffic'] }),
      ),
    ),
  );

const smokeTest = fc.record(
  {
    path: text.map((t) => `/a${t}`),
    status: fc.integer({ min: 200, max: 599 }),
    body: text.map((t) => t.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')),
    within: fc.integer({ min: 1, max: 60 }).map((s) => `${s}s`),
  },
  { requiredKeys: ['path'] },
);

const plan = fc.record(
  {
    services: fc.dictionary(
      fc
        .stringMatching(/^[a-z\d](?:[a-z\d-]{0,30}[a-z\d])?$/)
        .filter((name) => name !== 'constructor' && name !== 'prototype'),
      fc.record({ source: text, smoke: fc.array(smokeTest, { maxLength: 3 }) }, { requiredKeys: [] }),
      { maxKeys: 3 },
    ),
    people: fc.uniqueArray(
      fc.record({
        id: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
        name: text,
        roles: fc.subarray(['operator', 'approver']),
      }),
      { selector: (person) => person.id, maxLength: 4 },
    ),
    checklist: fc.array(fc.record({ title: text, items: fc.array(text, { minLength: 1, maxLength: 4 }) }), {
      maxLength: 3,
    }),
    shardBy: fc.constantFrom('random', 'cookie'),
    steps,
    approval: fc.record(
      { needed: fc.integer({ min: 1, max: 9 }), twoPerson: fc.boolean(), expires: fc.constant('90m') },
      { requiredKeys: [] },
    ),
    monitoring: fc.record({ lag: fc.constant('5m') }, { requiredKeys: [] }),
  },
  { requiredKeys: [] },
);

test('any plan, shown, says the same, and shown again looks the same', () => {
  fc.assert(
    fc.property(plan, (data) => {
      const given = sound(JSON.stringify(data));
      const shown = showPlan(given.data, 'sluice.yaml');
      const again = sound(shown);
      expect(again.plan).toEqual(given.plan);
      expect(showPlan(again.data, 'sluice.yaml')).toBe(shown);
    }),
    { numRuns: 300 },
  );
});
