import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../../src/plan/clock.ts';
import { ADA, assembleTeam, BEN, type ChatMessage, CLEO, prepareRelease, type Team } from './team.ts';

const MINUTE = 60_000;

let team: Team;
afterEach(() => team.close());

interface Answer extends ChatMessage {
  readonly reply_to_message?: { readonly message_id: number };
  readonly document?: object;
}

const answersTo = async (question: ChatMessage): Promise<Answer[]> =>
  ((await team.messages()) as Answer[]).filter(
    (m) => m.reply_to_message?.message_id === question.message_id && !m.document,
  );

test('chart and logs answer the question, for the team, not without end, on record, and across a death', {
  timeout: 120_000,
}, async () => {
  const steps = [
    { traffic: 100, watch: 5 * MINUTE },
    { traffic: 1000, watch: 0 },
  ];
  // However slow the machine is, it is one minute of people's.
  const began = systemClock.now();
  const peoplesClock = { ...systemClock, now: () => began };
  team = await assembleTeam(240, { steps }, { peoplesClock });
  await prepareRelease(team);
  await team.press(BEN, 'Promote to 10 %');
  const question = await team.waitFor(/from 10 % to 100 %\?/);
  const words = question.caption ?? question.text;
  expect(words).toMatch(/^default: \S+ from 10 % to 100 %\?\n5 minutes at 10 %: \S+ [a-z ]+\. \S/);
  // Whatever becomes of the question meanwhile.
  const data = question.reply_markup?.inline_keyboard?.flat().find((b) => b.text === 'Chart and logs');
  const ask = (person: number) => team.pressOn(person, question.message_id, data?.callback_data ?? '');
  const answered = (times: number) =>
    expect.poll(async () => (await answersTo(question)).length, { timeout: 50_000 }).toBe(times);

  const refused = await ask(CLEO);
  expect(refused).toMatchObject({ show_alert: true, text: expect.stringMatching(/role in the team/) });

  await ask(ADA);
  await answered(1);
  const [first] = await answersTo(question);
  expect(first?.photo?.length).toBeGreaterThan(0);
  expect(first?.caption).toMatch(/^default: v\w+\n\S+ .+\n(No error logs|The newest error logs)/);

  // Asked for right before the bot goes: it comes all the same.
  await ask(BEN);
  await team.restartBot();
  await answered(2);

  for (let i = 0; i < 3; i++) await ask(ADA);
  const much = await ask(ADA);
  expect(much).toMatchObject({ show_alert: true, text: expect.stringMatching(/More of them in a minute/) });
  await answered(5);

  const record = async () => {
    const audit = await readFile(join(team.dataDir, 'audit.jsonl'), 'utf8');
    return audit
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  };
  const givenOut = async () => (await record()).filter(({ act }) => act === 'handed-out');
  const names = async () => (await givenOut()).map(({ by }) => by.name);
  await expect.poll(names, { timeout: 20_000 }).toEqual(['Ada', 'Ben', 'Ada', 'Ada', 'Ada']);
  const [given] = await givenOut();
  expect(given.words).toMatch(/^chart and logs of default v\w+, rollout \w+$/);
  expect((await record()).some(({ act, by }) => act === 'refused' && by?.name === 'Cleo')).toBe(true);
});
