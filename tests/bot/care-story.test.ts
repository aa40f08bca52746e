import { afterEach, expect, test } from 'vitest';
import { DAY, HOUR } from '../../src/plan/duration.ts';
import type { Plan } from '../../src/plan/schema.ts';
import {
  ADA,
  assembleTeam,
  BEN,
  type ChatMessage,
  CLEO,
  liveSplit,
  type Pressed,
  type Team,
} from '../story/team.ts';

const PAGE = { name: 'health', kind: 'page', path: '/healthz', status: 200, within: 10_000 } as const;

const PLAN: Partial<Plan> = {
  steps: [{ traffic: 1000, watch: 0 }],
  afterCare: {
    at: '09:00',
    rounds: [{ name: 'Hourly', every: 'hour', for: 2 * HOUR, checks: [PAGE], tasks: ['Look at the log'] }],
  },
  success: {
    after: 2 * HOUR,
    criteria: [
      { text: 'It answers', checks: [PAGE] },
      { text: 'The notifications are clear', checks: [] },
    ],
  },
  contingency: [
    { text: 'Find out why', within: 2 * DAY },
    { text: 'Go back', within: 7 * DAY, offer: 'rollback' },
    { text: 'Review it all', within: 14 * DAY, offer: 'calendar' },
  ],
};

let team: Team;
afterEach(() => team.close());

/** Presses a button of one message. */
async function pressIn(message: ChatMessage, person: number, label: string): Promise<Pressed> {
  const button = message.reply_markup?.inline_keyboard?.flat().find(({ text }) => text === label);
  const { callback_data: data } = button ?? {};
  if (!data) throw new Error(`No button ${label} under: ${message.text}`);
  return team.pressOn(person, message.message_id, data);
}

async function saying(words: RegExp): Promise<ChatMessage[]> {
  return (await team.messages()).filter(({ text }) => words.test(text ?? ''));
}

test('after-care as people meet it, from the first look to the steps after a bad verdict', {
  timeout: 180_000,
}, async () => {
  team = await assembleTeam(360, PLAN);
  await team.send(ADA, '/deploy');
  await team.press(ADA, 'The folder');
  await team.press(ADA, 'v2');
  await team.press(ADA, 'Start');
  await team.press(ADA, 'Tick all');
  await team.press(BEN, 'Promote to 100 %');
  await team.waitFor(/is done/);

  // A look, its task, and a note in one's own words.
  const look = await team.waitFor(/Hourly look 1 of 2 · default v/);
  expect(look.text).toContain('✅ health:');
  expect(await pressIn(look, CLEO, 'Done')).toMatchObject({ show_alert: true });
  expect(await pressIn(look, CLEO, 'Note…')).toMatchObject({
    show_alert: true,
    text: expect.stringMatching(/neither operator nor approver/),
  });
  await pressIn(look, ADA, 'Note…');
  const asked = await team.waitFor(/“Look at the log” is done; what is to be noted of it\?/);
  await team.send(ADA, 'All quiet.', asked.message_id);
  await team.waitFor(/✅ 1\. Look at the log Ada: “All quiet\.”/);
  expect(await pressIn(look, BEN, 'Done')).toMatchObject({
    show_alert: true,
    text: 'Ada has done this already.',
  });

  // What is known before the verdict is due.
  await team.send(BEN, '/criteria default');
  const standing = await team.waitFor(/So far, .*\n✅ 1\. It answers\n↳ ✅ health/);
  expect(standing.text).toContain('❓ 2. The notifications are clear');

  // The verdict: measured where it can be, asked where it cannot.
  const question = await team.waitFor(/Is default \S+ a success\?/);
  expect(question.text).toContain('✅ 1. It answers');
  await pressIn(question, BEN, '2 note…');
  const why = await team.waitFor(/is it met, and why\? “The notifications are clear”/);
  await team.send(BEN, 'hardly', why.message_id);
  const again = await team.waitFor(/begin with yes or no/);
  await team.send(BEN, 'No, half of them are cut.', again.message_id);
  const verdict = await team.waitFor(/🔴 default \S+ is not a success/);
  expect(verdict.text).toContain('❌ 2. The notifications are clear Ben: “half of them are cut.”');

  // A restart tells nothing twice, and the buttons go on to work.
  await team.restartBot();
  await pressIn(verdict, ADA, '1 I take it');
  await team.waitFor(/⬜ 1\. Find out why Ada; due/);
  await pressIn(verdict, BEN, '3 calendar file');
  expect(await saying(/Hourly look 1 of 2/)).toHaveLength(1);
  expect(await saying(/is not a success\.$/m)).toHaveLength(1);

  // The way back is one of the steps, and the others outlive it.
  await pressIn(verdict, ADA, '2 roll back…');
  await team.press(BEN, 'Yes, roll back now');
  await team.waitFor(/default is rolled back/);
  expect(await liveSplit(team)).toEqual({ v1: 1 });
  await pressIn(verdict, BEN, '2 done');
  await team.waitFor(/✅ 2\. Go back Ben/);
  expect(await team.buttons()).not.toContain('2 roll back…');

  const file = await calendarFile();
  expect(file).toMatch(/^BEGIN:VCALENDAR\r\n/);
  expect(file).toMatch(/SUMMARY:Review it all \(default v/);
  expect(file).toMatch(/DTSTART:\d{8}T\d{6}Z/);
});

/** The calendar file that the bot has sent. */
async function calendarFile(): Promise<string> {
  const { message_id } = await team.waitFor(/Open it to put the date into your calendar/);
  const all = (await team.messages()) as (ChatMessage & {
    document?: { url?: string; file_name?: string };
  })[];
  const { document } = all.find((message) => message.message_id === message_id) ?? {};
  expect(document?.file_name).toMatch(/^default-v\w+-step-3\.ics$/);
  const { telegram } = team.sandbox;
  const reply = await fetch(new URL(document?.url ?? '', telegram?.url));
  return reply.text();
}
