import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { copyOfExample } from './local-app-engine.ts';
import { meddledCloud } from './meddled-cloud.ts';
import { fault, type Seen } from './scripted-server.ts';

const isScheduler = ({ url }: Seen) => url.startsWith('/v1beta1/');
const closed = fault(403, 'PERMISSION_DENIED', 'The caller does not have permission');

describe('a backup', () => {
  it('holds all that a rollback needs, as plain JSON', async () => {
    const { cloud, between } = await meddledCloud();
    const folder = await copyOfExample();
    await writeFile(join(folder, 'dispatch.yaml'), 'dispatch: []\n');
    const rules = [{ domain: '*', path: '/tasks/*', service: 'default' }];
    await fetch(`${between.url}/v1/apps/demo?updateMask=dispatchRules`, {
      method: 'PATCH',
      body: JSON.stringify({ dispatchRules: rules }),
    });
    await cloud.deployCron({ file: join(folder, 'cron.yaml') }, {});

    await expect.poll(async () => (await cloud.backUp({ service: 'default' })).dispatchRules).toEqual(rules);
    const backup = await cloud.backUp({ service: 'default', folder });
    expect(JSON.parse(JSON.stringify(backup))).toEqual(backup);
    expect(backup).toMatchObject({
      project: 'demo',
      service: 'default',
      split: { shares: { v1: 1000 } },
      versions: [{ id: 'v1', runtime: 'nodejs20', envVariables: { FAIL_RATE: '0' } }],
      running: [{ version: 'v1', servingStatus: 'SERVING', scaling: 'automatic' }],
      cron: { kind: 'read' },
    });
    expect(backup.cron).toMatchObject({
      jobs: expect.arrayContaining([expect.objectContaining({ state: 'ENABLED' })]),
    });
    expect(backup.files.map(({ role, path }) => [role, path])).toEqual([
      ['app', 'app.yaml'],
      ['cron', 'cron.yaml'],
      ['dispatch', 'dispatch.yaml'],
    ]);
    expect(backup.files[0]?.text).toBe(await readFile(join(folder, 'app.yaml'), 'utf8'));
    expect(backup).not.toHaveProperty('clone');
  });

  it('of a service that is not there has no split', async () => {
    const { cloud } = await meddledCloud();
    const backup = await cloud.backUp({ service: 'no-such-service' });
    expect(backup).toMatchObject({ versions: [], running: [], files: [] });
    expect(backup).not.toHaveProperty('split');
  });

  it('goes without cron jobs that nobody may look at, unless the folder has some', async () => {
    const { cloud } = await meddledCloud((request, pass) => (isScheduler(request) ? closed : pass()));
    await expect(cloud.backUp({ service: 'default' })).resolves.toMatchObject({
      cron: { kind: 'unread', why: expect.stringContaining('The caller does not have permission') },
    });
    const folder = await copyOfExample();
    await expect(cloud.backUp({ service: 'default', folder })).rejects.toMatchObject({ kind: 'permission' });
  });

  it('asks for a file that is named and not there', async () => {
    const { cloud } = await meddledCloud();
    const folder = await copyOfExample();
    await expect(cloud.backUp({ service: 'default', folder, cronFile: 'jobs/cron.yaml' })).rejects.toThrow(
      /Could not read .*jobs\/cron\.yaml: there is no such file\./,
    );
  });
});

