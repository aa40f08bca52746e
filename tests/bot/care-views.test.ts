import { describe, expect, test } from 'vitest';
import type { View } from '../../src/bot/buttons.ts';
import { careLine } from '../../src/bot/care/line.ts';
import { carePosts } from '../../src/bot/care/posts.ts';
import type { Probe, Reading } from '../../src/plan/terms.ts';
import { type CarePlan, CareWorld, ERRORS, HOUR, off, round, unknown } from '../rollout/care-world.ts';
import { ADA, BEN, DAY, PEOPLE, START } from '../rollout/world.ts';
import { labelsOf, textOf } from './shown.ts';

const LATENCY: Probe = { name: 'latency', kind: 'latency', atMost: 800 };
const HOURLY = round('Hourly', 'hour', {
  for: DAY,
  checks: [ERRORS, LATENCY],
  tasks: ['Look at the <log>', 'Check the notifications'],
});
const WEEKLY = round('Weekly', 'week', { tasks: ['Performance review'] });

const GOOD: Record<string, string> = {
  errors: '0.12 % of 1,240 responses, asked for at most 1 %',
  latency: '184 ms, asked for at most 800',
};

function begin(plan: CarePlan): CareWorld {
  const world = new CareWorld(plan);
  world.find = ({ name }) => ({ name, answer: 'good', detail: GOOD[name] ?? '' });
  return world;
}

function posts(world: CareWorld) {
  return carePosts(world.rollout, PEOPLE, world.now);
}

/** The message of that key, as people see it. */
function shown(world: CareWorld, key: string | RegExp): { text: string[]; buttons: string[] } {
  const found = posts(world).findLast((post) => post.key.match(key));
  if (!found) throw new Error(`No message ${key} among ${posts(world).map((post) => post.key)}.`);
  return { text: textOf(found.view).split('\n'), buttons: labelsOf(found.view) };
}

function pressesOf(view: View | undefined): string[] {
  return (view?.buttons ?? []).flat().map(({ press }) => press.kind);
}

