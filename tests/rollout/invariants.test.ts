import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sameSplit } from '../../src/plan/split.ts';
import type { CronChange, Event } from '../../src/rollout/events.ts';
import { fold } from '../../src/rollout/evolve.ts';
import type { Bar } from '../../src/rollout/guard.ts';
import { isOver } from '../../src/rollout/state.ts';
import { SEED } from './seed.ts';
import { ADA, BEN, CLEO, DRAFT, type Fate, MINUTE, PEOPLE, START, shareOf, World } from './world.ts';

const FROZEN: Bar = { kind: 'freeze', why: 'The market is open.' };
const LOCKED: Bar = { kind: 'lock', why: 'It was rolled back.', since: START };

const person = fc.constantFrom(...PEOPLE);
const kind = fc.constantFrom('promote', 'roll-back', 'cron', 'stuck', 'drift');
const word = fc.constantFrom('yes', 'no', 'hold', 'retry', 'adopt', 'restore', 'overrule', 'nonsense');

type Move = (world: World) => void;

/** What somebody may do in the console. */
const HANDS: readonly Move[] = [
  (world) => {
    world.live = { shardBy: 'RANDOM', shares: { v1: 600, v2: 400 } };
  },
  (world) => {
    world.live = { shardBy: 'RANDOM', shares: { v0: 1000 } };
  },
  (world) => {
    if (world.rollout.live) world.live = world.rollout.live;
  },
  (world) => {
    world.versions = { ...world.versions, v2: { created: world.now, serving: true } };
  },
  (world) => {
    world.versions = { ...world.versions, v1: { created: 2, serving: world.versions.v1?.serving === false } };
  },
];

const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Move>((world) => world.finish('done')) },
  {
    weight: 4,
    arbitrary: fc.record({ kind, word, person, reason: fc.constantFrom(undefined, 'because') }).map(
      ({ kind, word, person, reason }): Move =>
        (w) =>
          void w.answer(kind, word, person, reason),
    ),
  },
  // Stories that get anywhere: the right person says yes, and the window passes well.
  { weight: 4, arbitrary: fc.constant<Move>((world) => void world.answer('promote', 'yes', BEN)) },
  {
    weight: 4,
    arbitrary: fc.constant<Move>((world) => {
      for (let minutes = 0; minutes < 40; minutes += 5) {
        world.wait(5 * MINUTE);
        world.judge('good');
      }
    }),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        fc.integer({ min: 1, max: 90 }),
        fc.constantFrom('good', 'good', 'good', 'bad', 'no-data', 'query-failed'),
      )
      .map(
        ([minutes, answer]): Move =>
          (world) => {
            world.wait(minutes * MINUTE);
            world.judge(answer);
          },
      ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Fate>('failed', 'drift').map(
      (fate): Move =>
        (world) =>
          world.finish(fate),
    ),
  },
  { weight: 4, arbitrary: fc.constant<Move>((world) => world.patrol()) },
  { weight: 2, arbitrary: fc.constantFrom(...HANDS) },
  { weight: 1, arbitrary: fc.constant<Move>((world) => void world.answer('drift', 'restore', BEN)) },
  {
    weight: 1,
    arbitrary: person.map(
      (who): Move =>
        (w) =>
          void w.act({ type: 'roll-back', reason: 'I say so.' }, who),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(person, fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 4 }), word).map(
      ([who, n, revision, answer]): Move =>
        (world) => {
          world.act({ type: 'answer', gate: `abc-${n}`, revision, answer }, who);
        },
    ),
  },
  {
    weight: 1,
    arbitrary: person.map(
      (who): Move =>
        (world) =>
          void world.act({ type: 'ask-again' }, who),
    ),
  },
  {
    weight: 1,
    arbitrary: person.map(
      (who): Move =>
        (world) =>
          void world.act(world.rollout.held ? { type: 'resume' } : { type: 'hold', reason: 'Wait.' }, who),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(FROZEN, LOCKED, undefined, undefined).map(
      (bar): Move =>
        (world) => {
          world.bar = bar;
          world.settle();
        },
    ),
  },
);

const SAME: CronChange = { create: [], remove: [], same: 2 };
const OTHER: CronChange = { create: ['every 1 hours: /tasks/x'], remove: [], same: 1 };

/** Half of the stories begin at the first question, so that long ones get far. */
const story = fc.record({
  cron: fc.constantFrom(SAME, OTHER),
  prepared: fc.boolean(),
  rehearsal: fc.boolean(),
  moves: fc.array(move, { maxLength: 60, size: 'max' }),
});

interface Script {
  readonly cron: CronChange;
  readonly prepared: boolean;
  readonly rehearsal: boolean;
  readonly moves: readonly Move[];
}

function play({ cron, prepared, rehearsal, moves }: Script, after?: (world: World) => void): World {
  const watching = { ...DRAFT.terms.watching, rehearsal };
  const world = new World({ ...DRAFT, terms: { ...DRAFT.terms, watching } });
  world.cron = cron;
  if (prepared) world.prepare();
  for (const move of moves) {
    move(world);
    after?.(world);
  }
  return world;
}

