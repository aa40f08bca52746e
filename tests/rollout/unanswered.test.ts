import { expect, test } from 'vitest';
import { isNews } from '../../src/rollout/observation.ts';
import { openGate } from '../../src/rollout/state.ts';
import { ADA, BEN, DRAFT, MINUTE, verdictOf, World } from './world.ts';

/** At 10 % and found bad, by a plan that rolls back after ten minutes without an answer. */
function bad(rollBackAfter: number | undefined = 10 * MINUTE): World {
  const approval = { ...DRAFT.terms.approval, ...(rollBackAfter && { rollBackAfter }) };
  const world = new World({ ...DRAFT, terms: { ...DRAFT.terms, approval } });
  world.prepare();
  world.answer('promote', 'yes', BEN);
  world.finish('done');
  while (world.rollout.verdict?.answer !== 'bad') {
    world.wait(MINUTE);
    world.judge('bad');
  }
  return world;
}

/** Minutes pass, judged like this. */
function pass(world: World, minutes: number, answer: 'bad' | 'no-data'): void {
  for (let minute = 0; minute < minutes; minute++) {
    world.wait(MINUTE);
    world.judge(answer);
  }
}

test('found bad and unanswered, it is rolled back by the plan once its time is over', () => {
  const world = bad();
  pass(world, 9, 'bad');
  expect(world.rollout.stage.at).toBe('watch');
  pass(world, 2, 'bad');
  expect(world.rollout.stage.at).toBe('restore');
  const gate = world.rollout.gates.findLast(({ topic }) => topic.kind === 'roll-back');
  expect(gate?.outcome).toEqual({
    kind: 'answered',
    answer: 'yes',
    reason: 'nobody answered for 10 minutes',
  });
  expect(gate?.settledBy).toBeUndefined();
  world.finish('done');
  expect(world.live.shares).toEqual({ v1: 1000 });
});

test('while people are asked for the next step, too: the rollback is asked for beside it, and done by the plan', () => {
  const approval = { ...DRAFT.terms.approval, rollBackAfter: 10 * MINUTE };
  const world = new World({ ...DRAFT, terms: { ...DRAFT.terms, approval } });
  world.prepare();
  world.open('good');
  expect(openGate(world.rollout, 'promote')).toBeDefined();
  pass(world, 2, 'bad');
  // Both stand in the chat, and only one of them can be answered with a yes.
  expect(openGate(world.rollout, 'promote')).toBeDefined();
  expect(openGate(world.rollout, 'roll-back')).toBeDefined();
  expect(world.answer('promote', 'yes', BEN)).toBe(false);
  pass(world, 12, 'bad');
  expect(world.rollout.stage.at).toBe('restore');
  expect(openGate(world.rollout, 'promote')).toBeUndefined();
  world.finish('done');
  expect(world.live.shares).toEqual({ v1: 1000 });
});

test('without such a plan it waits for people', () => {
  const world = bad(0);
  pass(world, 25, 'bad');
  expect(world.rollout.stage.at).toBe('watch');
});

test('figures from before a sleep prove nothing: it waits for fresh ones that are bad', () => {
  const world = bad();
  world.wait(60 * MINUTE);
  expect(world.rollout.stage.at).not.toBe('restore');
  world.judge('no-data');
  expect(world.rollout.stage.at).not.toBe('restore');
  pass(world, 2, 'bad');
  expect(world.rollout.stage.at).toBe('restore');
});

test.each([
  ['a hold', (world: World) => world.act({ type: 'hold', reason: 'I look at it.' }, ADA)],
  ['a no', (world: World) => world.answer('roll-back', 'no', ADA)],
])('%s of a person goes before the plan', (_, say) => {
  const world = bad();
  pass(world, 5, 'bad');
  expect(say(world)).toBe(true);
  pass(world, 90, 'bad');
  expect(['watch', 'ask']).toContain(world.rollout.stage.at);
});

test('a fresh bad verdict is news once the plan’s time is over, while a question is open too', () => {
  const world = bad();
  const { rollout, now } = world;
  const asking = { ...rollout, stage: { at: 'ask', since: now } } as const;
  expect(isNews(asking, verdictOf('bad', now), now + 2 * MINUTE)).toBe(false);
  expect(isNews({ ...asking, judgedAt: now + 9 * MINUTE }, verdictOf('bad', now), now + 10 * MINUTE)).toBe(
    true,
  );
});
