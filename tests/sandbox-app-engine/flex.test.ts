import { expect, it } from 'vitest';
import type { AppEngine } from '../../src/sandbox/app-engine/index.ts';
import { appEngine, deploy, eventually, rest, split } from './support.ts';

const VERSIONS = '/v1/apps/demo/services/default/versions';
const IMAGE = 'us-docker.pkg.dev/team/apps/shop:v1';

/** Carries a request out to the end of its operation. @returns how that ended. */
async function carryOut(engine: AppEngine, method: string, path: string, body: unknown) {
  const asked = await rest(engine, method, path, body);
  if (asked.status !== 200) return asked.body.error;
  return eventually(async () => {
    const { body: operation } = await rest(engine, 'GET', `/v1/${asked.body.name}`);
    return operation.done === true ? (operation.error ?? 'done') : undefined;
  });
}

const image = (id: string, env: string) => ({
  id,
  runtime: 'vm',
  env,
  manualScaling: { instances: 1 },
  deployment: { container: { image: IMAGE } },
});

it('takes a container image for flex, and says with 503 that it runs none', async () => {
  const logged: string[] = [];
  const engine = await appEngine({ log: (line) => logged.push(line) });
  await deploy(engine, 'v1');
  expect(await carryOut(engine, 'POST', VERSIONS, image('v2', 'flex'))).toBe('done');
  const { body } = await rest(engine, 'GET', `${VERSIONS}/v2?view=FULL`);
  expect(body).toMatchObject({
    env: 'flex',
    servingStatus: 'SERVING',
    deployment: { container: { image: IMAGE } },
  });
  expect((await fetch(String(body.versionUrl))).status).toBe(503);
  expect(logged.join('\n')).toContain(`runs no container images, and so nothing serves ${IMAGE}`);
  expect((await rest(engine, 'GET', `${VERSIONS}/v2/instances`)).body.instances ?? []).toEqual([]);

  await split(engine, 'RANDOM', { v1: 0.9, v2: 0.1 });
  await split(engine, 'RANDOM', { v1: 1 });
  const serving = (servingStatus: string) =>
    carryOut(engine, 'PATCH', `${VERSIONS}/v2?updateMask=servingStatus`, { servingStatus });
  for (const status of ['STOPPED', 'SERVING']) {
    expect(await serving(status)).toBe('done');
    expect((await rest(engine, 'GET', `${VERSIONS}/v2`)).body).toMatchObject({ servingStatus: status });
  }
});

it('refuses an image in the standard environment', async () => {
  const engine = await appEngine();
  const body = { ...image('v1', 'standard'), runtime: 'nodejs20' };
  expect(await carryOut(engine, 'POST', VERSIONS, body)).toMatchObject({
    message: expect.stringContaining('flexible environment only'),
  });
});
