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
    web: { source: '.', smoke: [{ path: '/', status: 200, within: '10s' }], verify: [] },
  });
  expect(shown.steps).toEqual([{ traffic: 100, watch: '30m' }]);
  expect(shown.approval).toEqual({
    needed: 1,
    twoPerson: true,
    expires: '2h',
    remind: '30m',
    hold: '15m',
    emergency: true,
  });
  expect(shown.checklist).toEqual(BUILT_IN_CHECKLIST);
  expect(shown).toMatchObject({ people: [], shardBy: 'random', monitoring: { lag: '4m' } });
  expect(shown.validation.checks).toHaveLength(7);
  expect(shown.afterCare.rounds).toHaveLength(5);
});

test('defaults are written out in checks of each kind and in items that are maps', () => {
  const data = sound(
    'afterCare: { rounds: [{ name: a, every: day, checks: [{ name: b, kind: page, path: /, json: { path: x } }] }] }\nchecklist: [{ title: a, items: [b, { text: c }] }]\n',
  ).data;
  const shown = parse(showPlan(data, 'x'));
  expect(shown.afterCare.rounds[0].checks).toEqual([
    { name: 'b', kind: 'page', path: '/', status: 200, json: { path: 'x' }, within: '10s' },
  ]);
  expect(shown.checklist[0].items).toEqual(['b', { text: 'c', required: true, shell: false, within: '5m' }]);
});