/** The new version has had this share by an approved move, or because people took it over. */
function wasInForce(journal: readonly Event[], share: number): boolean {
  return journal.some(
    (event, i) =>
      (event.type === 'split-set' && shareOf(event.split) === share) ||
      (event.type === 'drifted' &&
        shareOf(event.live) === share &&
        journal
          .slice(i)
          .some(
            (later) =>
              later.type === 'settled' &&
              later.outcome.kind === 'answered' &&
              later.outcome.answer === 'adopt',
          )),
  );
}

test('traffic to the new version never rises without a valid approval of exactly that step', () => {
  let risen = 0;
  fc.assert(
    fc.property(story, (script) => {
      const world = play(script);
      for (const { from, to, known } of world.moves) {
        if (shareOf(to) <= shareOf(from)) continue;
        risen++;
        const state = fold(known);
        if (state.stage.at !== 'shift') throw new Error(`Traffic rose in stage ${state.stage.at}.`);
        const { step } = state.stage;
        // Put back to what it was before another hand was there, which was approved when it came to be.
        if (state.stage.to) {
          expect(wasInForce(known, shareOf(state.stage.to))).toBe(true);
          continue;
        }
        const gate = state.gates.findLast(
          (g) =>
            g.topic.kind === 'promote' &&
            g.topic.step === step &&
            g.outcome?.kind === 'answered' &&
            (g.outcome.answer === 'yes' || g.outcome.answer === 'overrule'),
        );
        expect(gate?.votes.length).toBeGreaterThanOrEqual(1);
        expect(gate?.votes.map((vote) => vote.by.id)).not.toContain(ADA.id);
        expect(gate?.votes.map((vote) => vote.by.id)).not.toContain(CLEO.id);
        expect(shareOf(to)).toBe(state.terms.steps[step]?.traffic);
      }
    }),
    { seed: SEED, numRuns: 2_000 },
  );
  expect(risen).toBeGreaterThan(100);
});

test('a rollback works from every state after the backup and restores the exact split', () => {
  fc.assert(
    fc.property(story, (script) => {
      const world = play(script);
      const { original } = world.rollout;
      const at = () => world.rollout.stage.at;
      if (!original || at() === 'rolled-back' || (at() === 'cancelled' && world.rollout.step < 0)) return;
      for (let tries = 0; tries < 4 && at() !== 'rolled-back'; tries++) {
        world.act({ type: 'roll-back', reason: 'It hurts.' }, ADA);
        world.answer('roll-back', 'yes', ADA);
        world.finish('done');
        if (at() === 'drift') world.answer('drift', 'restore', PEOPLE[1]);
        world.finish('done');
      }
      expect(at()).toBe('rolled-back');
      expect(sameSplit(world.live, original)).toBe(true);
    }),
    { seed: SEED, numRuns: 1_000 },
  );
});

test('whatever moment the process dies, the journal alone gives the same state', () => {
  fc.assert(
    fc.property(story, (script) => {
      play(script, (world) => expect(fold(world.journal)).toEqual(world.rollout));
    }),
    { seed: SEED, numRuns: 300 },
  );
});

test('whoever has no role leaves nothing but refused attempts', () => {
  fc.assert(
    fc.property(story, (script) => {
      const world = play(script);
      const acts = world.journal.filter((event) => 'by' in event && event.by?.id === CLEO.id);
      expect(acts.every((event) => event.type === 'refused')).toBe(true);
    }),
    { seed: SEED, numRuns: 500 },
  );
});

test('what is over stays over unless it is rolled back', () => {
  fc.assert(
    fc.property(story, (script) => {
      let over = false;
      play(script, (world) => {
        const { at } = world.rollout.stage;
        // On the way back, or to where it was before another hand was there.
        const puttingBack = world.rollout.stage.at === 'shift' && world.rollout.stage.to !== undefined;
        if (over && !puttingBack)
          expect(['done', 'restore', 'put-back', 'rolled-back', 'cancelled', 'stuck', 'drift']).toContain(at);
        over ||= isOver(world.rollout.stage);
      });
    }),
    { seed: SEED, numRuns: 500 },
  );
});

test('what another hand made of the traffic is overwritten only after somebody was told of it', () => {
  let overwritten = 0;
  fc.assert(
    fc.property(story, (script) => {
      for (const { from, known } of play(script).moves) {
        // Every split that was ever on record, or that the rollout was on its way to.
        const told = known.some(
          (event) =>
            ('live' in event && sameSplit(event.live, from)) ||
            ('split' in event && sameSplit(event.split, from)) ||
            (event.type === 'effect-intended' &&
              event.effect.kind === 'set-split' &&
              sameSplit(event.effect.to, from)),
        );
        expect(told).toBe(true);
        overwritten += known.some((event) => event.type === 'drifted' && sameSplit(event.live, from)) ? 1 : 0;
      }
    }),
    { seed: SEED, numRuns: 1_000 },
  );
  expect(overwritten).toBeGreaterThan(10);
});
