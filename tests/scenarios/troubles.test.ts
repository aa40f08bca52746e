import { expect, test } from 'vitest';
import type { AppEngine } from '../../src/sandbox/app-engine/index.ts';
import { SandboxClock } from '../../src/sandbox/clock.ts';
import { appEngine, SIGNALS } from '../sandbox-app-engine/support.ts';

const PATIENCE = { timeout: 60_000 };

async function withSample(clock = new SandboxClock(60)): Promise<AppEngine> {
  const engine = await appEngine({ clock });
  await engine.seed('default', 'v1', SIGNALS);
  await ask(engine, 1);
  return engine;
}

/** The statuses of so many requests, one after another. */
async function ask(engine: AppEngine, times: number): Promise<number[]> {
  const statuses: number[] = [];
  for (let i = 0; i < times; i += 1) {
    const reply = await fetch(`${engine.proxyUrl}/healthz`);
    await reply.arrayBuffer();
    statuses.push(reply.status);
  }
  return statuses;
}

/** What all minutes that are still shown add up to. */
function sums(engine: AppEngine) {
  const { minutes } = engine.live(60);
  return {
    requests: minutes.reduce((sum, { requests }) => sum + requests, 0),
    errors: minutes.reduce((sum, { errors }) => sum + errors, 0),
  };
}

test('a share of a version’s requests fails, evenly, and counts as App Engine would count it', async () => {
  const engine = await withSample();
  engine.troubles.set('default', 'v1', { errors: 0.25 });
  expect(await ask(engine, 12)).toEqual([200, 200, 200, 500, 200, 200, 200, 500, 200, 200, 200, 500]);
  expect(sums(engine)).toEqual({ requests: 13, errors: 3 });
  expect(engine.live(60).services[0]?.versions[0]).toMatchObject({
    id: 'v1',
    share: 1,
    instances: 1,
    trouble: { errors: 0.25 },
  });
  engine.troubles.set('default', 'v1', {});
  expect(await ask(engine, 4)).toEqual([200, 200, 200, 200]);
});

test('a share of a version’s requests takes longer, and the others do not', async () => {
  const clock = new SandboxClock(60);
  const engine = await withSample(clock);
  // All of them within one minute of its clock.
  clock.pause();
  clock.jump(60_000);
  engine.troubles.set('default', 'v1', { slow: { ms: 2_000, share: 0.25 } });
  await ask(engine, 4);
  const now = engine.live(60).minutes.at(-1);
  expect(now).toMatchObject({ requests: 4, errors: 0 });
  expect(now?.p95).toBeGreaterThan(1_400);
  expect(now?.p50).toBeLessThan(1_400);
});

test('an instance that leaks is ended when its memory is used up, and begins anew', async () => {
  const clock = new SandboxClock(60);
  const engine = await withSample(clock);
  const before = engine.live(1).services[0]?.versions[0]?.memory ?? 0;
  engine.troubles.set('default', 'v1', { leak: 100 });
  clock.pause();
  clock.jump(60_000);
  const after = engine.live(1).services[0]?.versions[0]?.memory ?? 0;
  expect(after - before).toBeGreaterThan(90 * 1024 ** 2);
  clock.jump(4 * 60_000);
  await expect.poll(() => engine.live(1).services[0]?.versions[0]?.instances, PATIENCE).toBe(0);
  const crash = await crashLog(engine);
  expect(crash).toMatch(/Exceeded hard memory limit of 384 MiB with \d+ MiB/);
  expect(await ask(engine, 1)).toEqual([200]);
});

test('an instance in a crash loop dies again and again, and each start takes as long as it is told to', async () => {
  const clock = new SandboxClock(60);
  const engine = await withSample(clock);
  engine.troubles.set('default', 'v1', { crashEvery: 30_000, coldStart: 1_500 });
  clock.pause();
  for (const _ of [1, 2]) {
    clock.jump(60_000);
    await expect.poll(() => engine.live(1).services[0]?.versions[0]?.instances, PATIENCE).toBe(0);
    expect(await ask(engine, 1)).toEqual([200]);
    expect(engine.live(1).minutes.at(-1)?.p50).toBeGreaterThan(1_000);
  }
  expect(await crashLog(engine)).toMatch(/The process was killed/);
});

async function crashLog(engine: AppEngine): Promise<string> {
  const reply = await fetch(`${engine.url}/v2/entries:list`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceNames: ['projects/demo'], filter: 'severity>=ERROR' }),
  });
  return reply.text();
}
