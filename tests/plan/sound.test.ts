import { describe, expect, test } from 'vitest';
import { checkPlan } from '../../src/plan/check.ts';
import { builtInPlan, parsePlan } from '../../src/plan/load.ts';
import { sayPlan } from '../../src/plan/say.ts';

function sound(text: string) {
  const checked = checkPlan(text, 'sluice.yaml');
  if (!checked.ok) throw new Error(checked.faults.join('\n'));
  return checked;
}

test.each(['', '\n', '# nothing yet\n', '---\n', '~\n', '{}\n', '\uFEFF', '\uFEFF# nothing\r\n'])(
  'a plan that says nothing is the built-in one: %j',
  async (text) => {
    expect(sound(text).plan).toEqual(builtInPlan());
    expect(await parsePlan(text, 'sluice.yaml')).toEqual(builtInPlan());
  },
);

test('the built-in plan is that of the deployment plan', () => {
  const plan = builtInPlan();
  expect(plan.steps.map((step) => step.traffic)).toEqual([100, 500, 1000]);
  expect(plan.checklist.flatMap((section) => section.items)).toHaveLength(19);
  expect(plan.approval).toEqual({
    needed: 1,
    twoPerson: true,
    expires: 7_200_000,
    remind: 1_800_000,
    hold: 900_000,
    emergency: true,
  });
});

test('after-care, criteria and contingency are those of the deployment plan', () => {
  const { afterCare, success, contingency } = builtInPlan();
  const HOUR = 3_600_000;
  expect(afterCare.at).toBe('09:00');
  expect(afterCare.rounds.map((round) => [round.name, round.every, round.for])).toEqual([
    ['Hourly', 'hour', 24 * HOUR],
    ['Daily', 'day', 7 * 24 * HOUR],
    ['Weekly', 'week', undefined],
    ['Monthly', 'month', undefined],
    ['Quarterly', 'quarter', undefined],
  ]);
  expect(afterCare.rounds.map((round) => round.tasks.length)).toEqual([3, 4, 1, 1, 1]);
  expect(afterCare.rounds[0]?.checks[0]).toEqual({ name: 'errors', kind: 'errors', atMost: 0.01 });
  expect(success.after).toBe(7 * 24 * HOUR);
  expect(success.criteria.map((criterion) => criterion.checks.length)).toEqual([0, 0, 0, 0, 0, 1]);
  expect(contingency.map((step) => [step.within / 24 / HOUR, step.offer])).toEqual([
    [2, undefined],
    [5, undefined],
    [7, 'rollback'],
    [14, 'calendar'],
  ]);
});

test('an item that is a text is required and has no command', () => {
  const { plan } = sound(
    'checklist: [{ title: A, items: [Look, { text: Run, run: npm test, within: 1h, required: false }] }]',
  );
  expect(plan.checklist[0]?.items).toEqual([
    { text: 'Look', required: true, shell: false, within: 300_000 },
    { text: 'Run', required: false, run: 'npm test', shell: false, within: 3_600_000 },
  ]);
});

test("freezes know what kind they are, and have the plan's time zone unless they name one", () => {
  const { plan } = sound(
    'zone: Asia/Tokyo\nfreeze:\n  - { why: a, days: [fri], from: 22:00, to: 06:00 }\n  - { why: b, from: 2026-12-24, to: 2026-12-24, zone: UTC }\n',
  );
  expect(plan.freeze).toEqual([
    { kind: 'weekly', why: 'a', days: ['fri'], from: '22:00', to: '06:00', zone: 'Asia/Tokyo' },
    { kind: 'dates', why: 'b', from: '2026-12-24', to: '2026-12-24', zone: 'UTC' },
  ]);
});

test('what is written with aliases is read as if it were written out', () => {
  const { plan } = sound(
    'services:\n  web: &all { smoke: [{ path: /healthz }] }\n  api: *all\npeople:\n  - &ada { id: 1, name: Ada, roles: [operator] }\n',
  );
  expect(plan.services.api).toEqual(plan.services.web);
});

test('a fault inside an alias is told where it is written', () => {
  const checked = checkPlan('services:\n  web: &all\n    smoke: 3\n  api: *all\n', 'p');
  expect(checked.ok ? [] : checked.faults).toEqual([
    "p:3:12: 'services.web.smoke' should be a list of smoke tests, but is 3.",
    "p:3:12: 'services.api.smoke' should be a list of smoke tests, but is 3.",
  ]);
});

