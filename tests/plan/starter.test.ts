import { expect, test } from 'vitest';
import { checkPlan } from '../../src/plan/check.ts';
import { scriptsToPass } from '../../src/plan/npm-scripts.ts';
import { smokePathOf, type Version } from '../../src/plan/smoke-path.ts';
import { type Found, starterPlan } from '../../src/plan/starter.ts';
import { STARTER_CRITERIA, STARTER_ROUNDS, STARTER_SECTION } from '../../src/plan/starter-parts.ts';

const BARE: Found = {
  service: 'web',
  source: 'apps/web',
  smokePath: '/healthz',
  cron: false,
  commit: false,
  scripts: [],
};
const WEB = {
  source: 'apps/web',
  smoke: [{ path: '/healthz', status: 200, within: 10_000 }],
  verify: [],
};

/** What a starter says beside what was found: nothing of it is one trade's. */
function started(parts: object) {
  const text = JSON.stringify({
    checklist: [STARTER_SECTION],
    afterCare: { rounds: STARTER_ROUNDS },
    success: { criteria: STARTER_CRITERIA },
    ...parts,
  });
  return sound(text).plan;
}

function sound(text: string) {
  const checked = checkPlan(text, 'sluice.yaml');
  if (!checked.ok) throw new Error(checked.faults.join('\n'));
  return checked;
}

test('a first plan is sound, says what holds for any app, and adds the service', () => {
  const { plan, remarks } = sound(starterPlan(BARE));
  expect(plan).toEqual({ ...started({}), services: { web: WEB } });
  expect(JSON.stringify(plan)).not.toMatch(/trade|signal|Telegram/i);
  expect(remarks).toHaveLength(1);
});

test('taking every # away puts the defaults, the examples of what has none and two people in force', () => {
  const { plan, remarks } = sound(starterPlan(BARE).replace(/^( *)#(?! )/gm, '$1'));
  expect(remarks).toEqual([]);
  expect(plan).toEqual({
    ...started({}),
    project: 'quant-trading-system',
    region: 'us-central1',
    services: { web: WEB },
    people: [
      { id: 123456789, name: 'Ada', roles: ['operator'] },
      { id: 987654321, name: 'Ben', roles: ['approver'] },
    ],
  });
});

test('cron jobs, a commit and scripts that were found are in force', () => {
  const { plan } = sound(starterPlan({ ...BARE, cron: true, commit: true, scripts: ['lint', 'test'] }));
  const items = [
    { text: 'No linting errors', run: 'npm run lint' },
    { text: 'The tests pass', run: 'npm test' },
  ];
  expect(plan).toEqual({
    ...started({ checklist: [{ title: 'Code', items }, STARTER_SECTION] }),
    version: 'v{date}-{git}',
    services: { web: { ...WEB, cron: 'cron.yaml' } },
  });
});

test.each([
  ['{"scripts":{"test":"vitest","lint":"biome check .","build":"tsc"}}', ['lint', 'test']],
  ['{"scripts":{"test":"node --test"}}', ['test']],
  ['{"scripts":{"test":"echo \\"Error: no test specified\\" && exit 1","lint":" "}}', []],
  ['{"scripts":[]}', []],
  ['{}', []],
  ['null', []],
  ['[', []],
  ['{"scripts":{"test":["vitest"]}}', []],
])('scripts that should pass: %s', (text, names) => {
  expect(scriptsToPass(text)).toEqual(names);
});

const script = { scriptPath: 'auto' };
test.each<[string, Version, string]>([
  ['no handlers', {}, '/'],
  ['everything', { handlers: [{ urlRegex: '/.*' }] }, '/'],
  ['a health check', { handlers: [{ urlRegex: '/.*' }, { urlRegex: '/healthz' }] }, '/healthz'],
  [
    'a health check behind a sign-in',
    { handlers: [{ urlRegex: '/healthz', login: 'LOGIN_ADMIN' }, { urlRegex: '/.*' }] },
    '/',
  ],
  ['no root', { handlers: [{ urlRegex: '/api/.*' }, { urlRegex: '/jobs/(a|b)' }] }, '/api/'],
  [
    'files and no root',
    { handlers: [{ urlRegex: '/static/(.*)', staticFiles: {} }, { urlRegex: '/app' }] },
    '/app',
  ],
  ['a root of files', { handlers: [{ urlRegex: '/', staticFiles: {} }, { urlRegex: '/app' }] }, '/'],
  ['a pattern of Python alone', { handlers: [{ urlRegex: '/(?P<id>.*)(?i)' }] }, '/'],
  ['a readiness check', { readinessCheck: { path: '/ready' }, handlers: [{ urlRegex: '/.*' }] }, '/ready'],
  ['a liveness check', { livenessCheck: { path: '/live' } }, '/live'],
])('the path of the first smoke test: %s', (_, version, path) => {
  const handlers = version.handlers?.map((handler) => ({ script, ...handler }));
  expect(smokePathOf({ ...version, ...(handlers && { handlers }) })).toBe(path);
});
