import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CareCommand } from '../../src/rollout/care-commands.ts';
import { fold } from '../../src/rollout/evolve.ts';
import { CareWorld, ERRORS, HOUR, off, round, unknown } from './care-world.ts';
import { ADA, BEN, CLEO, DAY, MINUTE, START } from './world.ts';

const PLAN = {
  rounds: [
    round('Hourly', 'hour', { for: DAY, checks: [ERRORS], tasks: ['Read the log'] }),
    round('Weekly', 'week', { tasks: ['Review', 'Tune'] }),
  ],
  criteria: [
    { text: 'Few errors', checks: [ERRORS] },
    { text: 'Clear', checks: [] },
    { text: 'Quiet', checks: [] },
  ],
  steps: [
    { text: 'Find out why', within: 2 * DAY },
    { text: 'Go back', within: 7 * DAY, offer: 'rollback' as const },
  ],
};

const small = fc.integer({ min: 0, max: 3 });
const note = fc.constantFrom(undefined, 'because');
type Command = (world: CareWorld) => CareCommand;
const command: fc.Arbitrary<Command> = fc.oneof(
  fc
    .record({ round: small, task: small, answer: fc.constantFrom('done', 'later'), note, stale: fc.nat(4) })
    .map(
      ({ note, stale, ...said }): Command =>
        (world) => {
          const own = world.digests.filter((digest) => digest.round === said.round);
          const due = own.at(stale === 0 ? 0 : -1)?.due ?? START;
          return { type: 'task', due, ...said, ...(note && { note }) };
        },
    ),
  fc.record({ criterion: small, met: fc.boolean(), note }).map(
    ({ note, ...said }): Command =>
      () => ({ type: 'criterion', ...said, ...(note && { note }) }),
  ),
  fc.record({ step: small, act: fc.constantFrom('take', 'done'), note }).map(
    ({ note, ...said }): Command =>
      () => ({ type: 'follow-up', ...said, ...(note && { note }) }),
  ),
);

type Move = (world: CareWorld) => void;
const move: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.integer({ min: 1, max: 2 * 24 * 60 }).map(
      (m): Move =>
        (w) =>
          w.wait(m * MINUTE),
    ),
  },
  { weight: 20, arbitrary: fc.constant<Move>((world) => world.look()) },
  {
    weight: 40,
    arbitrary: fc.tuple(command, fc.constantFrom(ADA, BEN, CLEO)).map(
      ([command, who]): Move =>
        (world) =>
          void world.act(command(world), who),
    ),
  },
  { weight: 3, arbitrary: fc.constant<Move>((world) => world.finish('failed')) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('off', 'unknown', 'good').map(
      (answer): Move =>
        (world) => {
          world.find = ({ name }) =>
            answer === 'off'
              ? off(name)
              : answer === 'unknown'
                ? unknown(name)
                : { name, answer: 'good', detail: '' };
        },
    ),
  },
  { weight: 1, arbitrary: fc.constant<Move>((world) => world.rollBack()) },
  { weight: 3, arbitrary: fc.constant<Move>((world) => world.finish('done')) },
);

test('whatever people, time and failures do: one verdict, nothing answered twice, nobody nagged', () => {
  let verdicts = 0;
  fc.assert(
    fc.property(fc.nat(8), fc.array(move, { minLength: 20, maxLength: 80 }), (days, moves) => {
      const world = new CareWorld(PLAN);
      world.pass(days * DAY, 6 * HOUR);
      for (const move of moves) move(world);
      const { journal, rollout } = world;
      expect(fold(journal)).toEqual(rollout);

      const of = <T extends (typeof journal)[number]['type']>(type: T) =>
        journal.filter((event): event is Extract<typeof event, { type: T }> => event.type === type);
      expect(of('concluded').length).toBeLessThanOrEqual(1);
      expect(of('assessed').length).toBeLessThanOrEqual(1);
      verdicts += of('concluded').length;

      const done = of('task-answered').filter(({ answer }) => answer === 'done');
      expectOnce(done.map(({ round, due, task }) => `${round} ${due} ${task}`));
      expectOnce(of('step-done').map(({ step }) => `${step}`));

      const reminders = of('reminded').map(({ of }) => of);
      expect(reminders.filter(({ kind }) => kind === 'criteria').length).toBeLessThanOrEqual(3);
      expectOnce(reminders.flatMap((of) => (of.kind === 'follow-up' ? [`${of.step}`] : [])));
      // Once by itself, and once for each time that somebody has put something off.
      const later = of('task-answered').filter(({ answer }) => answer === 'later').length;
      const looks = of('looked-after').length;
      expect(reminders.filter(({ kind }) => kind === 'tasks').length).toBeLessThanOrEqual(looks + later);

      const cleos = journal.filter((event) => 'by' in event && event.by?.id === CLEO.id);
      expect(cleos.filter(({ type }) => type !== 'refused')).toEqual([]);

      // The verdict is what the answers at that moment make of it.
      const [verdict] = of('concluded');
      if (verdict) {
        const then = fold(journal.slice(0, journal.indexOf(verdict))).care?.assessment?.criteria ?? [];
        expect(then.map(({ answer }) => answer)).not.toContain('open');
        expect(verdict.met).toBe(then.every(({ answer }) => answer === 'met'));
        expect(rollout.care?.assessment?.criteria).toEqual(then);
      }
    }),
    { numRuns: 100 },
  );
  // The property would be empty if no story ever came that far.
  expect(verdicts).toBeGreaterThan(0);
});

function expectOnce(keys: readonly string[]): void {
  expect(new Set(keys).size).toBe(keys.length);
}