test('what has no value stands there out of force, by its example', () => {
  expect(showPlan({}, 'x')).toContain('\n#project: quant-trading-system\n');
  expect(showPlan({ project: 'my-project' }, 'x')).toContain('\nproject: my-project\n');
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

const within = fc.integer({ min: 1, max: 60 }).map((s) => `${s}s`);

/** Any line where the shell runs it, else a program and its arguments. */
const line = fc.oneof(
  fc.record({ run: text, shell: fc.constant(true) }),
  fc.record({
    run: fc.constantFrom('npm test', `./look "$REASON" --version=\${VERSION}`, "grep -q 'a | b' x"),
  }),
);

const command = fc.tuple(fc.record({ name: text, within }, { requiredKeys: ['name'] }), line).map(merge);

/** A list in which nothing is called twice. */
const called = <T>(each: fc.Arbitrary<T>, by: (item: T) => string, minLength = 0) =>
  fc.uniqueArray(each, { selector: (item) => by(item).trim(), minLength, maxLength: 3 });

const commands = called(command, (c) => c.name);

const limits = fc.oneof(
  fc.record({ atLeast: fc.integer() }),
  fc.record({ atMost: fc.double({ noDefaultInfinity: true, noNaN: true }) }),
  fc.record({ atLeast: fc.integer({ max: 3 }), atMost: fc.integer({ min: 3 }) }),
);

const check = fc.oneof(
  fc.record({ kind: fc.constant('errors'), atMost: fc.nat(100).map((n) => `${n} %`) }),
  fc.record({ kind: fc.constant('latency'), atMost: fc.integer({ min: 1, max: 60_000 }) }),
  fc.tuple(fc.record({ kind: fc.constant('logs'), filter: text }), limits).map(merge),
  fc
    .tuple(
      fc.record({
        kind: fc.constant('metric'),
        filter: text.map((t) => `metric.type = "a" ${t}`),
        measure: fc.constant('sum'),
        per: fc.constant('1d'),
      }),
      limits,
    )
    .map(merge),
  fc
    .tuple(
      fc.record({ kind: fc.constant('page') }),
      smokeTest,
      fc.option(fc.record({ path: fc.constant('a.0.b'), is: fc.oneof(text, fc.boolean(), fc.integer()) }), {
        nil: undefined,
      }),
    )
    .map(([kind, page, json]) => ({ ...kind, ...page, ...(json && { json }) })),
  fc.tuple(fc.record({ kind: fc.constant('command'), within }), line).map(merge),
);
const checks = called(
  fc.tuple(fc.record({ name: text }), check).map(([name, rest]) => ({ ...name, ...rest })),
  (c) => c.name,
  1,
);

function merge<A, B>([a, b]: [A, B]): A & B {
  return { ...a, ...b };
}

const zone = fc.constantFrom('UTC', 'Europe/London', 'America/New_York', 'Asia/Kathmandu');

const freeze = fc.oneof(
  fc.record(
    {
      why: text,
      days: fc.subarray(['mon', 'wed', 'sun'], { minLength: 1 }),
      from: fc.constantFrom('00:00', '09:30'),
      to: fc.constantFrom('06:00', '23:59'),
      zone,
    },
    { requiredKeys: ['why', 'days', 'from', 'to'] },
  ),
  fc.record(
    {
      why: text,
      from: fc.constantFrom('2026-12-24', '2026-12-24T18:00'),
      to: fc.constantFrom('2026-12-24', '2027-01-02T08:00'),
      zone,
    },
    { requiredKeys: ['why', 'from', 'to'] },
  ),
);

const plan = fc.record(
  {
    project: fc.constantFrom('my-project', 'example.com:my-project'),
    region: fc.constantFrom('us-central1', 'europe-west'),
    zone,
    version: fc.constantFrom('v{date}-{git}', '{time}', 'v1'),
    services: fc.dictionary(
      fc
        .stringMatching(/^[a-z\d](?:[a-z\d-]{0,30}[a-z\d])?$/)
        .filter((name) => name !== 'constructor' && name !== 'prototype'),
      fc.record(
        { source: text, smoke: fc.array(smokeTest, { maxLength: 3 }), verify: commands, cron: text },
        { requiredKeys: [] },
      ),
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
    checklist: fc.array(
      fc.record({
        title: text,
        items: fc.array(
          fc.oneof(
            text,
            fc.record({ text, required: fc.boolean(), within }, { requiredKeys: ['text'] }),
            fc.tuple(fc.record({ text }), line).map(merge),
          ),
          { minLength: 1, maxLength: 4 },
        ),
      }),
      { maxLength: 3 },
    ),
    validation: fc.record({ checks: fc.subarray(['git', 'files']), commands }, { requiredKeys: [] }),
    backup: fc.record({ clone: fc.boolean() }),
    shardBy: fc.constantFrom('random', 'cookie'),
    steps,
    approval: fc.record(
      { needed: fc.integer({ min: 1, max: 9 }), twoPerson: fc.boolean(), expires: fc.constant('90m') },
      { requiredKeys: [] },
    ),
    monitoring: fc.record(
      {
        lag: fc.constant('5m'),
        falseAlarm: fc.constantFrom('0.5 %', '1%'),
        rehearsal: fc.boolean(),
        say: fc.record(
          { memory: fc.constant('advisory'), cpu: fc.constant('required') },
          { requiredKeys: [] },
        ),
        metrics: fc.constant([
          { name: 'depth', filter: 'metric.type="x"', measure: 'mean', bad: 'increase' },
        ]),
        commands,
      },
      { requiredKeys: [] },
    ),
    freeze: fc.array(freeze, { maxLength: 3 }),
    announce: fc.record(
      { chat: fc.boolean(), deployed: commands, rolledBack: commands },
      { requiredKeys: [] },
    ),
    afterCare: fc.record(
      {
        at: fc.constantFrom('00:00', '23:59'),
        rounds: called(
          fc.record(
            {
              name: text,
              every: fc.constant('week'),
              for: fc.constant('70d'),
              checks,
              tasks: fc.array(text),
            },
            { requiredKeys: ['name', 'every', 'checks'] },
          ),
          (r) => r.name,
        ),
      },
      { requiredKeys: [] },
    ),
    success: fc.record(
      {
        after: fc.constant('14d'),
        criteria: called(fc.record({ text, checks }, { requiredKeys: ['text'] }), (c) => c.text),
      },
      { requiredKeys: [] },
    ),
    contingency: called(
      fc.record(
        { text, within: fc.constant('2d'), offer: fc.constant('rollback') },
        { requiredKeys: ['text', 'within'] },
      ),
      (c) => c.text,
    ),
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
