import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Split } from '../../src/plan/split.ts';
import type { Hands } from '../../src/rollout/effects.ts';
import { createEngine, type Engine } from '../../src/rollout/engine.ts';
import { openGuard } from '../../src/rollout/guard.ts';
import { openFileStore } from '../../src/store/file-store.ts';
import { CareWorld } from './care-world.ts';
import { BEN, MINUTE, World } from './world.ts';

const FOREIGN: Split = { shardBy: 'RANDOM', shares: { v1: 600, v2: 400 } };

let folder: string;
let engine: Engine;
let now: number;
let live: Split;
/** What the next reads give instead of the live split. */
let reads: (Split | Error | Promise<Split>)[];
let jobs: string[];
let routes: string[];
let looks: { versions: readonly string[] }[];
let blind: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-patrol-'));
  reads = [];
  looks = [];
  blind = [];
  routes = [];
  jobs = ['every 1 hours: /tasks/x'];
});

afterEach(async () => {
  await engine.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A process that finds this journal in the data folder, and an App Engine that is as the journal says. */
async function start(world: World): Promise<void> {
  const store = openFileStore(folder);
  await store.append('abc', 0, world.journal);
  now = world.now;
  live = world.live;
  const clock = { now: () => now, sleep: () => Promise.reject(new Error('Nothing sleeps here.')) };
  const cloud: Pick<Hands['cloud'], 'see' | 'listShared' | 'setSplit'> = {
    async see(_, versions) {
      looks.push({ versions });
      const read = await (reads.shift() ?? live);
      if (read instanceof Error) throw read;
      return {
        split: read,
        versions: Object.fromEntries(versions.map((id) => [id, { created: 1, serving: true }])),
      };
    },
    listShared: async () => ({ jobs, routes }),
    async setSplit({ to }) {
      live = to;
      return { kind: 'done', split: to };
    },
  };
  engine = createEngine({
    store,
    clock,
    guard: await openGuard(store, [], clock),
    rolesOf: () => ['approver'],
    blind: (_, error) => void blind.push(error.message),
    hands: {
      monitor: {} as Hands['monitor'],
      cloud: cloud as Hands['cloud'],
      scripts: {} as Hands['scripts'],
    },
    changed: () => {},
    progress: () => {},
    failed: (_, error) => expect.unreachable(String(error)),
  });
  await engine.recover();
}

function asked(): World {
  const world = new World();
  world.prepare();
  return world;
}

async function tickAfter(ms: number): Promise<void> {
  now += ms;
  await engine.tick();
}

const stage = () => engine.get('abc')?.stage.at;

test('a service is looked at as soon as somebody is asked, and then once a minute, however often the clock ticks', async () => {
  await start(asked());
  await engine.tick();
  expect(looks).toEqual([{ versions: ['v2', 'v1'] }]);
  for (let second = 0; second < 59; second++) await tickAfter(1_000);
  expect(looks).toHaveLength(1);
  await tickAfter(1_000);
  expect(looks).toHaveLength(2);
});

test('a difference is looked at twice: one read that is behind stops nothing', async () => {
  await start(asked());
  reads = [FOREIGN];
  await engine.tick();
  expect(looks).toHaveLength(2);
  expect(stage()).toBe('ask');

  live = FOREIGN;
  await tickAfter(MINUTE);
  expect(stage()).toBe('drift');
});

test('a read that fails is told of and stops nothing, and the next one is not waited for longer', async () => {
  await start(asked());
  reads = [new Error('503')];
  await engine.tick();
  expect(blind).toEqual(['503']);
  expect(stage()).toBe('ask');
  live = FOREIGN;
  await tickAfter(MINUTE);
  expect(stage()).toBe('drift');
});

test('reads that may be behind a move of the rollout’s own are not waited for to mislead', async () => {
  const world = asked();
  world.answer('promote', 'yes', BEN);
  world.finish('done');
  await start(world);
  await tickAfter(MINUTE - 1);
  expect(looks).toHaveLength(0);
  await tickAfter(1);
  expect(looks).toHaveLength(1);
});

test('a move of the rollout’s own while the read is on its way is no foreign hand', async () => {
  await start(asked());
  await engine.tick();
  let arrive: (split: Split) => void = () => {};
  reads = [new Promise<Split>((resolve) => (arrive = resolve))];
  const before = live;
  now += MINUTE;
  const round = engine.tick();
  await expect.poll(() => looks.length, { timeout: 60_000 }).toBe(2);
  const { id = '', revision = 0 } = engine.get('abc')?.gates.at(-1) ?? {};
  const act = await engine.act('abc', { type: 'answer', gate: id, revision, answer: 'yes' }, BEN);
  expect(act).toMatchObject({ refused: false });
  await expect.poll(stage, { timeout: 60_000 }).toBe('watch');
  // Both looks tell what was before the move.
  reads.push(before);
  arrive(before);
  await round;
  expect(looks).toHaveLength(4);
  expect(stage()).toBe('watch');
});

test('cron jobs and routing are looked at every five minutes, and a change is told once', async () => {
  await start(asked());
  await engine.tick();
  expect(engine.get('abc')?.sharedSeen).toEqual({ jobs, routes });
  jobs = [...jobs, 'every 5 hours: /tasks/y'];
  for (let minute = 0; minute < 4; minute++) await tickAfter(MINUTE);
  expect(engine.get('abc')?.sharedDrifts).toBeUndefined();
  for (let minute = 0; minute < 11; minute++) await tickAfter(MINUTE);
  expect(engine.get('abc')?.sharedDrifts).toMatchObject([
    { change: { create: ['every 5 hours: /tasks/y'], remove: [], same: 1 } },
  ]);
  routes = ['*/a → a'];
  for (let minute = 0; minute < 11; minute++) await tickAfter(MINUTE);
  expect(engine.get('abc')?.sharedDrifts).toMatchObject([
    {},
    { change: { create: [], remove: [], same: 2, routes: { before: [], after: routes } } },
  ]);
  expect(stage()).toBe('ask');
});

test('what is out is looked at every five minutes', async () => {
  await start(new CareWorld());
  for (let minute = 0; minute < 11; minute++) await tickAfter(MINUTE);
  expect(looks).toEqual([{ versions: [] }, { versions: [] }, { versions: [] }]);
  live = FOREIGN;
  for (let minute = 0; minute < 5; minute++) await tickAfter(MINUTE);
  expect(engine.get('abc')?.strayed).toEqual({ live: FOREIGN });
  expect(stage()).toBe('done');
});
