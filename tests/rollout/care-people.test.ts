import { describe, expect, test } from 'vitest';
import type { CareCommand } from '../../src/rollout/care-commands.ts';
import { decide } from '../../src/rollout/decide.ts';
import { CareWorld, ERRORS, HOUR, LAG, off, round, unknown } from './care-world.ts';
import { ADA, BEN, CLEO, DAY, DRAFT, START, World } from './world.ts';

type Task = Extract<CareCommand, { type: 'task' }>;

function refusals(world: World): (string | undefined)[] {
  return world.journal.flatMap((event) => (event.type === 'refused' ? [event.why] : []));
}

describe('tasks', () => {
  const WEEKLY = round('Weekly', 'week', { tasks: ['Read the figures', 'Tune it'] });

  function awaited(rounds = [WEEKLY]): {
    world: CareWorld;
    say: (n: number, answer: Task['answer'], more?: Partial<Task>) => CareCommand;
  } {
    const world = new CareWorld({ rounds });
    world.pass(7 * DAY);
    const due = world.digests.at(-1)?.due ?? 0;
    return {
      world,
      say: (task, answer, more = {}) => ({ type: 'task', round: 0, due, task, answer, ...more }),
    };
  }

  test('done, with who, when and a note; once', () => {
    const { world, say } = awaited();
    expect(world.act(say(0, 'done', { note: 'All is well.' }), BEN)).toBe(true);
    expect(world.digests[0]?.tasks).toEqual([
      { state: 'done', by: { id: 2, name: 'Ben' }, at: world.now, note: 'All is well.' },
      { state: 'open' },
    ]);
    expect(world.act(say(0, 'done'), ADA)).toBe(false);
    expect(world.act(say(0, 'later'), ADA)).toBe(false);
    expect(refusals(world)).toEqual(['Ben has done this already.', 'Ben has done this already.']);
  });

  test('what is left is reminded of once, a day later', () => {
    const { world } = awaited();
    world.pass(20 * HOUR);
    expect(world.remembered('tasks')).toBe(0);
    world.pass(2 * HOUR);
    expect(world.remembered('tasks')).toBe(1);
    expect(world.digests[0]).toMatchObject({ reminders: 1 });
    world.pass(4 * DAY);
    expect(world.remembered('tasks')).toBe(1);
  });

  test('what all was done is not reminded of', () => {
    const { world, say } = awaited();
    world.act(say(0, 'done'), ADA);
    world.act(say(1, 'done'), BEN);
    world.pass(3 * DAY);
    expect(world.remembered('tasks')).toBe(0);
  });

  test('later: asked again a day after it was said, and open again then', () => {
    const { world, say } = awaited();
    world.act(say(1, 'done'), ADA);
    world.pass(20 * HOUR);
    expect(world.act(say(0, 'later'), BEN)).toBe(true);
    expect(world.act(say(0, 'later'), ADA)).toBe(false);
    expect(refusals(world)).toEqual(['Ben has put it off already.']);
    world.pass(23 * HOUR);
    expect(world.remembered('tasks')).toBe(0);
    world.pass(2 * HOUR);
    expect(world.remembered('tasks')).toBe(1);
    expect(world.digests[0]?.tasks[0]).toEqual({ state: 'open' });
    expect(world.act(say(0, 'done'), BEN)).toBe(true);
  });

  test('later in an hourly round is an hour, where no next look asks again before', () => {
    const hourly = round('Hourly', 'hour', { for: HOUR, tasks: ['Look at the log'] });
    const world = new CareWorld({ rounds: [hourly] });
    world.pass(2 * HOUR);
    world.act({ type: 'task', round: 0, due: START + HOUR, task: 0, answer: 'later' }, ADA);
    world.pass(HOUR - 1, HOUR);
    expect(world.remembered('tasks')).toBe(0);
    world.pass(1);
    expect(world.remembered('tasks')).toBe(1);
  });

  test('the next look overtakes what was left; then the older message no longer counts', () => {
    const { world, say } = awaited([{ ...WEEKLY, every: 'day' }]);
    const stale = say(0, 'done');
    world.act(say(1, 'later'), ADA);
    world.pass(DAY);
    expect(world.digests.at(-2)?.tasks).toEqual([{ state: 'lapsed' }, { state: 'lapsed' }]);
    expect(world.digests.at(-1)?.tasks).toEqual([{ state: 'open' }, { state: 'open' }]);
    expect(world.act(stale, BEN)).toBe(false);
    expect(refusals(world)).toEqual(['A later look has taken its place: answer the newer message.']);
    expect(world.remembered('tasks')).toBe(0);
  });

  test('a task, a round or a look that is not there is refused', () => {
    const { world, say } = awaited();
    expect(world.act(say(7, 'done'), ADA)).toBe(false);
    expect(world.act(say(0, 'done', { round: 3 }), ADA)).toBe(false);
    expect(world.act(say(0, 'done', { due: 1 }), ADA)).toBe(false);
    expect(refusals(world)).toHaveLength(3);
  });
});

