import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Hands } from '../../src/rollout/effects.ts';
import { createEngine, type Engine } from '../../src/rollout/engine.ts';
import { openGuard } from '../../src/rollout/guard.ts';
import type { Store } from '../../src/rollout/ports.ts';
import { openFileStore } from '../../src/store/file-store.ts';
import { CareWorld, ERRORS, HOUR, LAG, round } from './care-world.ts';
import { START } from './world.ts';

const PLAN = { rounds: [round('Hourly', 'hour', { checks: [ERRORS] })] };

let folder: string;
let store: Store;
let engine: Engine;
let now: number;
/** Looks that were begun, with how to end them. */
let looks: { from: number; to: number; signal: AbortSignal; end(): void; fail(error: Error): void }[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-care-engine-'));
  looks = [];
});

afterEach(async () => {
  await engine.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A process that finds this journal in the data folder. */
async function start(world?: CareWorld): Promise<void> {
  store = openFileStore(folder);
  if (world) {
    await store.append('abc', 0, world.journal);
    now = world.now;
  }
  const clock = { now: () => now, sleep: () => Promise.reject(new Error('Nothing sleeps here.')) };
  engine = createEngine({
    store,
    clock,
    guard: await openGuard(store, [], clock),
    rolesOf: () => [],
    blind: () => {},
    hands: {
      monitor: { look } as Hands['monitor'],
      cloud: {} as Hands['cloud'],
      scripts: {} as Hands['scripts'],
    },
    changed: () => {},
    progress: () => {},
    failed: (_, error) => expect.unreachable(String(error)),
  });
  await engine.recover();
}

const look: Hands['monitor']['look'] = (_, probes, { from, to }, signal) =>
  new Promise((resolve, reject) => {
    const end = () => resolve(probes.map(({ name }) => ({ name, answer: 'good', detail: '' })));
    signal.addEventListener('abort', () => reject(signal.reason));
    looks.push({ from, to, signal, end, fail: reject });
  });

async function facts(type: string): Promise<object[]> {
  return ((await store.read('abc')) ?? []).filter((event) => event.type === type);
}

test('a look that a dead process had begun is begun again, over the same span, and recorded once', async () => {
  const world = new CareWorld(PLAN);
  world.wait(HOUR + LAG);
  expect(world.intended).toBeDefined();
  await start(world);
  expect(looks).toMatchObject([{ from: START, to: START + HOUR }]);

  // This process dies too, three hours later, before the look has come to an end.
  now += 3 * HOUR;
  await engine.tick();
  expect(looks).toHaveLength(1);
  await engine.stop();
  expect(looks[0]?.signal.aborted).toBe(true);
  expect(await facts('looked-after')).toEqual([]);

  await start();
  expect(looks.slice(1)).toMatchObject([{ from: START, to: START + HOUR }]);
  looks.at(-1)?.end();
  await expect.poll(() => looks.length).toBe(3);
  expect(looks.at(-1)).toMatchObject({ from: START + HOUR, to: START + 4 * HOUR });
  looks.at(-1)?.end();
  await expect
    .poll(() => facts('looked-after'))
    .toMatchObject([
      { due: START + HOUR, missed: 0 },
      { from: START + HOUR, due: START + 4 * HOUR, missed: 2 },
    ]);
  await engine.tick();
  expect(looks).toHaveLength(3);
});

test('a look that falls over in an unforeseen way holds nothing up', async () => {
  const world = new CareWorld(PLAN);
  world.wait(HOUR + LAG);
  await start(world);
  looks[0]?.fail(new TypeError('x is not a function'));
  await expect.poll(() => facts('effect-failed')).toHaveLength(1);
  expect(engine.get('abc')?.stage.at).toBe('done');
  now += HOUR;
  await engine.tick();
  expect(looks.at(-1)).toMatchObject({ from: START + HOUR, to: START + 2 * HOUR });
});

test('once something else took the service over, the look under way is let go of, and none follows', async () => {
  const world = new CareWorld(PLAN);
  world.wait(HOUR + LAG);
  await start(world);
  engine.retire('default');
  await expect.poll(() => store.live()).toEqual([]);
  expect(looks[0]?.signal.aborted).toBe(true);
  expect((await store.read('abc'))?.at(-1)).toMatchObject({ type: 'closed' });
  now += 24 * HOUR;
  await engine.tick();
  expect(looks).toHaveLength(1);
  expect(await store.history(1)).toMatchObject([{ id: 'abc', outcome: 'done' }]);
});
