import { expect, test } from 'vitest';
import { isNews, observationDue } from '../../src/rollout/observation.ts';
import { ADA, BEN, CLEO, DORA, DRAFT, MINUTE, START, shareOf, verdictOf, World } from './world.ts';

test('a clean release opens the gate step by step, and only after a yes', () => {
  const world = new World();
  world.prepare();
  expect(world.moves).toHaveLength(0);
  world.open();
  world.open();
  world.open();
  expect(world.moves.map((move) => shareOf(move.to))).toEqual([100, 500, 1000]);
  expect(world.rollout.stage.at).toBe('done');
});

test('nobody is asked before the window and its lag are over', () => {
  const world = new World();
  world.prepare();
  world.answer('promote', 'yes', BEN);
  world.finish('done');
  for (let minute = 0; minute < 33; minute++) {
    world.wait(MINUTE);
    world.judge('good');
  }
  expect(world.rollout.stage.at).toBe('watch');
  expect(world.rollout.gates).toHaveLength(1);
  world.wait(3 * MINUTE);
  world.judge('good');
  expect(world.rollout.stage.at).toBe('ask');
  expect(world.rollout.gates).toHaveLength(2);
});

test('the starter does not approve where two persons are asked', () => {
  const world = new World();
  world.prepare();
  expect(world.answer('promote', 'yes', ADA)).toBe(false);
  expect(world.rollout.stage.at).toBe('ask');
  expect(world.journal.at(-1)).toMatchObject({ type: 'refused', by: { id: ADA.id } });
});

test('the starter approves where the plan allows it', () => {
  const terms = { ...DRAFT.terms, approval: { ...DRAFT.terms.approval, twoPerson: false } };
  const world = new World({ ...DRAFT, terms });
  world.prepare();
  expect(world.answer('promote', 'yes', ADA)).toBe(true);
});

test('a quorum counts persons, not taps', () => {
  const terms = { ...DRAFT.terms, approval: { ...DRAFT.terms.approval, needed: 2 } };
  const world = new World({ ...DRAFT, terms });
  world.prepare();
  expect(world.answer('promote', 'yes', BEN)).toBe(true);
  expect(world.answer('promote', 'yes', BEN)).toBe(false);
  expect(world.rollout.stage.at).toBe('ask');
  expect(world.answer('promote', 'yes', DORA)).toBe(true);
  expect(world.rollout.stage.at).toBe('shift');
});

test('a second tap on an answered question changes nothing', () => {
  const world = new World();
  world.prepare();
  const gate = world.rollout.gates[0];
  world.answer('promote', 'yes', BEN);
  world.finish('done');
  const before = world.rollout.stage;
  expect(world.answer('promote', 'yes', DORA)).toBe(false);
  expect(world.rollout.stage).toEqual(before);
  expect(world.moves).toHaveLength(1);
  expect(gate?.revision).toBe(1);
});

test('a button of an older revision no longer counts', () => {
  const world = new World();
  world.prepare();
  world.answer('promote', 'hold', ADA);
  world.wait(16 * MINUTE);
  const [old, anew] = world.rollout.gates;
  expect(anew).toMatchObject({ id: old?.id, revision: 2 });
  const stale = { type: 'answer', gate: old?.id ?? '', revision: 1, answer: 'yes' } as const;
  expect(world.act(stale, BEN)).toBe(false);
  expect(world.rollout.stage.at).toBe('ask');
});

test.each(['bad', 'too-little-traffic', 'no-data', 'query-failed'] as const)(
  '%s does not promote',
  (answer) => {
    const world = new World();
    world.prepare();
    world.open(answer);
    expect(world.answer('promote', 'yes', BEN)).toBe(false);
    expect(world.moves).toHaveLength(1);
  },
);

test('a verdict that turns bad under an open question takes the yes away and offers the rollback', () => {
  const world = new World();
  world.prepare();
  world.open('good');
  expect(world.rollout.gates.at(-1)?.topic.kind).toBe('promote');
  world.wait(2 * MINUTE);
  world.judge('bad');
  expect(world.answer('promote', 'yes', BEN)).toBe(false);
  expect(world.rollout.gates.at(-1)).toMatchObject({ topic: { kind: 'roll-back' } });
  expect(world.answer('roll-back', 'yes', ADA)).toBe(true);
  world.finish('done');
  expect(world.live.shares).toEqual({ v1: 1000 });
});

test('weak evidence can be overruled by an approver with a reason, a bad verdict cannot', () => {
  const weak = new World();
  weak.prepare();
  weak.open('too-little-traffic');
  expect(weak.answer('promote', 'overrule', BEN)).toBe(false);
  expect(weak.answer('promote', 'overrule', BEN, 'It is night.')).toBe(true);
  expect(weak.rollout.stage.at).toBe('shift');

  const bad = new World();
  bad.prepare();
  bad.open('bad');
  expect(bad.answer('promote', 'overrule', BEN, 'I know better.')).toBe(false);
});