describe('what nobody could do', () => {
  const ADA = '{ id: 1, name: Ada, roles: [operator] }';
  const BOTH = '{ id: 1, name: Ada, roles: [operator, approver] }';
  const BEN = '{ id: 2, name: Ben, roles: [approver] }';
  const CLEO = '{ id: 3, name: Cleo, roles: [operator, approver] }';
  test.each([
    [[ADA], '', 'nobody is approver, so nobody may let a release out.'],
    [[BEN], '', 'nobody is operator, so nobody may start a release.'],
    [
      [BOTH],
      '',
      'no release could be let out: a step takes 1 approver who did not start it, and approver is only Ada.',
    ],
    [
      [BOTH, '{ id: 2, name: Ben, roles: [operator] }'],
      '',
      'no release of Ada could be let out: a step takes 1 approver who did not start it, and approver is only Ada.',
    ],
    [
      [ADA, BEN],
      'approval: { needed: 2 }',
      'no release could be let out: a step takes 2 approvers who did not start it, and approver is only Ben.',
    ],
    [
      [BOTH, BEN],
      'approval: { needed: 3, twoPerson: false }',
      'no release could be let out: a step takes 3 approvers, and approver is only Ada and Ben.',
    ],
  ])('%j %s', (people, rest, warning) => {
    const text = `${rest}\npeople: [${people.join(', ')}]\n`;
    expect(sound(text).remarks).toEqual([`sluice.yaml:2:1: warning: ${warning}`]);
  });

  test.each([
    [[ADA, BEN], ''],
    [[BOTH, BEN], ''],
    [[BOTH, CLEO], ''],
    [[BOTH], 'approval: { twoPerson: false }'],
    [[BOTH, BEN, CLEO], 'approval: { needed: 2 }'],
  ])('%j %s: nothing', (people, rest) => {
    expect(sound(`${rest}\npeople: [${people.join(', ')}]\n`).remarks).toEqual([]);
  });
});

test.each([
  [
    '',
    "1:1: note: 'people' names nobody, so the chat keeps the team: `sluice run` prints the code that makes its first admin.",
  ],
  [
    'version: v1\n',
    "1:1: note: 'people' names nobody, so the chat keeps the team: `sluice run` prints the code that makes its first admin.",
    "1:1: warning: 'version' suggests v1 for every release, and App Engine keeps a version under that id from the first one on: put {date}, {time} or {git} in.",
  ],
  [
    'people: []\nfreeze:\n  - { why: a, days: [mon, tue, wed, thu, fri, sat, sun], from: 09:00, to: 09:00 }\n  - { why: b, from: 2027-01-01, to: 2027-12-31 }\n',
    "1:1: note: 'people' names nobody, so the chat keeps the team: `sluice run` prints the code that makes its first admin.",
    "2:1: warning: the windows of 'freeze' go round the week, so nothing could ever be let out.",
  ],
  [
    'people: []\nfreeze:\n  - { why: a, days: [mon, tue, wed, thu, fri, sat, sun], from: 09:00, to: 08:45 }\n  - { why: b, from: 2027-01-01, to: 2027-12-31 }\n',
    "1:1: note: 'people' names nobody, so the chat keeps the team: `sluice run` prints the code that makes its first admin.",
  ],
  [
    'people: []\nsteps: [{ traffic: 50 % }, { traffic: 95 % }, { traffic: 100 %, watch: 30m }]\n',
    "1:1: note: 'people' names nobody, so the chat keeps the team: `sluice run` prints the code that makes its first admin.",
    '2:65: note: at the last step nothing serves beside the new version, so it is judged against the hour before alone, and an incident elsewhere looks like its fault: judge a step such as 95 % instead, with watch: 0s here.',
  ],
  [
    'people: []\nsteps: [{ traffic: 50 % }, { traffic: 95 % }, { traffic: 100 %, watch: 0s }]\n',
    "1:1: note: 'people' names nobody, so the chat keeps the team: `sluice run` prints the code that makes its first admin.",
  ],
  [
    'people: []\nannounce: { chat: false, deployed: [{ name: a, run: b }] }\n',
    "1:1: note: 'people' names nobody, so the chat keeps the team: `sluice run` prints the code that makes its first admin.",
    "2:1: warning: nobody is told that a release was taken back: set 'chat' to true, or add a command.",
  ],
])('remarks on %j', (text, ...remarks) => {
  expect(sound(text).remarks).toEqual(remarks.map((remark) => `sluice.yaml:${remark}`));
});

test.each([
  [
    '',
    'a release of any service goes after 19 checklist items to 10 % (judged for 30 minutes), 50 % (judged for 30 minutes) and 100 %; each step takes a yes of 1 approver other than the starter; then it is looked after in 5 rounds, with a verdict on 6 criteria after 7 days',
  ],
  [
    'services: { web: {}, api: {} }\nchecklist: []\nsteps: [{ traffic: 12.5, watch: 0s }, { traffic: 100, watch: 1h }]\napproval: { needed: 2, twoPerson: false }\nafterCare: { rounds: [] }\nsuccess: { criteria: [] }\n',
    'a release of web and api goes without a checklist to 12.5 % (not judged) and 100 % (judged for 1 hour); each step takes a yes of 2 approvers; then nobody looks after it, without a verdict',
  ],
  [
    'checklist: []\nmonitoring: { rehearsal: true }\nafterCare: { rounds: [] }\nsuccess: { criteria: [] }\n',
    'a release of any service goes without a checklist to 10 % (judged for 30 minutes), 50 % (judged for 30 minutes) and 100 %; each step takes a yes of 1 approver other than the starter, while the judge rehearses; then nobody looks after it, without a verdict',
  ],
])('in a line: %j', (text, line) => {
  expect(sayPlan(sound(text).plan)).toBe(line);
});