describe('a look', () => {
  test('says which one it is, of when, what was found and what people are asked', () => {
    const world = begin({ rounds: [HOURLY], zone: 'Europe/Zurich' });
    world.pass(3 * HOUR + 10 * 60_000);
    expect(shown(world, /^look/)).toEqual({
      text: [
        '✅ Hourly look 3 of 24 · default v2',
        'Mon 5 Jan, 15:00 to 16:00 CET',
        'All 2 checks are good:',
        '✅ errors: 0.12 % of 1,240 responses, asked for at most 1 %',
        '✅ latency: 184 ms, asked for at most 800',
        '',
        'For people',
        '⬜ 1. Look at the <log>',
        '⬜ 2. Check the notifications',
      ],
      buttons: ['1 done', '1 later', '1 note…', '2 done', '2 later', '2 note…'],
    });
    expect(posts(world).at(-1)).toMatchObject({ loud: false, fresh: true });
  });

  test('is loud and offers the way back when something is off, and says that first', () => {
    const world = begin({ rounds: [{ ...HOURLY, tasks: [] }] });
    world.find = ({ name }) =>
      name === 'errors' ? unknown(name, 'No responses.') : off(name, '3,210 ms, asked for at most 800');
    world.pass(HOUR + 10 * 60_000);
    expect(shown(world, /^look/)).toEqual({
      text: [
        '🔴 Hourly look 1 of 24 · default v2',
        'Mon 5 Jan, 12:00 to 13:00 UTC',
        '1 of 2 checks is off:',
        '🔴 latency: 3,210 ms, asked for at most 800',
        '⚪ errors: No responses.',
      ],
      buttons: ['Roll back…'],
    });
    expect(posts(world).at(-1)).toMatchObject({ loud: true });
    expect(pressesOf(posts(world).at(-1)?.view)).toEqual(['roll-back']);

    world.act({ type: 'roll-back', reason: 'Slow.' }, ADA);
    expect(shown(world, /^look/).buttons).toEqual([]);
  });

  test('does not call good what could not be told', () => {
    const world = begin({ rounds: [{ ...HOURLY, tasks: [] }] });
    world.find = ({ name }) => (name === 'errors' ? unknown(name) : { name, answer: 'good', detail: '' });
    world.pass(HOUR + 10 * 60_000);
    expect(shown(world, /^look/).text.slice(0, 3)).toEqual([
      '⚪ Hourly look 1 of 24 · default v2',
      'Mon 5 Jan, 12:00 to 13:00 UTC',
      'Nothing is off, but 1 of 2 checks could not be told:',
    ]);
    expect(posts(world).at(-1)).toMatchObject({ loud: false });
  });

  test.each([
    [2, '💤 1 look was missed while I was away; this one covers it.'],
    [5, '💤 4 looks were missed while I was away; this one covers them.'],
  ])('says what was slept through: %i hours', (hours, words) => {
    const world = begin({ rounds: [HOURLY] });
    world.sleep(hours * HOUR + 10 * 60_000);
    world.wake();
    expect(shown(world, /^look/).text[0]).toBe(`✅ Hourly look ${hours} of 24 · default v2`);
    expect(shown(world, /^look/).text[2]).toBe(words);
  });

  test('tells the span by the days, and by both clocks where they changed', () => {
    const begun = Date.UTC(2026, 2, 28, 20);
    const daily = round('Daily', 'day', { for: DAY, tasks: ['Read'] });
    const world = begin({ rounds: [daily], zone: 'Europe/Zurich', begun });
    world.pass(DAY);
    expect(shown(world, /^look/).text).toEqual([
      '📋 Daily look 1 of 1 · default v2',
      'Sat 28 Mar, 21:00 CET to Sun 29 Mar, 09:00 CEST',
      '',
      'For people',
      '⬜ 1. Read',
    ]);
  });

  test('says who did what, and keeps only the buttons that still make sense', () => {
    const world = begin({ rounds: [HOURLY] });
    world.pass(HOUR + 10 * 60_000);
    const due = START + HOUR;
    world.act({ type: 'task', round: 0, due, task: 0, answer: 'done', note: 'All <quiet>.' }, ADA);
    world.act({ type: 'task', round: 0, due, task: 1, answer: 'later' }, BEN);
    const { text, buttons } = shown(world, /^look/);
    expect(text.slice(-2)).toEqual([
      '✅ 1. Look at the <log> Ada: “All <quiet>.”, 13:10 UTC',
      '⏰ 2. Check the notifications later, says Ben',
    ]);
    expect(buttons).toEqual(['2 done', '2 note…']);

    world.pass(HOUR);
    const older = posts(world)[0];
    expect(older && textOf(older.view).split('\n').slice(-2)).toEqual([
      '✅ 1. Look at the <log> Ada: “All <quiet>.”, 13:10 UTC',
      '▫️ 2. Check the notifications not answered',
    ]);
    expect(older?.view.buttons).toEqual([]);
  });

  test('however much a plan asks for, the message is one that Telegram takes', () => {
    const long = '<&"'.repeat(150);
    const checks = Array.from({ length: 60 }, (_, i): Probe => ({ ...ERRORS, name: `${i} ${long}` }));
    const tasks = Array.from({ length: 60 }, (_, i) => `${i} ${long}`);
    const criteria = checks.map((check) => ({ text: `${check.name}`, checks: [check] }));
    const steps = tasks.slice(0, 40).map((text) => ({ text, within: DAY, offer: 'calendar' as const }));
    const rounds = [round('Weekly', 'week', { checks, tasks })];
    const world = begin({ rounds, criteria, steps });
    world.find = ({ name }): Reading => (name.startsWith('7') ? off(name, long) : unknown(name, long));
    world.pass(9 * DAY, HOUR);
    for (const [i] of criteria.entries())
      world.act({ type: 'criterion', criterion: i, met: false, note: long }, ADA);
    world.pass(3 * DAY, HOUR);
    expect(posts(world).map(({ key }) => key.replace(/-[0-9a-z]{8}/, ''))).toEqual([
      'look-0',
      'look-0-again-1',
      'assessed',
      'assessed-again-1',
      'concluded',
      ...steps.map((_, i) => `concluded-overdue-${i}`),
    ]);
    for (const { view } of posts(world)) {
      expect(textOf(view).length).toBeLessThanOrEqual(4096);
      expect(labelsOf(view).length).toBeLessThanOrEqual(40);
    }
    expect(shown(world, /^look-0-[0-9a-z]+$/).text).toContainEqual(
      expect.stringMatching(/and \d+ more tasks/),
    );
  });

  test('a reminder takes the buttons over', () => {
    const world = begin({ rounds: [WEEKLY] });
    world.pass(8 * DAY, HOUR);
    expect(shown(world, /^look-0-\w+$/).buttons).toEqual([]);
    expect(shown(world, /again-1$/)).toEqual({
      text: [
        '⏰ 1 task still open: Weekly look 1 · default v2',
        'From Mon 12 Jan, 09:00 UTC.',
        '⬜ 1. Performance review',
      ],
      buttons: ['Done', 'Later', 'Note…'],
    });
    const due = world.digests[0]?.due ?? 0;
    world.act({ type: 'task', round: 0, due, task: 0, answer: 'later' }, BEN);
    world.pass(DAY + HOUR, HOUR);
    expect(shown(world, /again-1$/).buttons).toEqual([]);
    expect(shown(world, /again-2$/).buttons).toEqual(['Done', 'Later', 'Note…']);
    world.act({ type: 'task', round: 0, due, task: 0, answer: 'done' }, BEN);
    expect(shown(world, /again-2$/)).toEqual({
      text: [
        '✅ All is done: Weekly look 1 · default v2',
        'From Mon 12 Jan, 09:00 UTC.',
        '✅ 1. Performance review Ben, Wed 14 Jan, 13:00 UTC',
      ],
      buttons: [],
    });
  });
});

