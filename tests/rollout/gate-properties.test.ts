import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Actor } from '../../src/rollout/answers.ts';
import type { Draft } from '../../src/rollout/draft.ts';
import type { Event } from '../../src/rollout/events.ts';
import { fold } from '../../src/rollout/evolve.ts';
import { isYes, type Rollout } from '../../src/rollout/state.ts';
import { SEED } from './seed.ts';
import { ADA, BEN, CLEO, DORA, DRAFT, MINUTE, World } from './world.ts';

const EVE: Actor = { id: 5, name: 'Eve', roles: ['approver'] };
const TEAM: readonly Actor[] = [ADA, BEN, CLEO, DORA, EVE];

/** Every way in which a question about a promotion can be touched, by anybody, in any order. */
type Touch =
  | { readonly do: 'answer'; readonly word: string; readonly person: number; readonly reason?: string }
  /** The very same press once more, as Telegram may deliver it. */
  | { readonly do: 'repeat' }
  | { readonly do: 'stale'; readonly revision: number; readonly person: number }
  | { readonly do: 'role'; readonly person: number; readonly roles: Actor['roles'] }
  /** Whoever voted last loses the role; everybody has theirs back. */
  | { readonly do: 'dismiss' | 'appoint' }
  | { readonly do: 'judge'; readonly answer: 'good' | 'bad' | 'no-data' | 'too-little-traffic' }
  /** The step's window passes, judged like this to its end. */
  | { readonly do: 'window'; readonly answer: 'good' | 'no-data' }
  | { readonly do: 'wait'; readonly minutes: number }
  /** Time passes, and a tap comes before anybody has looked at the clock. */
  | { readonly do: 'slip'; readonly minutes: number }
  | { readonly do: 'finish' }
  | { readonly do: 'hold' | 'resume' | 'ask-again'; readonly person: number };

const person = fc.integer({ min: 0, max: TEAM.length - 1 });
const touch: fc.Arbitrary<Touch> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record({
      do: fc.constant('answer'),
      word: fc.constantFrom(
        'yes',
        'yes',
        'yes',
        'overrule',
        'overrule',
        'emergency',
        'withdraw',
        'hold',
        'no',
      ),
      person,
      reason: fc.constantFrom('because', 'because', ' ', ''),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('repeat') }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('dismiss', 'appoint') }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('stale'), revision: fc.integer({ min: 0, max: 4 }), person }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('role'),
      person,
      roles: fc.constantFrom<Actor['roles']>([], ['operator'], ['approver'], ['operator', 'approver']),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('judge'),
      answer: fc.constantFrom('good', 'good', 'good', 'bad', 'no-data', 'too-little-traffic'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('window'), answer: fc.constantFrom('good', 'no-data') }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wait'), minutes: fc.integer({ min: 1, max: 130 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('slip'), minutes: fc.integer({ min: 1, max: 130 }) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('finish') }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom('hold', 'resume', 'resume', 'ask-again'), person }),
  },
) as fc.Arbitrary<Touch>;

const story = fc.record({
  needed: fc.constantFrom(1, 2, 2, 3),
  twoPerson: fc.boolean(),
  emergency: fc.boolean(),
  touches: fc.array(touch, { maxLength: 60, size: 'max' }),
});
type Story = typeof story extends fc.Arbitrary<infer S> ? S : never;

/** A promotion that was just agreed upon, with all that was true at that moment. */
interface Agreed {
  readonly before: Rollout;
  readonly rollout: Rollout;
  readonly journal: readonly Event[];
  readonly team: readonly Actor[];
  readonly now: number;
}

function play({ needed, twoPerson, emergency, touches }: Story, agreed: (moment: Agreed) => void): World {
  const approval = { ...DRAFT.terms.approval, needed, twoPerson, emergency };
  const draft: Draft = { ...DRAFT, terms: { ...DRAFT.terms, approval } };
  const world = new World(draft);
  world.team = TEAM;
  world.prepare();
  let last: (() => void) | undefined;
  for (const one of touches) {
    const before = world.rollout;
    perform(world, one, last);
    if (one.do === 'answer') {
      const gate = before.gates.findLast((g) => g.topic.kind === 'promote');
      const by = world.team[one.person] ?? ADA;
      const { word: answer, reason } = one;
      last =
        gate &&
        (() =>
          void world.act(
            { type: 'answer', gate: gate.id, revision: gate.revision, answer, ...(reason && { reason }) },
            by,
          ));
    }
    if (before.stage.at !== 'shift' && world.rollout.stage.at === 'shift')
      agreed({ before, rollout: world.rollout, journal: world.journal, team: world.team, now: world.now });
  }
  return world;
}