describe('criteria', () => {
  const MEASURED = { text: 'Few errors', checks: [ERRORS] };
  const ASKED = { text: 'The notifications are clear', checks: [] };
  const FOLLOW_UP = [
    { text: 'Find out why', within: 2 * DAY },
    { text: 'Go back', within: 7 * DAY, offer: 'rollback' as const },
  ];

  function assessed(criteria = [MEASURED, ASKED], find?: CareWorld['find']): CareWorld {
    const world = new CareWorld({ criteria, steps: FOLLOW_UP });
    if (find) world.find = find;
    world.pass(7 * DAY + HOUR);
    return world;
  }

  const says = (criterion: number, met: boolean, note?: string): CareCommand => ({
    type: 'criterion',
    criterion,
    met,
    ...(note && { note }),
  });

  test('measured alone: the verdict falls by itself', () => {
    expect(assessed([MEASURED]).care.conclusion).toMatchObject({ met: true, steps: [] });
    const bad = assessed([MEASURED], ({ name }) => off(name));
    expect(bad.care.conclusion).toMatchObject({ met: false });
    expect(bad.care.conclusion?.steps).toHaveLength(2);
  });

  test('no criteria: no verdict', () => {
    const world = assessed([]);
    expect(world.care.assessment).toBeUndefined();
    expect(world.looks).toEqual([]);
  });

  test('mixed: measured ones are measured, the others wait for people, and then it is concluded', () => {
    const world = assessed();
    expect(world.care.assessment?.criteria).toMatchObject([{ answer: 'met' }, { answer: 'open' }]);
    expect(world.care.conclusion).toBeUndefined();
    expect(world.act(says(1, true, 'Everybody likes them.'), BEN)).toBe(true);
    expect(world.care.assessment?.criteria[1]).toEqual({
      readings: [],
      answer: 'met',
      by: { id: 2, name: 'Ben' },
      note: 'Everybody likes them.',
    });
    expect(world.care.conclusion).toMatchObject({ met: true });
  });

  test('what could not be measured is asked of people, and one bad check of several is enough for a no', () => {
    const latency = { name: 'latency', kind: 'latency', atMost: 800 } as const;
    const both = [{ text: 'Sound', checks: [ERRORS, latency] }];
    const blind = assessed(both, ({ name }) =>
      name === 'errors' ? unknown(name) : { name, answer: 'good', detail: '' },
    );
    expect(blind.care.assessment?.criteria).toMatchObject([{ answer: 'open' }]);
    expect(blind.act(says(0, true), ADA)).toBe(true);
    expect(blind.care.conclusion).toMatchObject({ met: true });

    const bad = assessed(both, ({ name }) => (name === 'errors' ? unknown(name) : off(name)));
    expect(bad.care.conclusion).toMatchObject({ met: false });
  });

  test('somebody may think better of it until the verdict has fallen', () => {
    const world = assessed([ASKED, { ...ASKED, text: 'The team is content' }]);
    world.act(says(0, false), ADA);
    expect(world.act(says(0, false), BEN)).toBe(false);
    expect(world.act(says(0, true), BEN)).toBe(true);
    world.act(says(1, true), BEN);
    expect(world.care.conclusion).toMatchObject({ met: true });
    expect(world.act(says(0, false), ADA)).toBe(false);
    expect(refusals(world)).toEqual([
      'Ada has said so already.',
      'The verdict on this release is given already.',
    ]);
  });

  test('what was measured, what is not there and what is not asked yet take no answer', () => {
    const world = assessed();
    expect(world.act(says(0, false), ADA)).toBe(false);
    expect(world.act(says(5, true), ADA)).toBe(false);
    const early = new CareWorld({ criteria: [ASKED] });
    expect(early.act(says(0, true), ADA)).toBe(false);
    expect([...refusals(world), ...refusals(early)]).toEqual([
      'That criterion was measured; it needs no answer.',
      'That criterion is not asked for now.',
      'That criterion is not asked for now.',
    ]);
  });

  test('people are reminded three times, a day apart, and then left in peace', () => {
    const world = assessed();
    world.pass(10 * DAY, HOUR);
    const times = world.journal.flatMap((event) => (event.type === 'reminded' ? [event.at] : []));
    expect(times).toHaveLength(3);
    expect(times.every((at, i) => at - (times[i - 1] ?? at - DAY) >= DAY)).toBe(true);
    expect(decide(world.rollout, world.now)).toEqual({ do: 'wait' });
    expect(world.act(says(1, true), ADA)).toBe(true);
    expect(world.care.conclusion).toMatchObject({ met: true });
  });

  test('whoever slept over the verdict measures the week, not the time after it', () => {
    const world = new CareWorld({ criteria: [MEASURED] });
    world.sleep(30 * DAY);
    world.wake();
    expect(world.looks).toMatchObject([{ kind: 'assess', from: START, to: START + 7 * DAY }]);
  });

  describe('the follow-up', () => {
    const step = (step: number, act: 'take' | 'done', note?: string): CareCommand => ({
      type: 'follow-up',
      step,
      act,
      ...(note && { note }),
    });
    const failed = () => assessed([MEASURED], ({ name }) => off(name));

    test('is due counted from the verdict, taken by somebody, taken over, and done', () => {
      const world = failed();
      const { at = 0 } = world.care.conclusion ?? {};
      expect(world.care.conclusion?.steps).toEqual([
        { due: at + 2 * DAY, reminded: false },
        { due: at + 7 * DAY, reminded: false },
      ]);
      expect(world.act(step(0, 'take'), ADA)).toBe(true);
      expect(world.act(step(0, 'take'), ADA)).toBe(false);
      expect(world.act(step(0, 'take'), BEN)).toBe(true);
      expect(world.act(step(0, 'done', 'The feed was late.'), BEN)).toBe(true);
      expect(world.care.conclusion?.steps[0]).toMatchObject({
        owner: { name: 'Ben' },
        done: { by: { name: 'Ben' }, note: 'The feed was late.' },
      });
      expect(world.act(step(0, 'done'), ADA)).toBe(false);
      expect(world.act(step(0, 'take'), ADA)).toBe(false);
      expect(world.act(step(9, 'take'), ADA)).toBe(false);
      expect(refusals(world)).toEqual([
        'It is yours already.',
        'Ben has done this already.',
        'Ben has done this already.',
        'There is no such step to follow up.',
      ]);
    });

    test('is reminded of once when it is overdue, and not when it is done', () => {
      const world = failed();
      world.act(step(1, 'done'), ADA);
      world.pass(30 * DAY, HOUR);
      expect(world.remembered('follow-up')).toBe(1);
      expect(world.care.conclusion?.steps.map(({ reminded }) => reminded)).toEqual([true, false]);
    });

    test('outlives the rollback that may be one of its steps; all else ends with it', () => {
      const world = failed();
      world.rollBack();
      world.finish('done');
      world.finish('done');
      expect(world.rollout.stage.at).toBe('rolled-back');
      expect(world.act(step(1, 'done'), ADA)).toBe(true);
      world.pass(3 * DAY, HOUR);
      expect(world.remembered('follow-up')).toBe(1);
      expect(world.act(step(0, 'done'), BEN)).toBe(true);
      expect(decide(world.rollout, world.now)).toEqual({ do: 'nothing' });
      expect(world.act(says(0, true), ADA)).toBe(false);
    });
  });
});

