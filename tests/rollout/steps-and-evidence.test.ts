import { describe, expect, test } from 'vitest';
import { observationDue } from '../../src/rollout/observation.ts';
import { openGate } from '../../src/rollout/state.ts';
import { BEN, DRAFT, MINUTE, verdictOf, World } from './world.ts';

describe('a small share that stays on the old version until the last yes', () => {
  const WATCH = 30 * MINUTE;
  const steps = [
    { traffic: 100, watch: WATCH },
    { traffic: 500, watch: WATCH },
    { traffic: 950, watch: WATCH },
    { traffic: 1000, watch: 0 },
  ];
  const world = () => {
    const played = new World({ ...DRAFT, terms: { ...DRAFT.terms, steps } });
    played.prepare();
    for (let step = 0; step < 2; step++) played.open();
    return played;
  };

  test('is what the last judged window is compared with, and a good one does not end the release by itself', () => {
    const played = world();
    played.open();
    expect(played.live.shares).toEqual({ v1: 50, v2: 950 });
    played.wait(60 * MINUTE);
    expect(openGate(played.rollout, 'promote')?.topic.to.shares).toEqual({ v2: 1000 });
    expect(played.live.shares).toEqual({ v1: 50, v2: 950 });
    played.answer('promote', 'yes', BEN);
    played.finish('done');
    expect(played.live.shares).toEqual({ v2: 1000 });
    // There is nothing left to compare with, and nothing more is judged.
    expect(played.rollout.stage.at).toBe('done');
    expect(observationDue(played.rollout, played.now + 60 * MINUTE)).toBeUndefined();
  });

  test('keeps the last of the traffic back while that window is bad', () => {
    const played = world();
    played.open('bad');
    expect(openGate(played.rollout, 'promote')).toBeUndefined();
    expect(openGate(played.rollout, 'roll-back')?.topic.to.shares).toEqual({ v1: 1000 });
    expect(played.answer('promote', 'yes', BEN)).toBe(false);
    expect(played.live.shares.v1).toBe(50);
  });
});

describe('the evidence of a step', () => {
  const CARRY = { '5xx': 0.8 };

  test('goes on to the next window, and only there', () => {
    const world = new World();
    world.prepare();
    world.answer('promote', 'yes', BEN);
    world.finish('done');
    expect(world.rollout.carried).toBeUndefined();
    for (let minute = 0; minute < 40; minute++) {
      world.wait(MINUTE);
      const window = observationDue(world.rollout, world.now);
      if (window)
        world.record({ type: 'judged', verdict: { ...verdictOf('good', window.to), carry: CARRY } });
      world.settle();
    }
    expect(world.rollout.carried).toBeUndefined();
    world.answer('promote', 'yes', BEN);
    world.finish('done');
    expect(world.rollout).toMatchObject({ step: 1, carried: CARRY });
    expect(world.rollout.verdict).toBeUndefined();
  });
});