describe('the verdict', () => {
  const CRITERIA = [
    { text: 'Few errors', checks: [ERRORS] },
    { text: 'The notifications are clear', checks: [] },
    { text: 'The approvals work', checks: [] },
  ];
  const STEPS = [
    { text: 'Find out why', within: 2 * DAY },
    { text: 'Go back', within: 7 * DAY, offer: 'rollback' as const },
    { text: 'Review it all', within: 14 * DAY, offer: 'calendar' as const },
  ];
  const says = (criterion: number, met: boolean, note?: string) =>
    ({ type: 'criterion', criterion, met, ...(note && { note }) }) as const;

  function afterWeek(find?: CareWorld['find'], criteria = CRITERIA): CareWorld {
    const world = begin({ criteria, steps: STEPS });
    if (find) world.find = find;
    world.pass(7 * DAY + HOUR, HOUR);
    return world;
  }

  test('shows what was measured and asks people for the rest', () => {
    const world = afterWeek();
    expect(shown(world, /^assessed/)).toEqual({
      text: [
        '⚖️ Is default v2 a success?',
        'Over 7 days: Mon 5 Jan, 12:00 UTC to Mon 12 Jan, 12:00 UTC.',
        '✅ 1. Few errors',
        '↳ ✅ errors: 0.12 % of 1,240 responses, asked for at most 1 %',
        '❓ 2. The notifications are clear',
        '❓ 3. The approvals work',
        '',
        '2 criteria wait for your word. The verdict falls with the last answer; it is a success when all are met.',
        'For Ada, Ben, Dora.',
      ],
      buttons: ['2 met', '2 not met', '2 note…', '3 met', '3 not met', '3 note…'],
    });
    expect(posts(world)).toMatchObject([{ loud: true, fresh: true }]);

    world.act(says(1, false, 'Half of them are cut.'), BEN);
    const { text, buttons } = shown(world, /^assessed/);
    expect(text[4]).toBe('❌ 2. The notifications are clear Ben: “Half of them are cut.”');
    expect(text.at(-2)).toMatch(/^1 criterion waits for your word/);
    expect(buttons).toEqual(['3 met', '3 not met', '3 note…', '2 met after all', '2 note…']);
  });

  test('reminds of what is open only, and the reminder has the buttons', () => {
    const world = afterWeek();
    world.pass(DAY + HOUR, HOUR);
    expect(shown(world, /^assessed-\w+$/).buttons).toEqual([]);
    expect(shown(world, /again-1$/)).toEqual({
      text: [
        '⏰ Is default v2 a success?',
        '❓ 2. The notifications are clear',
        '❓ 3. The approvals work',
        '',
        '2 criteria wait for your word. The verdict falls with the last answer; it is a success when all are met.',
        'For Ada, Ben, Dora.',
      ],
      buttons: ['2 met', '2 not met', '2 note…', '3 met', '3 not met', '3 note…'],
    });
  });

  test('met: short and glad, with the figures; nobody is asked any more', () => {
    const world = afterWeek();
    world.act(says(1, true), BEN);
    world.act(says(2, true, 'As before.'), ADA);
    expect(shown(world, /^concluded/)).toEqual({
      text: [
        '🎉 default v2 is a success.',
        'All 3 criteria are met after 7 days.',
        '✅ 1. Few errors',
        '↳ ✅ errors: 0.12 % of 1,240 responses, asked for at most 1 %',
        '👥 2 of them by the word of Ben and Ada.',
      ],
      buttons: [],
    });
    const assessment = shown(world, /^assessed/);
    expect(assessment.text.at(-1)).toBe('➡️ The verdict: a success.');
    expect(assessment.buttons).toEqual([]);
  });

  test('measured alone: only the verdict is told', () => {
    const world = afterWeek(undefined, CRITERIA.slice(0, 1));
    expect(posts(world).map(({ view }) => textOf(view).split('\n')[0])).toEqual([
      '🎉 default v2 is a success.',
    ]);
  });

  test('not met: what was missed, and the steps with their dates, owners and offers', () => {
    const world = afterWeek(({ name }) => off(name));
    world.act(says(1, true), BEN);
    world.act(says(2, false, 'Nobody got any.'), ADA);
    world.act({ type: 'follow-up', step: 0, act: 'take' }, ADA);
    expect(shown(world, /^concluded/)).toEqual({
      text: [
        '🔴 default v2 is not a success.',
        '2 of 3 criteria are not met:',
        '❌ 1. Few errors',
        '↳ 🔴 errors: 3.2 %, asked for at most 1 %',
        '❌ 3. The approvals work Ada: “Nobody got any.”',
        '',
        'What follows',
        '⬜ 1. Find out why Ada; due Wed 14 Jan, 13:00 UTC',
        '⬜ 2. Go back nobody has taken it; due Mon 19 Jan, 13:00 UTC',
        '⬜ 3. Review it all nobody has taken it; due Mon 26 Jan, 13:00 UTC',
      ],
      buttons: [
        ...['1 take over', '1 done', '1 note…'],
        ...['2 I take it', '2 done', '2 note…', '2 roll back…'],
        ...['3 I take it', '3 done', '3 note…', '3 calendar file'],
      ],
    });

    world.act({ type: 'follow-up', step: 0, act: 'done', note: 'The feed was late.' }, ADA);
    const { text, buttons } = shown(world, /^concluded/);
    expect(text[7]).toBe('✅ 1. Find out why Ada: “The feed was late.”, Mon 12 Jan, 13:00 UTC');
    expect(buttons.filter((label) => label.startsWith('1'))).toEqual([]);
  });

  test('overdue: said once more, to the one who has it; and when it is done after all', () => {
    const world = afterWeek(({ name }) => off(name), CRITERIA.slice(0, 1));
    world.act({ type: 'follow-up', step: 0, act: 'take' }, BEN);
    world.pass(3 * DAY, HOUR);
    const overdue = posts(world).filter(({ key }) => key.includes('overdue'));
    expect(overdue).toMatchObject([{ loud: true, fresh: true }]);
    expect(shown(world, /overdue-0$/)).toEqual({
      text: [
        '⏰ Overdue: follow-up of default v2',
        '⏰ 1. Find out why Ben; was due Wed 14 Jan, 13:00 UTC',
        'For Ben.',
      ],
      buttons: ['Take over', 'Done', 'Note…'],
    });
    world.act({ type: 'follow-up', step: 0, act: 'done' }, BEN);
    expect(shown(world, /overdue-0$/)).toEqual({
      text: ['✅ Done after all: follow-up of default v2', '✅ 1. Find out why Ben, Thu 15 Jan, 13:00 UTC'],
      buttons: [],
    });
  });

  test('rolled back: no look and no criterion asks any more, the follow-up still does', () => {
    const world = afterWeek(({ name }) => off(name));
    world.act(says(1, true), BEN);
    world.act(says(2, true), BEN);
    world.rollBack();
    world.finish('done');
    world.finish('done');
    expect(shown(world, /^concluded/).buttons).toEqual([
      ...['1 I take it', '1 done', '1 note…'],
      ...['2 I take it', '2 done', '2 note…'],
      ...['3 I take it', '3 done', '3 note…', '3 calendar file'],
    ]);
    world.record({ type: 'closed' });
    expect(shown(world, /^concluded/)).toMatchObject({
      text: expect.arrayContaining(['➡️ A newer release took over: I ask for these no more.']),
      buttons: [],
    });
    const open = afterWeek();
    open.rollBack();
    expect(shown(open, /^assessed/).text.at(-1)).toBe('➡️ No longer asked.');
    expect(shown(open, /^assessed/).buttons).toEqual([]);
  });
});

