import { expect, test } from 'vitest';
import { checkPlan } from '../../src/plan/check.ts';
import { builtInPlan } from '../../src/plan/load.ts';
import { smokePathOf, type Version } from '../../src/plan/smoke-path.ts';
import { starterPlan } from '../../src/plan/starter.ts';

const FOUND = { service: 'web', source: 'apps/web', smokePath: '/healthz' };
const SERVICES = {
  web: { source: 'apps/web', smoke: [{ path: '/healthz', status: 200, within: 10_000 }] },
};

test('a first plan is sound, and adds the service to the built-in one', () => {
  const checked = checkPlan(starterPlan(FOUND), 'sluice.yaml');
  expect(checked.ok && checked.plan).toEqual({ ...builtInPlan(), services: SERVICES });
  expect(checked.ok && checked.warnings).toHaveLength(1);
});

test('taking every # away puts the defaults and two people in force', () => {
  const whole = starterPlan(FOUND).replace(/^( *)#(?! )/gm, '$1');
  const checked = checkPlan(whole, 'sluice.yaml');
  const people = [
    { id: 123456789, name: 'Ada', roles: ['operator'] },
    { id: 987654321, name: 'Ben', roles: ['approver'] },
  ];
  expect(checked).toMatchObject({ ok: true, warnings: [] });
  expect(checked.ok && checked.plan).toEqual({ ...builtInPlan(), services: SERVICES, people });
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
