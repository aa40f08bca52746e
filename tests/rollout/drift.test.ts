import { expect, test } from 'vitest';
import { isOver } from '../../src/rollout/state.ts';
import { CareWorld } from './care-world.ts';
import { ADA, BEN, MINUTE, World } from './world.ts';

const FOREIGN = { shardBy: 'RANDOM', shares: { v1: 600, v2: 400 } } as const;

/** At the first question, looked at once. */
function asked(): World {
  const world = new World();
  world.prepare();
  world.patrol();
  return world;
}

/** In the window of the first step. */
function watching(): World {
  const world = asked();
  world.answer('promote', 'yes', BEN);
  world.finish('done');
  world.patrol();
  return world;
}

function question(world: World) {
  const gate = world.rollout.gates.at(-1);
  if (gate?.topic.kind !== 'drift') throw new Error('Nobody was asked about a drift.');
  return { ...gate, topic: gate.topic };
}

test('the first look marks the versions, later ones that find nothing add nothing', () => {
  const world = asked();
  expect(world.rollout.marks).toEqual({ v1: world.versions.v1, v2: world.versions.v2 });
  const { length } = world.journal;
  world.patrol();
  expect(world.journal).toHaveLength(length);
});

test.each([
  ['while a question is open', asked],
  ['in a window', watching],
  [
    'on hold',
    () => {
      const world = watching();
      world.act({ type: 'hold', reason: 'Wait.' }, ADA);
      return world;
    },
  ],
])('traffic that another hand moves %s stops everything until an approver says', (_, begin) => {
  const world = begin();
  const expected = world.rollout.live;
  world.live = FOREIGN;
  world.patrol();
  expect(question(world).topic).toEqual({ kind: 'drift', expected, live: FOREIGN });
  expect(world.answer('promote', 'yes', BEN)).toBe(false);
  world.patrol();
  expect(world.rollout.gates.filter(({ topic }) => topic.kind === 'drift')).toHaveLength(1);
  expect(world.answer('drift', 'restore', { ...ADA, roles: ['operator'] })).toBe(false);
  expect(world.answer('drift', 'restore', BEN)).toBe(true);
  world.finish('done');
  expect(world.live).toEqual(expected);
});

test('moved once more, it is asked anew about what is there now; put back by itself, nothing is asked', () => {
  const world = watching();
  const before = world.live;
  world.live = FOREIGN;
  world.patrol();
  const first = question(world);
  world.live = { shardBy: 'RANDOM', shares: { v0: 1000 } };
  world.patrol();
  expect(question(world)).toMatchObject({ revision: first.revision + 1, topic: { live: world.live } });
  expect(
    world.rollout.gates.find(({ revision, id }) => id === first.id && revision === first.revision),
  ).toMatchObject({
    outcome: { kind: 'superseded' },
  });

  world.live = before;
  world.patrol();
  expect(question(world).outcome).toEqual({ kind: 'superseded', why: 'it is as before again' });
  world.finish('done');
  expect(world.live).toEqual(before);
  // Minutes of another split are in the old window: a new one is judged.
  expect(world.rollout.stage).toMatchObject({ at: 'watch' });
  expect(world.rollout.verdict).toBeUndefined();
});

test('what was taken over before is what it is put back to, and no step more', () => {
  const world = watching();
  world.open();
  world.live = { shardBy: 'RANDOM', shares: { v1: 750, v2: 250 } };
  world.patrol();
  world.answer('drift', 'adopt', BEN);
  world.live = { shardBy: 'RANDOM', shares: { v1: 950, v2: 50 } };
  world.patrol();
  expect(world.answer('drift', 'restore', BEN)).toBe(true);
  world.finish('done');
  expect(world.live.shares).toEqual({ v1: 750, v2: 250 });
});

