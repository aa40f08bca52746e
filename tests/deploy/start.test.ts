import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Split } from '../../src/plan/split.ts';
import { copyOfExample } from './local-app-engine.ts';
import { type Meddle, meddledCloud } from './meddled-cloud.ts';
import { fault, type Seen } from './scripted-server.ts';

const onV1: Split = { shardBy: 'UNSPECIFIED', shares: { v1: 1000 } };
const onManual: Split = { shardBy: 'RANDOM', shares: { manual: 1000 } };

const isPatch = ({ method, url }: Seen) => method === 'PATCH' && /\/versions\//.test(url);

const patch = (body: object) => ({ method: 'PATCH', body: JSON.stringify(body) });

/** A manually scaled version of three instances, which somebody has stopped and shrunk. */
async function setUp(meddle?: Meddle) {
  const world = await meddledCloud(meddle);
  const { cloud, hooks, clock, appEngine } = world;
  const folder = await copyOfExample();
  const appYaml = join(folder, 'app.yaml');
  const text = await readFile(appYaml, 'utf8');
  await writeFile(appYaml, text.replace(/^automatic_scaling:\n(?: .*\n)*/m, ''));
  await appendFile(appYaml, '\nmanual_scaling: {instances: 3}\n');
  const deployed = { service: 'default', version: 'manual', folder, startedAt: clock.now(), resumed: false };
  await cloud.deploy(deployed, hooks);
  const base = `${appEngine.url}/v1/apps/demo/services/default/versions/manual`;
  // One operation on a version after the other.
  const change = (mask: string, body: object) =>
    expect
      .poll(async () => (await fetch(`${base}?updateMask=${mask}`, patch(body))).status, { timeout: 10_000 })
      .toBe(200);
  await change('manualScaling.instances', { manualScaling: { instances: 1 } });
  await change('servingStatus', { servingStatus: 'STOPPED' });
  const found = () => cloud.findVersion('default', 'manual');
  await expect.poll(found).toMatchObject({ servingStatus: 'STOPPED', scaling: 'manual', instances: 1 });
  const move = {
    service: 'default',
    accept: [onV1],
    to: onManual,
    start: [{ version: 'manual', instances: 3 }],
  };
  return { ...world, found, move };
}

describe('a version that is stopped', () => {
  it('is started, with its instances, before the traffic moves to it', async () => {
    const { cloud, hooks, between, found, move } = await setUp();
    await expect(cloud.setSplit(move, hooks)).resolves.toMatchObject({ kind: 'done' });
    expect(await found()).toMatchObject({ servingStatus: 'SERVING', instances: 3 });
    const patches = between.seen.filter(({ method }) => method === 'PATCH').map(({ url }) => url);
    expect(patches.map((url) => /updateMask=([\w.]+)/.exec(url)?.[1])).toEqual([
      'servingStatus',
      'manualScaling.instances',
      'split',
    ]);
    const { versionUrl = '' } = (await found()) ?? {};
    expect((await fetch(`${versionUrl}/healthz`)).status).toBe(200);
  });

  it('is left alone when it runs already, and when somebody else has moved the traffic', async () => {
    const { cloud, hooks, between, found, move } = await setUp();
    const elsewhere: Split = { shardBy: 'RANDOM', shares: { other: 1000 } };
    const drifted = await cloud.setSplit({ ...move, accept: [elsewhere] }, hooks);
    expect(drifted).toMatchObject({ kind: 'drift' });
    expect(await found()).toMatchObject({ servingStatus: 'STOPPED' });
    await cloud.setSplit({ ...move, to: onV1, accept: [onV1], start: [{ version: 'v1' }] }, hooks);
    expect(between.seen.filter(isPatch)).toEqual([]);
  });

  it('is started by the process that comes after a crash', async () => {
    for (const nth of [1, 2]) {
      let patches = 0;
      const death = new AbortController();
      const { cloud, hooks, found, move } = await setUp(async (request, pass) => {
        const reply = await pass();
        if (isPatch(request) && ++patches === nth) death.abort(new Error('killed'));
        return reply;
      });
      await expect(cloud.setSplit(move, { ...hooks, signal: death.signal })).rejects.toThrow('killed');
      await expect(cloud.setSplit(move, hooks)).resolves.toMatchObject({ kind: 'done' });
      expect(await found()).toMatchObject({ servingStatus: 'SERVING', instances: 3 });
    }
  });

  it('is waited for while another operation holds it, and when the answer is lost', async () => {
    let patches = 0;
    const held = fault(409, 'ABORTED', 'Cannot operate on it because an operation is already in progress.');
    const { cloud, hooks, found, move } = await setUp(async (request, pass) => {
      if (!isPatch(request)) return pass();
      patches++;
      if (patches === 1) return held;
      const reply = await pass();
      return patches === 2 ? { cut: true } : reply;
    });
    await expect(cloud.setSplit(move, hooks)).resolves.toMatchObject({ kind: 'done' });
    expect(await found()).toMatchObject({ servingStatus: 'SERVING', instances: 3 });
  });

  it('that cannot be started keeps the traffic where it is', async () => {
    const { cloud, hooks, move } = await setUp((request, pass) =>
      isPatch(request) ? fault(403, 'PERMISSION_DENIED', 'The caller does not have permission') : pass(),
    );
    await expect(cloud.setSplit(move, hooks)).rejects.toThrow(
      /^Could not start version manual of default: Google says "The caller does not have permission"/,
    );
    expect(await cloud.readSplit('default')).toMatchObject({ shares: { v1: 1000 } });
  });
});

it('a version that somebody has deleted is told, with what is left to do', async () => {
  const { cloud, hooks } = await meddledCloud();
  const to: Split = { shardBy: 'RANDOM', shares: { gone: 1000 } };
  const move = { service: 'default', accept: [onV1], to, start: [{ version: 'gone' }] };
  await expect(cloud.setSplit(move, hooks)).rejects.toMatchObject({
    kind: 'not-found',
    message:
      'Version gone of default is gone from App Engine: somebody has deleted it. It cannot get its traffic back. Deploy its source again under another id, or move the traffic to a version that is there.',
  });
  expect(await cloud.readSplit('default')).toMatchObject({ shares: { v1: 1000 } });
});
