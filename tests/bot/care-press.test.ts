import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildData, parseData } from '../../src/bot/buttons.ts';
import { calendarFile } from '../../src/bot/care/calendar-file.ts';
import { commandOf } from '../../src/bot/care/note.ts';
import type { CarePress } from '../../src/bot/care/press.ts';
import { CareWorld, ERRORS, HOUR, off } from '../rollout/care-world.ts';
import { ADA, DAY } from '../rollout/world.ts';

const rollout = fc.stringMatching(/^[a-z0-9]{1,16}$/);
const index = fc.integer({ min: 0, max: 999 });

const press: fc.Arbitrary<CarePress> = fc.oneof(
  fc.record({
    kind: fc.constant('task' as const),
    rollout,
    round: index,
    // Up to the year 5138.
    due: fc.integer({ min: 0, max: 1e14 }),
    task: index,
    answer: fc.constantFrom('done' as const, 'later' as const, 'note' as const),
  }),
  fc.record({
    kind: fc.constant('criterion' as const),
    rollout,
    criterion: index,
    answer: fc.constantFrom('met' as const, 'missed' as const, 'note' as const),
  }),
  fc.record({
    kind: fc.constant('follow-up' as const),
    rollout,
    step: index,
    act: fc.constantFrom('take' as const, 'done' as const, 'note' as const, 'calendar' as const),
  }),
);

test('every button of after-care finds its way through 64 bytes and back', () => {
  fc.assert(
    fc.property(press, (press) => {
      const data = buildData(press);
      expect(Buffer.byteLength(data)).toBeLessThanOrEqual(64);
      expect(parseData(data)).toEqual(press);
    }),
  );
});

test.each([
  'd/abc/0/zz/0',
  'd/abc/0/zz/0/x',
  'k/abc/0',
  'k/abc/-1/y',
  'f/abc/0/x',
  'f//0/t',
  'd/ABC/0/1/0/d',
])('what clients make up is no button: %s', (data) => {
  expect(parseData(data)).toBeUndefined();
});

describe('words that go with an answer', () => {
  const task: CarePress = { kind: 'task', rollout: 'abc', round: 1, due: 9, task: 2, answer: 'note' };
  const criterion: CarePress = { kind: 'criterion', rollout: 'abc', criterion: 3, answer: 'note' };
  const step: CarePress = { kind: 'follow-up', rollout: 'abc', step: 4, act: 'note' };

  test('a task and a step are done with them', () => {
    expect(commandOf(task, ' All quiet.\n')).toEqual({
      ...{ type: 'task', round: 1, due: 9, task: 2, answer: 'done', note: 'All quiet.' },
    });
    expect(commandOf(step, 'no more than that')).toEqual({
      ...{ type: 'follow-up', step: 4, act: 'done', note: 'no more than that' },
    });
  });

  test.each([
    ['yes', { met: true }],
    ['No', { met: false }],
    ['no, half of them\nare cut', { met: false, note: 'half of them\nare cut' }],
    ['  YES: they are - all of them', { met: true, note: 'they are - all of them' }],
    ['no – 2 a day', { met: false, note: '2 a day' }],
  ])('a criterion takes yes or no first: %j', (words, said) => {
    expect(commandOf(criterion, words)).toEqual({ type: 'criterion', criterion: 3, ...said });
  });

  test.each(['', 'nobody knows', 'yesterday', 'it is met', 'n'])('or is asked again: %j', (words) => {
    expect(commandOf(criterion, words)).toBeUndefined();
  });
});

describe('the calendar file', () => {
  function failed(): CareWorld {
    const criteria = [
      { text: 'Few errors; always, "really"', checks: [ERRORS] },
      { text: 'Clear', checks: [] },
    ];
    const steps = [{ text: 'Review it all', within: 14 * DAY, offer: 'calendar' as const }];
    const world = new CareWorld({ criteria, steps });
    world.find = ({ name }) => off(name);
    world.pass(7 * DAY + HOUR, HOUR);
    world.act({ type: 'criterion', criterion: 1, met: false, note: 'Half are cut.' }, ADA);
    return world;
  }

  /** RFC 5545, 3.1: a line that goes on begins with a space. */
  const unfolded = (bytes: Uint8Array | undefined) =>
    Buffer.from(bytes ?? [])
      .toString()
      .replaceAll('\r\n ', '')
      .split('\r\n');

  test('is an hour at the due date, and says what was missed', async () => {
    const world = failed();
    const file = await calendarFile(world.rollout, 0);
    expect(file?.name).toBe('default-v2-step-1.ics');
    const lines = unfolded(file?.bytes);
    expect(lines).toEqual(
      expect.arrayContaining([
        'BEGIN:VCALENDAR',
        'DTSTAMP:20260112T130000Z',
        'DTSTART:20260126T130000Z',
        'DTEND:20260126T140000Z',
        'SUMMARY:Review it all (default v2)',
      ]),
    );
    expect(lines.find((line) => line.startsWith('DESCRIPTION:'))).toBe(
      'DESCRIPTION:default v2 did not meet these criteria:\\n' +
        '- Few errors\\; always\\, "really"\\n  errors: 3.2 %\\, asked for at most 1 %\\n' +
        '- Clear\\n  Half are cut.\\nRollout abc.',
    );
  });

  test('is the same each time, so that a calendar knows it again', async () => {
    const world = failed();
    const first = await calendarFile(world.rollout, 0);
    world.now += DAY;
    expect(await calendarFile(world.reread(), 0)).toEqual(first);
    expect(unfolded(first?.bytes).filter((line) => line.startsWith('UID:'))).toHaveLength(1);
  });

  test('there is none for a step that is not there', async () => {
    expect(await calendarFile(failed().rollout, 5)).toBeUndefined();
    expect(await calendarFile(new CareWorld({}).rollout, 0)).toBeUndefined();
  });
});