describe('what is worth sending late', () => {
  const LOOK = round('Hourly', 'hour', { checks: [ERRORS] });
  const freshKeys = (world: CareWorld) =>
    posts(world).flatMap(({ key, fresh }) => (fresh ? [key.replace(/-[0-9a-z]{8}/, '')] : []));

  test('of looks that nobody was told of: the newest, and those that were off', () => {
    const world = begin({ rounds: [LOOK] });
    world.find = ({ name }, { to }) =>
      to === START + 2 * HOUR ? off(name) : { name, answer: 'good', detail: '' };
    world.pass(5 * HOUR + 10 * 60_000);
    const fresh = posts(world).map((post) => post.fresh);
    expect(fresh).toEqual([false, true, false, false, true]);
    world.now += 2 * DAY;
    expect(freshKeys(world)).toEqual([]);
  });

  test('tasks that are open, however late; none once they are answered', () => {
    const world = begin({ rounds: [WEEKLY] });
    world.pass(7 * DAY, HOUR);
    world.now += 3 * DAY;
    expect(freshKeys(world)).toEqual(['look-0']);
    world.settle();
    expect(freshKeys(world)).toEqual(['look-0-again-1']);
    world.act({ type: 'task', round: 0, due: world.digests[0]?.due ?? 0, task: 0, answer: 'done' }, ADA);
    expect(freshKeys(world)).toEqual([]);
  });

  test('nothing once a newer release took over', () => {
    const criteria = [{ text: 'Clear', checks: [] }];
    const world = begin({ rounds: [WEEKLY], criteria });
    world.pass(7 * DAY + HOUR, HOUR);
    world.record({ type: 'closed' });
    world.now += 2 * DAY;
    expect(freshKeys(world)).toEqual([]);
    expect(posts(world).flatMap(({ view }) => labelsOf(view))).toEqual([]);
  });

  test('each message has a key of its own', () => {
    const criteria = [{ text: 'Few errors', checks: [ERRORS] }];
    const world = begin({ rounds: [HOURLY, WEEKLY], criteria, steps: [{ text: 'Why', within: DAY }] });
    world.find = ({ name }) => off(name);
    world.pass(20 * DAY, HOUR);
    const keys = posts(world).map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.length).toBeGreaterThan(10);
  });
});

