import { describe, expect, it } from 'vitest';
import type { AppEngine } from '../../src/sandbox/app-engine/index.ts';
import { app, appEngine, deploy, eventually, rest, split, TELL_VERSION } from './support.ts';

const VERSIONS = '/v1/apps/demo/services/default/versions';

/** Tells which process answers, and ends when it is asked to. */
const WHO = app(
  `if (request.url === '/end') process.exit(3);
   response.end(JSON.stringify({ version: process.env.GAE_VERSION, instance: process.env.GAE_INSTANCE, pid: process.pid, deployment: process.env.GAE_DEPLOYMENT_ID }));`,
);

interface Instance {
  readonly id: string;
  readonly startTime: string;
  readonly availability: string;
  readonly requests: number;
}

async function instances(engine: AppEngine, version: string): Promise<Instance[]> {
  const { body } = await rest(engine, 'GET', `${VERSIONS}/${version}/instances`);
  return (body.instances ?? []) as Instance[];
}

const count = (engine: AppEngine, version: string, wanted: number) =>
  eventually(async () => {
    const all = await instances(engine, version);
    return all.length === wanted ? all : undefined;
  });

async function who(url: string) {
  return (await (await fetch(url)).json()) as { instance: string; pid: number; deployment: string };
}

async function done(engine: AppEngine, operation: Record<string, unknown>): Promise<void> {
  await eventually(async () => {
    const { body } = await rest(engine, 'GET', `/v1/${operation.name}`);
    if (body.error) throw new Error(JSON.stringify(body.error));
    return body.done === true ? body : undefined;
  });
}

describe('a manually scaled version', () => {
  it('runs as many processes as it was given, which take turns, stop, start and change in number', async () => {
    const engine = await appEngine();
    const url = await deploy(engine, 'v1', WHO, { manualScaling: { instances: 2 } });
    const both = await count(engine, 'v1', 2);
    expect(both.map(({ availability }) => availability)).toEqual(['RESIDENT', 'RESIDENT']);
    const answered = new Set<string>();
    for (let i = 0; i < 4; i++) answered.add((await who(url)).instance);
    expect([...answered].toSorted()).toEqual(both.map(({ id }) => id).toSorted());

    const patch = async (mask: string, body: object) => {
      const answer = await rest(engine, 'PATCH', `${VERSIONS}/v1?updateMask=${mask}`, body);
      await done(engine, answer.body);
    };
    await patch('manualScaling.instances', { manualScaling: { instances: 3 } });
    await count(engine, 'v1', 3);
    await patch('manualScaling.instances', { manualScaling: { instances: 1 } });
    await count(engine, 'v1', 1);
    await patch('servingStatus', { servingStatus: 'STOPPED' });
    expect(await instances(engine, 'v1')).toEqual([]);
    expect((await fetch(url)).status).toBe(404);
    await patch('servingStatus', { servingStatus: 'SERVING' });
    await count(engine, 'v1', 1);
    expect((await fetch(url)).status).toBe(200);
  });

  it('gets another process when one ends or is deleted, which starts to count anew', async () => {
    const engine = await appEngine();
    const url = await deploy(engine, 'v1', WHO, { manualScaling: { instances: 1 } });
    const [first] = await count(engine, 'v1', 1);
    const { pid } = await who(url);
    await fetch(`${url}/end`);
    const again = await eventually(async () => {
      const [one] = await instances(engine, 'v1');
      return one && one.startTime !== first?.startTime ? one : undefined;
    });
    expect(again.requests).toBe(0);
    const other = await who(url);
    expect(other.pid).not.toBe(pid);

    const { body } = await rest(engine, 'DELETE', `${VERSIONS}/v1/instances/${again.id}`);
    await done(engine, body);
    const last = await eventually(async () => {
      const [one] = await instances(engine, 'v1');
      return one && one.startTime !== again.startTime ? one : undefined;
    });
    expect(last.id).toBe(again.id);
    expect((await who(url)).pid).not.toBe(other.pid);
    expect((await rest(engine, 'DELETE', `${VERSIONS}/v1/instances/none`)).status).toBe(404);
  });
});

it('basic scaling: an instance comes with the first request and goes when it has been idle', async () => {
  const engine = await appEngine();
  const url = await deploy(engine, 'v1', WHO, {
    basicScaling: { maxInstances: 2, idleTimeout: { seconds: 600 } },
  });
  expect(await instances(engine, 'v1')).toEqual([]);
  await who(url);
  expect((await instances(engine, 'v1'))[0]?.availability).toBe('DYNAMIC');
  await count(engine, 'v1', 0);
});

it('a version whose id is taken is replaced on the spot, its traffic included', async () => {
  const engine = await appEngine();
  const url = await deploy(engine, 'v1', TELL_VERSION);
  await deploy(engine, 'v2', WHO);
  await split(engine, 'RANDOM', { v1: 1 });
  expect(await (await fetch(engine.proxyUrl)).text()).toBe('v1');
  const before = (await rest(engine, 'GET', `${VERSIONS}/v1`)).body;
  const same = await deploy(engine, 'v1', WHO, { envVariables: { NEW: '1' } });
  expect(same).toBe(url);
  const after = (await rest(engine, 'GET', `${VERSIONS}/v1?view=FULL`)).body;
  expect(after).toMatchObject({ envVariables: { NEW: '1' }, servingStatus: 'SERVING' });
  expect(Date.parse(String(after.createTime))).toBeGreaterThan(Date.parse(String(before.createTime)));
  expect(await who(engine.proxyUrl)).toMatchObject({ version: 'v1' });
  const { body } = await rest(engine, 'GET', VERSIONS);
  expect(body.versions).toHaveLength(2);

  // A build that fails leaves what is there.
  const manifest = { 'a.js': { sourceUrl: 'https://storage.googleapis.com/staging.demo.appspot.com/none' } };
  const failing = await rest(engine, 'POST', VERSIONS, {
    id: 'v1',
    runtime: 'nodejs20',
    deployment: { files: manifest },
  });
  await eventually(async () => {
    const { body: operation } = await rest(engine, 'GET', `/v1/${failing.body.name}`);
    return operation.error ? operation : undefined;
  });
  expect(await who(engine.proxyUrl)).toMatchObject({ version: 'v1' });
});
