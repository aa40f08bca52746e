import { describe, expect, test } from 'vitest';
import type { Answer } from '../../src/plan/verdict.ts';
import { choices } from '../../src/rollout/choices.ts';
import { openGate } from '../../src/rollout/state.ts';
import { ADA, BEN, DRAFT, MINUTE, verdictOf, World } from './world.ts';

/** At 10 %, by a plan that rehearses the judge. */
function rehearsing(steps = DRAFT.terms.steps): World {
  const watching = { ...DRAFT.terms.watching, rehearsal: true };
  const world = new World({ ...DRAFT, terms: { ...DRAFT.terms, steps, watching } });
  world.prepare();
  world.answer('promote', 'yes', BEN);
  world.finish('done');
  return world;
}

/** Minutes pass, judged like this. */
function pass(world: World, minutes: number, answer: Answer): void {
  for (let minute = 0; minute < minutes; minute++) {
    world.wait(MINUTE);
    world.judge(answer);
  }
}

describe('in rehearsal', () => {
  test.each<Answer>(['bad', 'no-data', 'too-little-traffic', 'query-failed'])(
    '%s is recorded, asks for no rollback, and an approver promotes without a written reason',
    (answer) => {
      const world = rehearsing();
      pass(world, 40, answer);
      expect(openGate(world.rollout, 'roll-back')).toBeUndefined();
      const gate = openGate(world.rollout, 'promote');
      expect(gate?.verdict).toMatchObject({ answer, rehearsal: true });
      expect(gate && choices(world.rollout, gate).map((choice) => choice.answer)).toEqual(['yes', 'hold']);
      // Nothing moves before somebody says so, and whoever started it does not.
      expect(world.live.shares.v2).toBe(100);
      expect(world.answer('promote', 'yes', ADA)).toBe(false);
      expect(world.answer('promote', 'yes', BEN)).toBe(true);
      world.finish('done');
      expect(world.live.shares.v2).toBe(500);
    },
  );

  test('a question stays what it was while the verdict turns', () => {
    const world = rehearsing();
    pass(world, 40, 'good');
    const before = openGate(world.rollout, 'promote');
    pass(world, 15, 'bad');
    pass(world, 15, 'good');
    pass(world, 15, 'no-data');
    expect(openGate(world.rollout, 'promote')).toEqual(before);
    expect(world.answer('promote', 'yes', BEN)).toBe(true);
  });

  test('the last step ends with its window, whatever was found', () => {
    const world = rehearsing([{ traffic: 1000, watch: 30 * MINUTE }]);
    pass(world, 40, 'bad');
    expect(world.rollout.stage.at).toBe('done');
  });

  test('people roll back as ever', () => {
    const world = rehearsing();
    pass(world, 10, 'bad');
    expect(world.act({ type: 'roll-back', reason: 'I do not like it.' }, ADA)).toBe(true);
    expect(openGate(world.rollout, 'roll-back')?.topic.asker?.name).toBe('Ada');
  });

  test('a command that fails has its say', () => {
    const world = rehearsing();
    world.wait(10 * MINUTE);
    world.record({ type: 'judged', verdict: verdictOf('bad', world.now) });
    world.settle();
    expect(openGate(world.rollout, 'roll-back')).toBeDefined();
    expect(openGate(world.rollout, 'promote')).toBeUndefined();
  });
});

test('without rehearsal a bad verdict asks for the rollback', () => {
  const world = new World();
  world.prepare();
  world.answer('promote', 'yes', BEN);
  world.finish('done');
  pass(world, 10, 'bad');
  expect(openGate(world.rollout, 'roll-back')).toBeDefined();
});
