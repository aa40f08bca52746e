import { execFile } from 'node:child_process';
import { appendFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { ValidateRequest } from '../../src/deploy/index.ts';
import { BUILT_IN_CHECKS, type BuiltInCheck } from '../../src/plan/terms.ts';
import { copyOfExample } from './local-app-engine.ts';
import { type Meddle, meddledCloud } from './meddled-cloud.ts';
import { fault, type Reply, type Seen } from './scripted-server.ts';

const run = promisify(execFile);

async function setUp(meddle?: Meddle) {
  const world = await meddledCloud(meddle);
  const folder = await copyOfExample();
  const look = (change: Partial<ValidateRequest> = {}) =>
    world.cloud.validate({ service: 'default', version: 'v2', folder, checks: BUILT_IN_CHECKS, ...change });
  /** What one check says. */
  const ask = async (check: BuiltInCheck, change: Partial<ValidateRequest> = {}) => {
    const [found] = await look({ ...change, checks: [check] });
    return [found?.ok, found?.detail];
  };
  return { ...world, folder, look, ask };
}

/** Answers one path by itself, changed. */
function changing(path: RegExp, change: (json: Record<string, unknown>) => object): Meddle {
  return async (request: Seen, pass: () => Promise<Reply>) => {
    const reply = await pass();
    if (request.method !== 'GET' || !path.test(request.url) || !('json' in reply)) return reply;
    return { json: change(reply.json as Record<string, unknown>) };
  };
}

const APP = /^\/v1\/apps\/demo$/;

async function commitAll(folder: string): Promise<void> {
  const git = (...args: string[]) =>
    run('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.com', ...args], { cwd: folder });
  await git('init', '-q');
  await git('add', '.');
  await git('commit', '-q', '-m', 'All of it');
}

describe('validation', () => {
  it('of a release that is in order says what was seen, in the order asked for, and changes nothing', async () => {
    const { look, between, folder } = await setUp();
    await commitAll(folder);
    const checks = await look({ region: 'us-central1' });
    expect(checks.map(({ name, ok }) => [name, ok])).toEqual([
      ['Permissions', true],
      ['Region', true],
      ['Service', true],
      ['Versions', true],
      ['Staging bucket', true],
      ['Files', true],
      ['Git', true],
    ]);
    const details = checks.map(({ detail }) => detail);
    expect(details.slice(0, 5)).toEqual([
      'The account may do all that this takes, cron jobs included.',
      'The app is in us-central1.',
      'default serves: v1 100 %.',
      'The app has 1 of 210 versions, and v2 is free.',
      'staging.demo.appspot.com is there and can be written.',
    ]);
    expect(details[5]).toMatch(/^\d+ files, [\d.]+ kB, for nodejs20\. cron\.yaml has \d+ jobs?\.$/);
    expect(details[6]).toMatch(/^Nothing differs from [0-9a-f]{7} "All of it"\.$/);
    const changes = between.seen.filter(({ method, url }) => method !== 'GET' && !url.includes('testIam'));
    expect(changes).toEqual([]);
    await writeFile(join(folder, 'dispatch.yaml'), 'dispatch:\n- {url: "*/a/*", service: default}\n');
    expect((await look({ checks: ['permissions'] }))[0]?.detail).toBe(
      'The account may do all that this takes, cron jobs and routing included.',
    );
    expect((await look({ checks: ['git', 'region'] })).map(({ name }) => name)).toEqual(['Git', 'Region']);
  });

  it('of a version that is at App Engine already asks for no folder', async () => {
    const { cloud } = await setUp();
    const request = { service: 'default', version: 'v1', checks: ['versions', 'files', 'git'] as const };
    const checks = await cloud.validate(request);
    expect(checks.map(({ ok }) => ok)).toEqual([true, true, true]);
    expect(checks[0]?.detail).toBe('v1 is there; the app has 1 of 210 versions.');
    const [gone] = await cloud.validate({ ...request, version: 'v7' });
    expect(gone).toMatchObject({ ok: false, detail: 'default has no version v7: name one that is there.' });
  });

  it('goes on with the others when one look fails, and ends when it is told to', async () => {
    const { look, cloud } = await setUp((request, pass) =>
      APP.test(request.url) ? fault(403, 'PERMISSION_DENIED', 'Closed.') : pass(),
    );
    const checks = await look();
    expect(checks.filter(({ ok }) => !ok).map(({ name }) => name)).toEqual([
      'Permissions',
      'Region',
      'Service',
      'Staging bucket',
    ]);
    expect(checks[1]?.detail).toContain('Could not read the app of demo: Google says "Closed"');
    const over = AbortSignal.abort(new Error('enough'));
    const request = { service: 'default', version: 'v2', checks: BUILT_IN_CHECKS };
    await expect(cloud.validate(request, over)).rejects.toThrow('enough');
  });
});