describe('the line of the card', () => {
  const line = (world: CareWorld) => {
    const said = careLine(world.rollout, world.now);
    return said && textOf({ html: said.text });
  };

  test('tells what runs, what is open and when the verdict is due', () => {
    const world = begin({ rounds: [HOURLY, WEEKLY], criteria: [{ text: 'Clear', checks: [] }] });
    expect(line(world)).toBe(
      '🩺 After-care: next look 13:00 UTC (Hourly); verdict due Mon 12 Jan, 12:00 UTC.',
    );
    world.find = ({ name }) => off(name);
    world.pass(HOUR + 10 * 60_000);
    expect(line(world)).toBe(
      '🩺 After-care: next look 14:00 UTC (Hourly); 2 tasks open; verdict due Mon 12 Jan, 12:00 UTC. 🔴 Hourly: off at the last look.',
    );
    world.pass(7 * DAY, HOUR);
    expect(line(world)).toBe(
      '🩺 After-care: next look Mon 19 Jan, 09:00 UTC (Weekly); 1 task open; the verdict waits for 1 answer.',
    );
    world.act({ type: 'criterion', criterion: 0, met: true }, ADA);
    expect(line(world)).toMatch(/; it is a success\.$/);
  });

  test('counts the steps after a bad verdict, also when it was rolled back', () => {
    const world = begin({
      criteria: [{ text: 'Few', checks: [ERRORS] }],
      steps: [{ text: 'Why', within: DAY }],
    });
    world.find = ({ name }) => off(name);
    world.pass(7 * DAY + HOUR, HOUR);
    expect(line(world)).toBe('🩺 After-care: it is not a success, 0 of 1 step done.');
    world.rollBack();
    expect(line(world)).toBe('🩺 Follow-up: 0 of 1 step done.');
  });

  test('is silent where there is nothing to say', () => {
    expect(line(begin({}))).toBeUndefined();
    const over = begin({ rounds: [HOURLY] });
    over.record({ type: 'closed' });
    expect(line(over)).toBeUndefined();
  });
});
