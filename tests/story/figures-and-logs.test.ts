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
}

const answersTo = async (question: ChatMessage): Promise<Answer[]> =>
  ((await team.messages()) as Answer[]).filter((m) => m.reply_to_message?.message_id === question.message_id);

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
  expect(question.caption).toMatch(
    /^default: \S+ from 10 % to 100 %\?\n5 minutes at 10 %: \S+ [a-z ]+\. \S.*\d+ requests/,
  );
  expect(question.photo?.length).toBeGreaterThan(0);

  const refused = await team.press(CLEO, 'Chart and logs');
  expect(refused).toMatchObject({ show_alert: true, text: expect.stringMatching(/role in the team/) });

  await team.press(ADA, 'Chart and logs');
  await team.waitFor(/No error logs\.|The newest error logs/);
  const [first] = await answersTo(question);
  expect(first?.photo?.length).toBeGreaterThan(0);
  expect(first?.caption).toMatch(/^default: v\w+\n\S+ .+\n(No error logs\.|The newest error logs)/);
  const now = (await team.messages()).find((m) => m.message_id === question.message_id);
  expect(now?.reply_markup).toEqual(question.reply_markup);

  // Asked for right before the bot goes: it comes all the same.
  await team.press(BEN, 'Chart and logs');
  await team.restartBot();
  await expect.poll(async () => (await answersTo(question)).length, { timeout: 30_000 }).toBe(2);

  for (let i = 0; i < 3; i++) await team.press(ADA, 'Chart and logs');
  const much = await team.press(ADA, 'Chart and logs');
  expect(much).toMatchObject({ show_alert: true, text: expect.stringMatching(/More of them in a minute/) });
  await expect.poll(async () => (await answersTo(question)).length, { timeout: 30_000 }).toBe(5);

  const audit = await readFile(join(team.dataDir, 'audit.jsonl'), 'utf8');
  const lines = audit
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const given = lines.filter(({ act }) => act === 'handed-out');
  expect(given.map(({ by }) => by.name)).toEqual(['Ada', 'Ben', 'Ada', 'Ada', 'Ada']);
  expect(given[0].words).toMatch(/^chart and logs of default v\w+, rollout \w+$/);
  expect(lines.some(({ act, by }) => act === 'refused' && by?.name === 'Cleo')).toBe(true);
});
