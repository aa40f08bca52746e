import { describe, expect, it } from 'vitest';
import type { AppEngine } from '../../src/sandbox/app-engine/index.ts';
import { app, appEngine, deploy, eventually, rest, TELL_VERSION, upload } from './support.ts';

const VERSIONS = '/v1/apps/demo/services/default/versions';
const SPLIT = '/v1/apps/demo/services/default?updateMask=split';

describe('what App Engine refuses', () => {
  it.each([
    ['a sum below 1', { shardBy: 'RANDOM', allocations: { v1: 0.9 } }, 'must be 1, but is 0.9'],
    ['a sum above 1', { shardBy: 3, allocations: { v1: 0.9, v2: 0.2 } }, 'must be 1, but is 1.1'],
    ['an empty split', { shardBy: 'IP', allocations: {} }, 'must be 1, but is 0'],
    [
      'an unknown version',
      { shardBy: 'IP', allocations: { v1: 0.5, nope: 0.5 } },
      "Could not find version 'nope'",
    ],
    ['a share of nothing', { shardBy: 'IP', allocations: { v1: 1, v2: 0 } }, 'must be greater than 0'],
    [
      'three decimals by address',
      { shardBy: 'ip', allocations: { v1: 0.995, v2: 0.005 } },
      '2 decimal places',
    ],
    [
      'four decimals at random',
      { shardBy: 'RANDOM', allocations: { v1: 0.9995, v2: 0.0005 } },
      '3 decimal places',
    ],
    ['a split by nothing', { allocations: { v1: 0.5, v2: 0.5 } }, 'needs shardBy'],
    ['an unknown way to split', { shardBy: 'MOOD', allocations: { v1: 1 } }, "Invalid value at 'shardBy'"],
  ])('a traffic split: %s', async (_, split, sentence) => {
    const engine = await twoVersions();
    const { status, body } = await rest(engine, 'PATCH', SPLIT, { split });
    expect(status).toBe(400);
    expect(body.error).toMatchObject({ code: 400, status: 'INVALID_ARGUMENT' });
    expect(JSON.stringify(body.error)).toContain(sentence);
    const service = await rest(engine, 'GET', '/v1/apps/demo/services/default');
    expect(service.body.split).toEqual({ allocations: { v1: 1 } });
  });

  it.each([
    ['an id with capitals', 'V2', 'must match the pattern'],
    ['an id that begins with a hyphen', '-v2', 'must match the pattern'],
    ['an id that is too long', 'v'.repeat(64), 'must match the pattern'],
    ['a reserved id', 'latest', 'reserved'],
    ['a reserved prefix', 'ah-v2', 'reserved'],
    ['no id', '', 'must match the pattern'],
  ])('a new version: %s', async (_, id, sentence) => {
    const engine = await appEngine();
    const { status, body } = await rest(engine, 'POST', VERSIONS, { id, runtime: 'nodejs20' });
    expect(status).toBe(400);
    expect(JSON.stringify(body.error)).toContain(sentence);
  });

  it.each([
    ['no runtime', { runtime: undefined }, 'version.runtime is required'],
    [
      'a runtime without its version',
      { runtime: 'nodejs' },
      "Invalid runtime 'nodejs' specified. Accepted runtimes are: [",
    ],
    [
      'two ways to scale',
      { automaticScaling: {}, manualScaling: { instances: 1 } },
      'automaticScaling and manualScaling',
    ],
    [
      'a class of another scaling',
      { instanceClass: 'B2' },
      "Instance class 'B2' does not go with automaticScaling",
    ],
    [
      'a class for automatic scaling',
      { instanceClass: 'F1', basicScaling: { maxInstances: 1 } },
      'with basicScaling',
    ],
    [
      'more instances at least than at most',
      { automaticScaling: { standardSchedulerSettings: { minInstances: 3, maxInstances: 2 } } },
      'min_instances is 3',
    ],
  ])('an app.yaml with %s', async (_, spec, sentence) => {
    const engine = await appEngine();
    const { status, body } = await rest(engine, 'POST', VERSIONS, { id: 'v1', runtime: 'nodejs20', ...spec });
    expect(status).toBe(400);
    expect(JSON.stringify(body.error)).toContain(sentence);
  });

  it('a first service that is not the default one', async () => {
    const engine = await appEngine();
    const path = '/v1/apps/demo/services/worker/versions';
    const { body } = await rest(engine, 'POST', path, { id: 'v1', runtime: 'nodejs20' });
    expect(JSON.stringify(body.error)).toContain("must be the 'default' service (module)");
  });

  it('to stop a version that scales by itself, but not one that is scaled by hand', async () => {
    const engine = await twoVersions();
    const patch = (id: string, servingStatus: unknown) =>
      rest(engine, 'PATCH', `${VERSIONS}/${id}?updateMask=serving_status`, { servingStatus });
    expect(JSON.stringify((await patch('v2', 'STOPPED')).body.error)).toContain('Automatic Scaling');

    const url = await deploy(engine, 'v3', TELL_VERSION, { manualScaling: { instances: 1 } });
    expect(await (await fetch(url)).text()).toBe('v3');
    await finished(engine, (await patch('v3', 2)).body);
    expect((await rest(engine, 'GET', `${VERSIONS}/v3`)).body.servingStatus).toBe('STOPPED');
    expect((await fetch(url)).status).toBe(404);
    await finished(engine, (await patch('v3', 'SERVING')).body);
    expect(await (await fetch(url)).text()).toBe('v3');
  });

  it('a second operation on a resource, or below it, while one is running', async () => {
    const engine = await twoVersions({ operationMs: 600_000 });
    const first = await rest(engine, 'PATCH', SPLIT, {
      split: { shardBy: 'IP', allocations: { v1: 0.5, v2: 0.5 } },
    });
    const again = await rest(engine, 'PATCH', SPLIT, { split: { shardBy: 'IP', allocations: { v1: 1 } } });
    const below = await rest(engine, 'DELETE', `${VERSIONS}/v2`);
    const id = String(first.body.name).split('/').at(-1);
    const service = 'apps/demo/services/default';
    expect(again.status).toBe(409);
    expect(again.body.error).toMatchObject({
      status: 'ABORTED',
      message: `Cannot operate on ${service} because an operation is already in progress for ${service} by ${id}.`,
    });
    expect(below.status).toBe(409);
    await finished(engine, first.body);
  });

  it('a 211th version', async () => {
    const engine = await appEngine();
    const files = await upload(engine, TELL_VERSION);
    const create = (n: number) =>
      rest(engine, 'POST', VERSIONS, { id: `v${n}`, runtime: 'nodejs20', deployment: { files } });
    const started = [];
    for (let n = 1; n <= 210; n++) started.push((await create(n)).body);
    for (const operation of started) await finished(engine, operation);
    const { status, body } = await create(211);
    expect(status).toBe(400);
    expect(body.error).toMatchObject({
      message: expect.stringContaining('may not have more than 210 versions'),
    });
  });

  it('a method that it does not model, loudly', async () => {
    const engine = await appEngine();
    const { status, body } = await rest(engine, 'GET', '/v1/apps/demo/firewall/ingressRules');
    expect(status).toBe(404);
    expect(JSON.stringify(body)).toContain('does not model GET /v1/apps/demo/firewall/ingressRules');
  });
});