test('moved once more while it is put back, it is put back to what was in force, and to nothing between', () => {
  const world = asked();
  const before = world.live;
  world.live = FOREIGN;
  world.patrol();
  world.answer('drift', 'restore', BEN);
  world.finish('drift');
  expect(question(world).topic.expected).toEqual(before);
  world.answer('drift', 'restore', BEN);
  world.finish('done');
  expect(world.live).toEqual(before);
});

test('a version that was deployed anew is checked anew before it is asked for', () => {
  const world = watching();
  world.versions = { ...world.versions, v2: { created: 99, serving: true } };
  world.patrol();
  expect(question(world).topic.versions).toEqual([{ version: 'v2', what: 'replaced' }]);
  expect(world.answer('drift', 'restore', BEN)).toBe(false);
  expect(world.answer('drift', 'adopt', BEN)).toBe(true);
  expect(world.rollout.pending?.effect.kind).toBe('verify');
  world.finish('done');
  expect(world.rollout).toMatchObject({ stage: { at: 'ask' }, marks: { v2: { created: 99 } } });
  expect(world.rollout.verdict).toBeUndefined();
  const { length } = world.journal;
  world.patrol();
  expect(world.journal).toHaveLength(length);
});

test.each([
  ['deleted', null],
  ['stopped', { created: 3, serving: false }],
] as const)('a new version that is %s is not let out, and goes on once it is back', (_, mark) => {
  const world = asked();
  const before = world.versions.v2 ?? null;
  world.versions = { ...world.versions, v2: mark };
  world.patrol();
  expect(world.answer('drift', 'adopt', BEN)).toBe(false);
  world.versions = { ...world.versions, v2: before };
  world.patrol();
  world.finish('done');
  expect(world.answer('promote', 'yes', BEN)).toBe(true);
});

test('an old version that is gone is told of once it is taken note of, and not again', () => {
  const world = watching();
  world.versions = { ...world.versions, v1: null };
  world.patrol();
  expect(question(world).topic.versions).toEqual([{ version: 'v1', what: 'gone' }]);
  world.answer('drift', 'adopt', BEN);
  world.patrol();
  world.patrol();
  expect(world.rollout.stage.at).toBe('ask');
});

test('after the release is out, it is asked beside everything else, and put back it is looked after as before', () => {
  const world = new CareWorld();
  const { care, endedAt } = world.rollout;
  const out = world.live;
  world.now += 10 * MINUTE;
  world.live = FOREIGN;
  world.patrol();
  expect(isOver(world.rollout.stage)).toBe(true);
  expect(world.answer('drift', 'no', BEN)).toBe(false);
  expect(world.answer('drift', 'restore', BEN)).toBe(true);
  world.finish('done');
  expect(world.live).toEqual(out);
  expect(world.rollout).toMatchObject({ stage: { at: 'done' }, care, endedAt });
  expect(world.rollout.strayed).toBeUndefined();
});

test('a rollback of what was out that is given up leaves it out', () => {
  const world = new CareWorld();
  world.act({ type: 'roll-back', reason: 'It hurts.' }, ADA);
  world.answer('roll-back', 'yes', ADA);
  world.live = FOREIGN;
  world.finish('done');
  expect(world.answer('drift', 'adopt', BEN)).toBe(true);
  expect(world.rollout).toMatchObject({ stage: { at: 'done' }, live: FOREIGN });
  expect(world.rollout.care).toBeDefined();
});

test.each([
  ['goes on while it still has a share', { v1: 600, v2: 400 }, true],
  ['ends when it has none', { v1: 1000 }, false],
])('after-care of traffic that is kept as it was found %s', (_, shares, goesOn) => {
  const world = new CareWorld();
  world.live = { shardBy: 'RANDOM', shares };
  world.patrol();
  world.answer('drift', 'adopt', BEN);
  world.patrol();
  expect(world.rollout.care !== undefined).toBe(goesOn);
  expect(world.rollout).toMatchObject({ stage: { at: 'done' }, live: { shares } });
  expect(world.rollout.gates.at(-1)?.outcome).toMatchObject({ kind: 'answered' });
});