function perform(world: World, one: Touch, again: (() => void) | undefined): void {
  switch (one.do) {
    case 'answer': {
      const by = world.team[one.person] ?? ADA;
      world.answer('promote', one.word, by, one.reason);
      return;
    }
    case 'repeat':
      again?.();
      return;
    case 'stale': {
      const gate = world.rollout.gates.findLast((g) => g.topic.kind === 'promote');
      const by = world.team[one.person] ?? ADA;
      if (gate && one.revision !== gate.revision)
        expect(world.act({ type: 'answer', gate: gate.id, revision: one.revision, answer: 'yes' }, by)).toBe(
          false,
        );
      return;
    }
    case 'role':
      world.team = world.team.map((member, i) =>
        i === one.person ? { ...member, roles: one.roles } : member,
      );
      return;
    case 'dismiss': {
      const voted = world.rollout.gates.at(-1)?.votes.at(-1)?.by.id;
      world.team = world.team.map((member) => (member.id === voted ? { ...member, roles: [] } : member));
      return;
    }
    case 'appoint':
      world.team = TEAM;
      return;
    case 'judge':
      world.wait(2 * MINUTE);
      world.judge(one.answer);
      return;
    case 'wait':
      world.wait(one.minutes * MINUTE);
      return;
    case 'window':
      for (let minutes = 0; minutes < 40; minutes += 10) {
        world.wait(10 * MINUTE);
        world.judge(one.answer);
      }
      return;
    case 'slip':
      world.now += one.minutes * MINUTE;
      return;
    case 'finish':
      world.finish('done');
      return;
    case 'hold':
      world.act({ type: 'hold', reason: 'Wait.' }, world.team[one.person] ?? ADA);
      return;
    case 'resume':
    case 'ask-again':
      world.act({ type: one.do }, world.team[one.person] ?? ADA);
  }
}

/** Who has a vote in the running question, told from the journal alone. */
function votersIn(journal: readonly Event[], gate: string): Set<number> {
  const voters = new Set<number>();
  for (const event of journal) {
    if (event.type === 'asked' && event.gate === gate) voters.clear();
    if (event.type === 'voted' && event.gate === gate) voters.add(event.by.id);
    if (event.type === 'vote-withdrawn' && event.gate === gate) voters.delete(event.by.id);
  }
  return voters;
}

test('whatever is pressed by whomever in whatever order, only the plan’s persons open the gate, on the evidence they saw', () => {
  const seen = { several: 0, emergency: 0, overruled: 0, afterLoss: 0, starter: 0 };
  fc.assert(
    fc.property(story, (script) => {
      play(script, ({ before, rollout, journal, team, now }) => {
        const gate = rollout.gates.findLast((g) => g.topic.kind === 'promote');
        if (gate?.outcome?.kind !== 'answered' || !isYes(gate.outcome.answer))
          throw new Error('The traffic goes up without an answer.');
        const { answer, reason = '' } = gate.outcome;
        const voters = gate.votes.map((vote) => vote.by.id);
        const isApprover = (id: number) =>
          team.find((one) => one.id === id)?.roles.includes('approver') ?? false;

        // One vote a person, all of them approvers at this moment, none taken back.
        expect(new Set(voters).size).toBe(voters.length);
        expect(voters.filter((id) => !isApprover(id))).toEqual([]);
        expect(new Set(voters)).toEqual(votersIn(journal, gate.id));
        // The newest revision of the question, still open.
        const asked = journal.findLast((event) => event.type === 'asked' && event.gate === gate.id);
        expect(asked).toMatchObject({ revision: gate.revision });
        expect(now).toBeLessThan(gate.expires);
        expect(before.held).toBeUndefined();
        // The evidence is what it was when it was asked.
        const verdict = before.step >= 0 ? before.verdict?.answer : 'good';
        if (before.step >= 0) expect(verdict).toBe(gate.verdict?.answer);
        expect(verdict).not.toBe('bad');

        seen.afterLoss += journal.some((e) => e.type === 'vote-withdrawn' && e.why !== undefined) ? 1 : 0;
        if (answer === 'emergency') {
          seen.emergency++;
          expect(script.emergency).toBe(true);
          expect(reason.trim()).not.toBe('');
          return;
        }
        expect(voters.length).toBeGreaterThanOrEqual(script.needed);
        if (script.twoPerson) expect(voters).not.toContain(ADA.id);
        if (answer === 'overrule') expect(reason.trim()).not.toBe('');
        else expect(verdict).toBe('good');
        seen.several += script.needed > 1 ? 1 : 0;
        seen.overruled += answer === 'overrule' ? 1 : 0;
        seen.starter += voters.includes(ADA.id) ? 1 : 0;
      });
    }),
    { seed: SEED, numRuns: 1_500 },
  );
  // The stories got to all of it.
  for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThan(0);
});

test('every answer leaves its trace, and the journal alone gives the same questions', () => {
  fc.assert(
    fc.property(story, (script) => {
      const world = play(script, () => {});
      expect(fold(world.journal)).toEqual(world.rollout);
      const reminded = world.journal.filter((event) => event.type === 'question-reminded');
      const asked = world.journal.filter((event) => event.type === 'asked');
      expect(reminded.length).toBeLessThanOrEqual(asked.length);
    }),
    { seed: SEED, numRuns: 300 },
  );
});