describe('what is wrong', () => {
  it('permissions are named as roles and commands, those for cron only where there is a cron.yaml', async () => {
    const { ask, folder } = await setUp((request, pass) => {
      if (request.url.includes('/serviceAccounts/')) return { json: {} };
      if (!request.url.endsWith(':testIamPermissions')) return pass();
      const { permissions } = JSON.parse(request.body) as { permissions: string[] };
      return { json: { permissions: permissions.filter((one) => !/^cloudscheduler|actAs/.test(one)) } };
    });
    const [ok, detail] = await ask('permissions');
    expect(ok).toBe(false);
    expect(String(detail).split('\n')).toEqual([
      'roles/iam.serviceAccountUser is missing (iam.serviceAccounts.actAs): gcloud iam service-accounts add-iam-policy-binding demo@appspot.gserviceaccount.com --member=user:YOUR_ADDRESS --role=roles/iam.serviceAccountUser',
      'roles/cloudscheduler.admin is missing (cloudscheduler.jobs.create, cloudscheduler.jobs.delete, cloudscheduler.jobs.list, cloudscheduler.locations.list): gcloud projects add-iam-policy-binding demo --member=user:YOUR_ADDRESS --role=roles/cloudscheduler.admin',
    ]);
    await appendFile(join(folder, 'app.yaml'), '\nservice_account: own@demo.iam.gserviceaccount.com\n');
    expect((await ask('permissions'))[1]).toContain('add-iam-policy-binding own@demo.iam');
    await rm(join(folder, 'cron.yaml'));
    expect(String((await ask('permissions'))[1]).split('\n')).toHaveLength(1);
  });

  it('the region', async () => {
    const { ask } = await setUp();
    expect(await ask('region')).toEqual([true, 'The app is in us-central1; the plan asks for no region.']);
    expect(await ask('region', { region: 'us-central' })).toEqual([true, 'The app is in us-central1.']);
    expect(await ask('region', { region: 'europe-west3' })).toEqual([
      false,
      'The app of demo is in us-central1, and the plan says europe-west3. An app never moves: correct the plan, or the project.',
    ]);
  });

  it('the service', async () => {
    const { ask } = await setUp();
    expect(await ask('service', { service: 'web' })).toEqual([
      false,
      'There is no service web (there is: default). Correct the plan, or deploy a first version of it by hand.',
    ]);
    const stopped = await setUp(changing(/versions\/v1\?/, (v) => ({ ...v, servingStatus: 'STOPPED' })));
    expect(await stopped.ask('service')).toEqual([
      false,
      'default sends traffic to v1, which is stopped: start it, or move the traffic away from it.',
    ]);
    const off = await setUp(changing(APP, (app) => ({ ...app, servingStatus: 'USER_DISABLED' })));
    expect((await off.ask('service'))[1]).toMatch(/^The app of demo is USER_DISABLED: switch it on/);
  });

  it('the versions: all services together', async () => {
    let count = 0;
    const many = changing(/\/versions\?/, ({ versions }) => {
      const [first] = versions as object[];
      return { versions: Array.from({ length: count }, (_, i) => ({ ...first, id: `v${i + 10}` })) };
    });
    const { ask } = await setUp(many);
    count = 200;
    expect(await ask('versions')).toEqual([true, 'The app has 200 of 210 versions, and v2 is free.']);
    count = 201;
    expect(await ask('versions')).toEqual([
      true,
      'The app has 201 of 210 versions, and v2 is free. Only 9 more will fit: delete some soon.',
    ]);
    count = 210;
    expect((await ask('versions'))[1]).toMatch(/^The app has 210 versions, and App Engine takes 210 at most/);
    expect((await ask('versions', { version: 'v11' }))[1]).toMatch(/^default has a version v11 already/);
    expect((await ask('versions', { version: 'V2' }))[1]).toMatch(/You could write "v2"\.$/);
  });

  it('the bucket', async () => {
    const none = await setUp(changing(APP, (app) => ({ ...app, codeBucket: '' })));
    expect((await none.ask('bucket'))[1]).toMatch(/has no staging bucket: run "gcloud beta app repair/);
    const gone = await setUp(changing(APP, (app) => ({ ...app, codeBucket: 'gone' })));
    expect((await gone.ask('bucket'))[1]).toMatch(/The specified bucket does not exist/);
    const closed = await setUp(changing(/testPermissions/, () => ({ permissions: ['storage.objects.get'] })));
    expect(await closed.ask('bucket')).toEqual([
      false,
      'staging.demo.appspot.com is there, but the account lacks storage.objects.create, storage.objects.list on it: give it roles/storage.objectAdmin there.',
    ]);
  });

  it('the files', async () => {
    const { ask, folder } = await setUp();
    expect((await ask('files', { service: 'web' }))[1]).toMatch(
      /is for the service default, and this release is for web: correct one of them\.$/,
    );
    await writeFile(join(folder, 'cron.yaml'), 'cron:\n- {url: /a, schedule: at noon}');
    expect((await ask('files'))[1]).toMatch(/cron\.yaml, line 2: cron\[0\]\.schedule is "at noon"/);
    await writeFile(join(folder, 'app.yaml'), 'runtime: nodejs20\nhandlrs: []');
    expect((await ask('files'))[1]).toMatch(/app\.yaml, line 2: "handlrs".*Did you mean "handlers"/);
  });

  it('git', async () => {
    const { ask, folder } = await setUp();
    expect((await ask('git'))[1]).toMatch(/is in no git repository/);
    await commitAll(folder);
    await writeFile(join(folder, 'new.txt'), 'not committed');
    const [ok, detail] = await ask('git');
    expect(ok).toBe(false);
    expect(detail).toMatch(/^Not as in [0-9a-f]{7} "All of it": new\.txt\. Commit that, or put it aside\.$/);
  });
});
