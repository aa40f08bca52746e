import { expect, test } from 'vitest';
import type { Command } from '../../src/rollout/commands.ts';
import type { Draft, Terms } from '../../src/rollout/draft.ts';
import type { Event } from '../../src/rollout/events.ts';
import { ADA, BEN, CLEO, DORA, DRAFT, MINUTE, PEOPLE, World } from './world.ts';

/** At the first question, under these rules. */
function asked(approval: Partial<Terms['approval']> = {}): World {
  const draft: Draft = {
    ...DRAFT,
    terms: { ...DRAFT.terms, approval: { ...DRAFT.terms.approval, ...approval } },
  };
  const world = new World(draft);
  world.prepare();
  return world;
}

/** At the question for the second step, asked on good figures. */
function judged(approval: Partial<Terms['approval']> = {}): World {
  const world = asked();
  world.open();
  return Object.keys(approval).length === 0 ? world : judgedUnder(approval);
}

function judgedUnder(approval: Partial<Terms['approval']>): World {
  const world = asked(approval);
  world.answer('promote', 'yes', BEN);
  world.answer('promote', 'yes', DORA);
  world.finish('done');
  for (let minute = 0; minute < 40; minute++) {
    world.wait(MINUTE);
    world.judge('good');
  }
  return world;
}

function refusals(world: World): Extract<Event, { type: 'refused' }>[] {
  return world.journal.filter((event) => event.type === 'refused');
}

function newest(world: World) {
  const gate = world.rollout.gates.at(-1);
  if (!gate) throw new Error('Nothing was asked.');
  return gate;
}

const without = (...roles: (typeof PEOPLE)[number][]) =>
  PEOPLE.map((one) => (roles.includes(one) ? { ...one, roles: [] } : one));

test('a yes is taken back by whoever gave it, and by nobody else', () => {
  const world = asked({ needed: 2 });
  expect(world.answer('promote', 'withdraw', BEN)).toBe(false);
  world.answer('promote', 'yes', BEN);
  expect(world.answer('promote', 'withdraw', DORA)).toBe(false);
  expect(world.answer('promote', 'withdraw', BEN)).toBe(true);
  expect(newest(world).votes).toEqual([]);

  world.answer('promote', 'yes', DORA);
  expect(world.rollout.stage.at).toBe('ask');
  // Who took it back may give it again.
  expect(world.answer('promote', 'yes', BEN)).toBe(true);
  expect(world.rollout.stage.at).toBe('shift');
  expect(world.answer('promote', 'withdraw', BEN)).toBe(false);
  expect(world.rollout.stage.at).toBe('shift');
});

test('the yes of somebody who is no longer an approver counts no more', () => {
  const world = asked({ needed: 2 });
  world.answer('promote', 'yes', BEN);
  world.team = without(BEN);
  expect(world.answer('promote', 'yes', DORA)).toBe(true);
  expect(world.rollout.stage.at).toBe('ask');
  expect(newest(world).votes.map((vote) => vote.by.name)).toEqual(['Dora']);
  expect(world.journal).toContainEqual(
    expect.objectContaining({
      type: 'vote-withdrawn',
      by: { id: BEN.id, name: 'Ben' },
      why: expect.stringMatching(/no longer/),
    }),
  );
  world.team = PEOPLE;
  expect(world.answer('promote', 'yes', BEN)).toBe(true);
  expect(world.rollout.stage.at).toBe('shift');
});

test('who lost the role between the question and the tap promotes nothing', () => {
  const world = asked();
  expect(world.answer('promote', 'yes', { ...BEN, roles: ['operator'] })).toBe(false);
  expect(world.answer('promote', 'yes', { ...BEN, roles: [] })).toBe(false);
  expect(refusals(world)).toHaveLength(2);
  expect(world.rollout.stage.at).toBe('ask');
});

test('the same press twice is one vote', () => {
  const world = asked({ needed: 2 });
  const { id, revision } = newest(world);
  const press: Command = { type: 'answer', gate: id, revision, answer: 'yes' };
  expect([world.act(press, BEN), world.act(press, BEN), world.act(press, BEN)]).toEqual([true, false, false]);
  expect(newest(world).votes).toHaveLength(1);
  expect(world.rollout.stage.at).toBe('ask');
  expect(refusals(world).map(({ why }) => why)).toEqual(Array(2).fill('Your vote already counts.'));
});

test('a tap at the very moment of expiry comes too late, before anybody looked at the clock', () => {
  const world = asked();
  const { id, revision, expires } = newest(world);
  world.now = expires;
  expect(world.act({ type: 'answer', gate: id, revision, answer: 'yes' }, BEN)).toBe(false);
  expect(newest(world).outcome).toEqual({ kind: 'expired' });
  expect(world.moves).toHaveLength(0);
});

test('those who may answer are reminded once, before the question expires', () => {
  const world = asked();
  const reminders = () => world.journal.filter((event) => event.type === 'question-reminded').length;
  world.wait(89 * MINUTE);
  expect(reminders()).toBe(0);
  world.wait(MINUTE);
  expect(reminders()).toBe(1);
  world.wait(29 * MINUTE);
  expect(reminders()).toBe(1);
  expect(world.answer('promote', 'yes', BEN)).toBe(true);
});

