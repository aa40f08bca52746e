import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeChange } from '../../src/deploy/index.ts';
import { copyOfExample } from './local-app-engine.ts';
import { meddledCloud } from './meddled-cloud.ts';

const files = (sums: Record<string, string>) => ({
  files: Object.fromEntries(
    Object.entries(sums).map(([path, sha1Sum]) => [path, { sha1Sum, sourceUrl: 'x' }]),
  ),
});

it('says what differs, names of variables but never their values', () => {
  const before = {
    id: 'v1',
    runtime: 'nodejs20',
    instanceClass: 'F1',
    automaticScaling: { maxConcurrentRequests: 10, standardSchedulerSettings: { maxInstances: 5 } },
    envVariables: { KEPT: '1', CHANGED: 'old-secret', GONE: 'x' },
    handlers: [{ urlRegex: '.*' }],
    deployment: files({ 'a.js': 'aa', 'b.js': 'bb', 'c.js': 'cc' }),
  };
  const after = {
    id: 'v2',
    runtime: 'nodejs22',
    instanceClass: 'B1',
    manualScaling: { instances: 2 },
    envVariables: { KEPT: '1', CHANGED: 'new-secret', NEW: 'y' },
    handlers: [{ urlRegex: '/x' }, { urlRegex: '.*' }],
    entrypoint: { shell: 'node b.js' },
    deployment: files({
      'a.js': 'a_a',
      'b.js': 'b2',
      ...Object.fromEntries([1, 2, 3, 4, 5, 6].map((i) => [`n${i}`, ''])),
    }),
  };
  const lines = describeChange(before, after);
  expect(lines).toEqual([
    'Runtime: nodejs20 → nodejs22',
    'Instance class: F1 → B1',
    'Scaling: automatic (maxConcurrentRequests 10, maxInstances 5) → manual (instances 2)',
    'Entrypoint: none → node b.js',
    'Environment variables: added NEW; changed CHANGED; removed GONE',
    'Handlers: 1 → 2',
    'Files: added n1, n2, n3, n4, n5 and 1 more; changed b.js; removed c.js',
  ]);
  expect(lines.join()).not.toMatch(/secret/);
});

it('says nothing where nothing differs', () => {
  const version = { runtime: 'nodejs20', basicScaling: { maxInstances: 3 }, deployment: { zip: {} } };
  expect(describeChange({ ...version, id: 'a' }, { ...version, id: 'b', createTime: 'later' })).toEqual([]);
});

it('reads what App Engine prints, and all of its traffic', async () => {
  const { cloud, hooks, clock } = await meddledCloud();
  const folder = await copyOfExample();
  const appYaml = join(folder, 'app.yaml');
  await writeFile(appYaml, (await readFile(appYaml, 'utf8')).replace('FAIL_RATE: "0"', 'FAIL_RATE: "0.5"'));
  const deployed = { service: 'default', version: 'v2', folder, startedAt: clock.now(), resumed: false };
  await cloud.deploy(deployed, hooks);
  const [before, after] = [
    await cloud.readVersion('default', 'v1'),
    await cloud.readVersion('default', 'v2'),
  ];
  const lines = describeChange(before ?? {}, after ?? {});
  expect(lines).toContain('Environment variables: changed FAIL_RATE');
  await expect(cloud.readVersion('default', 'v3')).resolves.toBeUndefined();

  expect(await cloud.readTraffic()).toMatchObject([
    {
      service: 'default',
      split: { shares: { v1: 1000 } },
      versions: [
        { id: 'v2', servingStatus: 'SERVING', runtime: 'nodejs20', scaling: 'automatic' },
        { id: 'v1', scaling: 'automatic' },
      ],
    },
  ]);
});