describe('a copy of the old version', () => {
  const isCreate = ({ method, url }: Seen) => method === 'POST' && url.endsWith('/versions');

  it('is made without traffic, answers, and is made once', async () => {
    const { cloud, between } = await meddledCloud();
    const backup = await cloud.backUp({ service: 'default', clone: 'v1-backup' });
    expect(backup.clone).toBe('v1-backup');
    const copy = await cloud.findVersion('default', 'v1-backup');
    expect((await fetch(`${copy?.versionUrl}/healthz`)).status).toBe(200);
    expect(await cloud.readSplit('default')).toMatchObject({ shares: { v1: 1000 } });
    const sent = JSON.parse(between.seen.find(isCreate)?.body ?? '{}');
    expect(Object.keys(sent)).not.toEqual(expect.arrayContaining(['name', 'versionUrl']));

    await cloud.backUp({ service: 'default', clone: 'v1-backup' });
    expect(between.seen.filter(isCreate)).toHaveLength(1);
  });

  it('is found again by the process that comes after a crash', async () => {
    const death = new AbortController();
    const { cloud, between } = await meddledCloud(async (request, pass) => {
      const reply = await pass();
      if (isCreate(request)) death.abort(new Error('killed'));
      return reply;
    });
    const request = { service: 'default', clone: 'v1-backup' };
    await expect(cloud.backUp(request, death.signal)).rejects.toThrow('killed');
    await expect(cloud.backUp(request)).resolves.toMatchObject({ clone: 'v1-backup' });
    expect(between.seen.filter(isCreate)).toHaveLength(1);
  });

  it('is refused where the id is something else’s', async () => {
    const { cloud, hooks, clock } = await meddledCloud();
    const folder = await copyOfExample();
    await writeFile(join(folder, 'more.txt'), 'of another version');
    const deployed = { service: 'default', version: 'taken', folder, startedAt: clock.now(), resumed: false };
    await cloud.deploy(deployed, hooks);
    await expect(cloud.backUp({ service: 'default', clone: 'taken' })).rejects.toThrow(
      /that id is taken by a version that is no copy \(Files: added more\.txt\)/,
    );
  });

  it('is refused when the bucket has deleted its files', async () => {
    const { cloud, between } = await meddledCloud(async (request, pass) => {
      const listed = request.method === 'GET' && /^\/storage\/v1\/b\/[^/]+\/o\?/.test(request.url);
      return listed ? { json: { kind: 'storage#objects' } } : pass();
    });
    await expect(cloud.backUp({ service: 'default', clone: 'v1-backup' })).rejects.toThrow(
      /\d+ of its \d+ files are no longer in the bucket staging\.demo\.appspot\.com/,
    );
    expect(between.seen.filter(isCreate)).toHaveLength(0);
  });

  it('is stopped where it would cost money, unless it has traffic', async () => {
    const { cloud, hooks, clock } = await meddledCloud();
    const folder = await copyOfExample();
    const appYaml = join(folder, 'app.yaml');
    const text = await readFile(appYaml, 'utf8');
    await writeFile(
      appYaml,
      text.replace(/^automatic_scaling:\n(?: .*\n)*/m, 'basic_scaling: {max_instances: 2}\n'),
    );
    const deployed = { service: 'default', version: 'basic', folder, startedAt: clock.now(), resumed: false };
    await cloud.deploy(deployed, hooks);
    const split = (version: string) => ({ shardBy: 'UNSPECIFIED' as const, shares: { [version]: 1000 } });
    const move = (from: string, to: string, start: { version: string }[] = []) =>
      cloud.setSplit({ service: 'default', accept: [split(from)], to: split(to), start }, hooks);
    await move('v1', 'basic');
    await cloud.backUp({ service: 'default', clone: 'basic-backup' });
    const copy = () => cloud.findVersion('default', 'basic-backup');
    expect(await copy()).toMatchObject({ servingStatus: 'STOPPED', scaling: 'basic' });

    await move('basic', 'basic-backup', [{ version: 'basic-backup' }]);
    await cloud.backUp({ service: 'default', clone: 'basic-backup' });
    expect(await copy()).toMatchObject({ servingStatus: 'SERVING' });
  });

  it('of flex reuses its image, whatever became of its files', async () => {
    const image = 'us.gcr.io/demo/appengine/default.v1@sha256:0f';
    let sent: unknown;
    const { cloud } = await meddledCloud(async (request, pass) => {
      if (isCreate(request)) {
        sent = JSON.parse(request.body);
        return fault(400, 'INVALID_ARGUMENT', 'noted');
      }
      if (/\/o\?/.test(request.url)) return { json: {} };
      const reply = await pass();
      if (!/versions\/v1\?view=FULL/.test(request.url) || !('json' in reply)) return reply;
      const version = reply.json as object;
      return { json: { ...version, env: 'flexible', deployment: { files: {}, container: { image } } } };
    });
    await expect(cloud.backUp({ service: 'default', clone: 'v1-backup' })).rejects.toThrow('noted');
    expect(sent).toMatchObject({ id: 'v1-backup', env: 'flexible', deployment: { container: { image } } });
    expect((sent as { deployment: object }).deployment).not.toHaveProperty('files');
  });
});