test('a rollback that nobody answers is brought to mind, too', () => {
  const world = judged();
  world.wait(2 * MINUTE);
  world.judge('bad');
  const gate = newest(world);
  expect(gate.topic.kind).toBe('roll-back');
  world.wait(gate.expires - 30 * MINUTE - world.now);
  expect(newest(world).remindedAt).toBe(world.now);
  expect(newest(world).outcome).toBeUndefined();
});

test.each([
  ['no reminder is wished for', { remind: 0 }],
  ['it would come with the question itself', { expires: 30 * MINUTE }],
])('nobody is reminded where %s', (_, approval) => {
  const world = asked(approval);
  for (let minute = 0; minute < 130; minute++) world.wait(MINUTE);
  expect(newest(world)).toMatchObject({ outcome: { kind: 'expired' } });
  expect(newest(world).remindedAt).toBeUndefined();
});

test('slept through, a question is over without a reminder', () => {
  const world = asked();
  world.wait(500 * MINUTE);
  expect(newest(world).outcome).toEqual({ kind: 'expired' });
  expect(newest(world).remindedAt).toBeUndefined();
});

test.each([
  ['yes', DORA],
  ['overrule', DORA],
  ['emergency', ADA],
] as const)('%s on figures that have turned since is refused, and asked anew', (word, person) => {
  const world = judged({ needed: 2 });
  const before = newest(world);
  expect(world.answer('promote', 'yes', BEN)).toBe(true);
  world.wait(2 * MINUTE);
  world.judge('no-data');
  expect(newest(world)).toMatchObject({ id: before.id, revision: before.revision });

  expect(world.answer('promote', word, person, 'It is night.')).toBe(false);
  expect(refusals(world).at(-1)?.why).toMatch(/was “good” when this was asked and is “no data” now.*anew/);
  const after = newest(world);
  expect(after).toMatchObject({ id: before.id, revision: before.revision + 1, votes: [] });
  expect(after.verdict?.answer).toBe('no-data');
  expect(after.digest).not.toBe(before.digest);
  expect(world.moves).toHaveLength(1);
});

test('figures that say the same a minute later are no other evidence', () => {
  const world = judged();
  world.wait(2 * MINUTE);
  world.judge('good');
  expect(world.answer('promote', 'yes', BEN)).toBe(true);
});

test('in an emergency the starter promotes alone, with a reason that stays on record', () => {
  const world = asked({ needed: 2 });
  expect(world.answer('promote', 'yes', ADA)).toBe(false);
  expect(refusals(world).at(-1)?.why).toMatch(/\/emergency/);
  expect(world.answer('promote', 'emergency', ADA)).toBe(false);
  expect(world.answer('promote', 'emergency', ADA, '  ')).toBe(false);
  expect(world.answer('promote', 'emergency', ADA, 'The exchange is down, nobody else is awake.')).toBe(true);
  expect(world.rollout.stage.at).toBe('shift');
  expect(newest(world)).toMatchObject({
    votes: [{ by: { id: ADA.id }, answer: 'emergency' }],
    outcome: { kind: 'answered', answer: 'emergency', reason: 'The exchange is down, nobody else is awake.' },
    settledBy: { id: ADA.id },
  });
});

test('an emergency is an approver’s, where others are needed, and where the plan allows it', () => {
  const why = 'It burns.';
  const operator = { ...ADA, roles: ['operator'] } as const;
  const alone = asked();
  expect(alone.answer('promote', 'emergency', operator, why)).toBe(false);
  expect(alone.answer('promote', 'emergency', CLEO, why)).toBe(false);
  // Ben may simply say yes.
  expect(alone.answer('promote', 'emergency', BEN, why)).toBe(false);
  expect(refusals(alone).at(-1)?.why).toMatch(/own yes is enough/);

  const forbidden = asked({ emergency: false, needed: 2 });
  expect(forbidden.answer('promote', 'emergency', BEN, why)).toBe(false);
  expect(forbidden.answer('promote', 'yes', ADA)).toBe(false);
  expect(refusals(forbidden).at(-1)?.why).not.toMatch(/emergency/);
  expect(forbidden.rollout.stage.at).toBe('ask');
});

test('no emergency promotes against a bad verdict, a hold or a lock', () => {
  const bad = judged();
  bad.wait(2 * MINUTE);
  bad.judge('bad');
  expect(bad.answer('promote', 'emergency', ADA, 'I know better.')).toBe(false);

  const held = asked();
  held.act({ type: 'hold', reason: 'Wait.' }, BEN);
  expect(held.answer('promote', 'emergency', ADA, 'Now!')).toBe(false);

  const locked = asked();
  locked.bar = { kind: 'lock', why: 'It was rolled back.', since: 0 };
  expect(locked.answer('promote', 'emergency', ADA, 'Now!')).toBe(false);
  expect(locked.moves).toHaveLength(0);
});

test('in an emergency weak evidence is enough for one, with a reason', () => {
  const world = judged();
  world.wait(2 * MINUTE);
  world.judge('no-data');
  world.answer('promote', 'overrule', BEN, 'Ask anew.');
  expect(world.answer('promote', 'emergency', ADA, 'The exchange is down.')).toBe(true);
  expect(world.rollout.stage.at).toBe('shift');
});