const EVERYTHING: CareCommand[] = [
  { type: 'task', round: 0, due: START + 7 * DAY - 3 * HOUR, task: 0, answer: 'done' },
  { type: 'criterion', criterion: 0, met: true },
  { type: 'follow-up', step: 0, act: 'take' },
];

test.each(EVERYTHING)('whoever has no role changes nothing: $type', (command) => {
  const rounds = [round('Weekly', 'week', { tasks: ['Read'] })];
  const world = new CareWorld({ rounds, criteria: [{ text: 'Clear', checks: [] }] });
  world.pass(7 * DAY + HOUR);
  const before = world.care;
  expect(world.act(command, CLEO)).toBe(false);
  expect(world.care).toEqual(before);
  expect(world.journal.at(-1)).toMatchObject({ type: 'refused', attempt: command.type, by: { id: 3 } });
});

test.each(EVERYTHING)(
  'before there is after-care, and once a newer release took over: $type is refused',
  (command) => {
    const early = new World(DRAFT);
    expect(early.act(command, ADA)).toBe(false);

    const rounds = [round('Weekly', 'week', { tasks: ['Read'] })];
    const world = new CareWorld({ rounds, criteria: [{ text: 'Clear', checks: [] }] });
    world.pass(7 * DAY + LAG);
    world.record({ type: 'closed' });
    expect(world.act(command, ADA)).toBe(false);
    expect([...refusals(early), ...refusals(world)]).toEqual([
      'The after-care of this rollout is over.',
      'The after-care of this rollout is over.',
    ]);
  },
);