describe('a build that fails', () => {
  it('says that the uploaded file is not the one in the manifest', async () => {
    const engine = await appEngine();
    const files = await upload(engine, TELL_VERSION);
    const wrong = { 'server.js': { ...files['server.js'], sha1Sum: '0'.repeat(40) } };
    const error = await failure(engine, { deployment: { files: wrong } });
    expect(error).toMatchObject({ code: 3, message: expect.stringContaining("SHA-1 of 'server.js'") });
    expect((await rest(engine, 'GET', `${VERSIONS}/v1`)).status).toBe(404);
  });

  it('says that a file was never uploaded', async () => {
    const engine = await appEngine();
    const sourceUrl = 'https://storage.googleapis.com/staging.demo.appspot.com/nothing';
    const error = await failure(engine, { deployment: { files: { 'server.js': { sourceUrl } } } });
    expect(error).toMatchObject({ code: 5, message: expect.stringContaining('No such object') });
  });

  it('says that packages are not installed', async () => {
    const engine = await appEngine();
    const manifest = { 'package.json': JSON.stringify({ dependencies: { hono: '4' } }) };
    const error = await failure(engine, {
      deployment: { files: await upload(engine, { ...TELL_VERSION, ...manifest }) },
    });
    expect(error).toMatchObject({ code: 9, message: expect.stringContaining('installs no packages') });
  });

  it('keeps a file from leaving the version’s folder', async () => {
    const engine = await appEngine();
    const files = await upload(engine, TELL_VERSION);
    const error = await failure(engine, { deployment: { files: { '../../server.js': files['server.js'] } } });
    expect(error).toMatchObject({ message: expect.stringContaining("leaves the version's folder") });
  });
});

async function twoVersions(options = {}): Promise<AppEngine> {
  const engine = await appEngine(options);
  await deploy(engine, 'v1', app('response.end()'));
  await deploy(engine, 'v2');
  return engine;
}

async function finished(
  engine: AppEngine,
  operation: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  return await eventually(async () => {
    const { body } = await rest(engine, 'GET', `/v1/${operation.name}`);
    return body.done === true ? body : undefined;
  });
}

async function failure(engine: AppEngine, spec: object): Promise<unknown> {
  const { body } = await rest(engine, 'POST', VERSIONS, { id: 'v1', runtime: 'nodejs20', ...spec });
  return (await finished(engine, body)).error;
}
