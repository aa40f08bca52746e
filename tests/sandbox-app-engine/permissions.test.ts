import { expect, test } from 'vitest';
import { appEngine, rest } from './support.ts';

test('everybody may do everything in the one project there is', async () => {
  const engine = await appEngine();
  const permissions = [
    'appengine.services.update',
    'iam.serviceAccounts.actAs',
    'cloudscheduler.jobs.create',
  ];
  const granted = await rest(engine, 'POST', '/v1/projects/demo:testIamPermissions', { permissions });
  expect(granted).toMatchObject({ status: 200, body: { permissions } });

  const other = await rest(engine, 'POST', '/v1/projects/other:testIamPermissions', { permissions });
  expect(other).toMatchObject({ status: 404, body: { error: { status: 'NOT_FOUND' } } });
  for (const wrong of [
    ['appengine.*'],
    ['deploy'],
    Array.from({ length: 101 }, (_, i) => `a.b.c${'x'.repeat(i)}`),
  ]) {
    const refused = await rest(engine, 'POST', '/v1/projects/demo:testIamPermissions', {
      permissions: wrong,
    });
    expect(refused).toMatchObject({ status: 400, body: { error: { status: 'INVALID_ARGUMENT' } } });
  }
  const broken = await rest(engine, 'POST', '/v1/projects/demo:testIamPermissions', { permissions: 'all' });
  expect(broken).toMatchObject({ status: 400, body: { error: { status: 'INVALID_ARGUMENT' } } });
});
