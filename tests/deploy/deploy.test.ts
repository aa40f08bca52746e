import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DeployRequest } from '../../src/deploy/index.ts';
import { copyOfExample, countFiles, temporaryFolder } from './local-app-engine.ts';
import { type Meddle, meddledCloud } from './meddled-cloud.ts';
import { fault, type Reply, type Seen } from './scripted-server.ts';

async function setUp(meddle?: Meddle) {
  const world = await meddledCloud(meddle);
  const { clock, between } = world;
  // Outside any repository: inside one, a description of the checkout is uploaded too.
  const folder = await copyOfExample();
  const request = (change: Partial<DeployRequest> = {}): DeployRequest => ({
    service: 'default',
    version: 'v2',
    folder,
    startedAt: clock.now(),
    resumed: false,
    ...change,
  });
  const posts = () => between.count(/^POST \/v1\/apps\/demo\/services\/default\/versions/);
  return { ...world, request, posts };
}

const isCreate = (request: Seen) => request.method === 'POST' && request.url.endsWith('/versions');

describe('a deploy', () => {
  it('makes a version that answers, without traffic, and verifies it', async () => {
    const { cloud, hooks, operations, progress, request, clock } = await setUp();
    const folder = await copyOfExample();
    await writeFile(join(folder, 'new.txt'), `made for this test at ${clock.now()}`);
    const before = await cloud.readSplit('default');
    const deployed = await cloud.deploy(request({ folder }), hooks);

    expect(deployed).toMatchObject({ files: await countFiles(folder), uploaded: 1 });
    expect((await fetch(deployed.versionUrl)).status).toBe(200);
    expect(await cloud.readSplit('default')).toEqual(before);
    expect(operations).toHaveLength(1);
    const phases = Array.from(new Set(progress.map((p) => p.phase)));
    expect(phases).toEqual(['reading', 'uploading', 'building', 'checking']);
    const [newest] = await cloud.listVersions('default');
    expect(newest).toMatchObject({ id: 'v2', servingStatus: 'SERVING', runtime: 'nodejs20' });

    const smoke = [
      { path: '/healthz', status: 200, within: 10_000 },
      { path: '/nowhere', status: 200, within: 10_000 },
      { path: '/healthz', status: 200, within: 10_000, body: 'no such words' },
    ];
    const checks = await cloud.verify(
      { service: 'default', version: 'v2', smoke, since: request().startedAt },
      {},
    );
    expect(checks.map((c) => c.ok)).toEqual([true, true, false, false, true]);
    expect(checks[2]?.detail).toMatch(/^Answered 404 instead of 200: .* \(4 tries\)$/);
    expect(checks[3]?.detail).toMatch(/does not contain \/no such words\//);
  });
});

describe('an id that is taken', () => {
  it('is refused before anything is uploaded', async () => {
    const { cloud, hooks, request, posts } = await setUp();
    await expect(cloud.deploy(request({ version: 'v1' }), hooks)).rejects.toThrow(
      /^Version v1 of default is there already/,
    );
    expect(posts()).toBe(0);
  });
  it('is refused after a restart too, when it was there before we began', async () => {
    const { cloud, hooks, request, clock, posts } = await setUp();
    await clock.sleep(10_000);
    const resumed = request({ version: 'v1', resumed: true });
    await expect(cloud.deploy(resumed, hooks)).rejects.toMatchObject({ kind: 'conflict' });
    expect(posts()).toBe(0);
  });
});

describe('a request whose answer was lost', () => {
  it.each([
    ['the connection broke', { cut: true } as Reply],
    ['a proxy answered instead', { html: '<h1>502 Bad Gateway</h1>', status: 502 } as Reply],
    ['the answer was no JSON', { html: '<h1>Welcome</h1>', status: 200 } as Reply],
  ])('%s: what it began is found and followed, and it is sent once', async (_, reply) => {
    const { cloud, hooks, operations, request, posts } = await setUp(async (r, pass) => {
      const answer = await pass();
      return isCreate(r) ? reply : answer;
    });
    await expect(cloud.deploy(request(), hooks)).resolves.toMatchObject({ uploaded: 0 });
    expect(posts()).toBe(1);
    expect(operations).toHaveLength(1);
  });

  it('that never arrived is sent again after several looks', async () => {
    let lost = 0;
    const { cloud, hooks, request, between, posts } = await setUp(async (r, pass) => {
      if (isCreate(r) && lost++ === 0) return { cut: true };
      return pass();
    });
    await cloud.deploy(request(), hooks);
    expect(posts()).toBe(2);
    expect(between.count(/GET .*\/operations\?/)).toBeGreaterThanOrEqual(3);
  });

  it('is found by the process that comes after a crash', async () => {
    const first = await setUp();
    const request = first.request();
    const crash = new AbortController();
    // It dies between App Engine's answer and the record of the operation's name.
    const dying = {
      ...first.hooks,
      signal: crash.signal,
      onOperation: async () => crash.abort(new Error('killed')),
    };
    await expect(first.cloud.deploy(request, dying)).rejects.toThrow('killed');
    await first.cloud.deploy({ ...request, resumed: true }, first.hooks);
    expect(first.posts()).toBe(1);
    expect(first.operations).toHaveLength(1);
  });

  it('is followed by its operation when that was recorded', async () => {
    const { cloud, hooks, request, operations, posts } = await setUp();
    const crash = new AbortController();
    const dying = {
      ...hooks,
      signal: crash.signal,
      onOperation: async (name: string) => {
        operations.push(name);
        crash.abort(new Error('killed'));
      },
    };
    const asked = request();
    await expect(cloud.deploy(asked, dying)).rejects.toThrow('killed');
    const [operation = ''] = operations;
    await expect(cloud.deploy({ ...asked, resumed: true, operation }, hooks)).resolves.toMatchObject({
      files: await countFiles(asked.folder),
    });
    expect(posts()).toBe(1);
    expect(operations).toHaveLength(1);
  });
});

describe('what App Engine refuses', () => {
  it('is told once, and not tried again', async () => {
    const limit =
      'Your app may not have more than 210 versions. Please delete one of the existing versions before trying to create a new version.';
    const { cloud, hooks, request, posts } = await setUp((r, pass) =>
      isCreate(r) ? Promise.resolve(fault(400, 'INVALID_ARGUMENT', limit)) : pass(),
    );
    const deploying = cloud.deploy(request(), hooks);
    await expect(deploying).rejects.toMatchObject({ kind: 'quota', retryable: false });
    await expect(deploying).rejects.toThrow(
      /Could not deploy version v2 of default: .*210 versions.*Delete versions/,
    );
    expect(posts()).toBe(1);
  });
  it('is waited out when another operation holds the version', async () => {
    let asked = 0;
    const held = fault(
      409,
      'ABORTED',
      'Cannot operate on x because an operation is already in progress for x by y.',
    );
    const { cloud, hooks, request, posts } = await setUp((r, pass) =>
      isCreate(r) && asked++ < 2 ? Promise.resolve(held) : pass(),
    );
    await expect(cloud.deploy(request(), hooks)).resolves.toMatchObject({ uploaded: 0 });
    expect(posts()).toBe(3);
  });
  it('a staging bucket that is closed to us', async () => {
    const { cloud, hooks, request } = await setUp((r, pass) =>
      r.url.startsWith('/storage/v1/')
        ? Promise.resolve(
            fault(403, '', 'sluice@demo.iam does not have storage.objects.list access to the bucket.'),
          )
        : pass(),
    );
    const deploying = cloud.deploy(request(), hooks);
    await expect(deploying).rejects.toMatchObject({ kind: 'permission' });
    await expect(deploying).rejects.toThrow(
      /Could not list what the staging bucket staging\.demo\.appspot\.com has/,
    );
  });
});

describe('a folder that is no app', () => {
  it.each(['Bad_Id', 'default', '-x', 'x'.repeat(64)])('version id %s', async (version) => {
    const { cloud, hooks, request, between } = await setUp();
    await expect(cloud.deploy(request({ version }), hooks)).rejects.toMatchObject({ kind: 'invalid' });
    expect(between.seen).toHaveLength(0);
  });
  it('app.yaml of another service, none at all, links to nowhere', async () => {
    const { cloud, hooks, request, between } = await setUp();
    const other = await copyOfExample();
    await writeFile(join(other, 'app.yaml'), 'runtime: nodejs20\nservice: shop\n');
    await expect(cloud.deploy(request({ folder: other }), hooks)).rejects.toThrow(/is for the service shop/);
    await expect(cloud.deploy(request({ folder: await temporaryFolder() }), hooks)).rejects.toThrow(
      /no app\.yaml/,
    );
    const broken = await copyOfExample();
    await symlink('/nowhere/at/all', join(broken, 'link'));
    await expect(cloud.deploy(request({ folder: broken }), hooks)).rejects.toThrow(
      /is a link that points nowhere/,
    );
    expect(between.seen).toHaveLength(0);
  });
});