test('a question that nobody answers expires, and is asked again on request only', () => {
  const world = new World();
  world.prepare();
  world.wait(121 * MINUTE);
  expect(world.rollout.gates[0]?.outcome).toEqual({ kind: 'expired' });
  world.wait(500 * MINUTE);
  expect(world.rollout.gates).toHaveLength(1);
  expect(world.act({ type: 'ask-again' }, CLEO)).toBe(false);
  expect(world.act({ type: 'ask-again' }, ADA)).toBe(true);
  expect(world.rollout.gates).toHaveLength(2);
});

test('a rollback that was declined is offered again while the verdict stays bad', () => {
  const world = new World();
  world.prepare();
  world.open('bad');
  world.answer('roll-back', 'no', BEN);
  const asked = () => world.rollout.gates.filter((gate) => gate.topic.kind === 'roll-back').length;
  const before = asked();
  world.wait(10 * MINUTE);
  world.judge('bad');
  expect(asked()).toBe(before);
  world.wait(6 * MINUTE);
  expect(asked()).toBe(before + 1);
});

test('foreign hands on the traffic stop everything until people answer', () => {
  const world = new World();
  world.prepare();
  world.answer('promote', 'yes', BEN);
  world.finish('drift');
  expect(world.rollout.stage.at).toBe('drift');
  expect(world.moves).toHaveLength(0);
  world.answer('drift', 'adopt', BEN);
  world.answer('promote', 'yes', BEN);
  world.finish('done');
  // What was taken over keeps its proportions.
  expect(world.live.shares).toEqual({ v1: 630, v0: 270, v2: 100 });
});

test('what an overtaken effect reports late changes nothing', () => {
  const world = new World();
  world.prepare();
  world.answer('promote', 'yes', BEN);
  const overtaken = world.rollout.pending?.effect;
  world.act({ type: 'roll-back', reason: 'Stop.' }, ADA);
  world.answer('roll-back', 'yes', ADA);
  expect(world.rollout.pending?.effect.id).not.toBe(overtaken?.id);
  if (overtaken?.kind !== 'set-split') throw new Error('No move of traffic was under way.');
  world.record({ type: 'split-set', effect: overtaken.id, split: overtaken.to });
  expect(world.rollout).toMatchObject({ step: -1, stage: { at: 'restore' }, live: { shares: { v1: 1000 } } });
  // The move itself may still have happened: the way back takes the traffic from either side of it.
  world.live = overtaken.to;
  world.finish('done');
  world.finish('done');
  expect(world.rollout.stage.at).toBe('rolled-back');
  expect(world.live.shares).toEqual({ v1: 1000 });
});

test('a rollout that was stopped half way can still be rolled back', () => {
  const world = new World();
  world.prepare();
  world.open();
  world.answer('promote', 'yes', BEN);
  world.finish('drift');
  world.answer('drift', 'no', BEN);
  expect(world.rollout.stage.at).toBe('cancelled');
  expect(world.act({ type: 'roll-back', reason: 'After all.' }, ADA)).toBe(true);
  world.answer('roll-back', 'yes', ADA);
  world.finish('done');
  expect(world.live.shares).toEqual({ v1: 1000 });
});

test('five hundred rollouts that were away together do not go on asking together', () => {
  const now = START + 500 * MINUTE;
  const due = (id: string, second: number) => {
    const world = new World({ ...DRAFT, id });
    world.prepare();
    world.answer('promote', 'yes', BEN);
    world.finish('done');
    // All of them have just been judged at the same moment.
    const judged = { ...world.rollout, judgedAt: now };
    return observationDue(judged, now + second * 1_000) !== undefined;
  };
  const ids = Array.from({ length: 500 }, (_, i) => `r${i}`);
  const counts = [50, 60, 70, 80, 90, 100, 110].map((second) => ids.filter((id) => due(id, second)).length);
  expect(counts[0]).toBeLessThan(10);
  expect(counts.at(-1)).toBe(500);
  const arrivals = counts.slice(1).map((count, i) => count - (counts[i] ?? 0));
  expect(Math.max(...arrivals)).toBeLessThan(150);
});

test('minutes that change nothing do not fill the journal while people think', () => {
  const world = new World();
  world.prepare();
  world.open('good');
  expect(world.rollout.stage.at).toBe('ask');
  const { judgedAt = 0 } = world.rollout;
  const said = (answer: 'good' | 'bad', minutes: number) =>
    isNews(world.rollout, verdictOf(answer, 0), judgedAt + minutes * MINUTE);
  expect([said('good', 2), said('bad', 2), said('good', 10)]).toEqual([false, true, true]);
});
