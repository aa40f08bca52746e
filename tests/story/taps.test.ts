import { afterEach, expect, test } from 'vitest';
import { consoleOf } from './console.ts';
import { ADA, assembleTeam, BEN, CLEO, liveSplit, prepareRelease, type Team } from './team.ts';

let team: Team;
afterEach(() => team.close());

test('a rollback asked for while the traffic moves takes one yes', { timeout: 240_000 }, async () => {
  team = await assembleTeam();
  await prepareRelease(team);
  await team.press(BEN, 'Promote to 10 %');
  await team.send(ADA, '/rollback');
  await team.press(ADA, 'Yes, roll back now');
  await team.waitFor(/default is rolled back/);
  expect(await liveSplit(team)).toEqual({ v1: 1 });
  const asked = (await team.messages()).filter((m) => /roll back to v1\?/.test(m.text ?? ''));
  expect(asked).toHaveLength(1);
});

test('only who may, only once, and only the newest question', { timeout: 240_000 }, async () => {
  team = await assembleTeam();
  await prepareRelease(team);
  const question = await team.waitFor(/from 0 % to 10 %\?/);
  const data = question.reply_markup?.inline_keyboard?.[0]?.[0]?.callback_data ?? '';

  const bystander = await team.pressOn(CLEO, question.message_id, data);
  expect(bystander).toMatchObject({
    show_alert: true,
    text: expect.stringMatching(/neither operator nor approver/),
  });
  const starter = await team.pressOn(ADA, question.message_id, data);
  expect(starter).toMatchObject({ show_alert: true, text: expect.stringMatching(/approver/) });
  expect(await liveSplit(team)).toEqual({ v1: 1 });

  const [first, second] = await Promise.all([
    team.pressOn(BEN, question.message_id, data),
    team.pressOn(BEN, question.message_id, data),
  ]);
  expect([first.show_alert, second.show_alert].filter(Boolean)).toHaveLength(1);
  await team.waitFor(/Watching at 10 %/);
  const stale = await team.pressOn(BEN, question.message_id, data);
  expect(stale).toMatchObject({ show_alert: true, text: expect.stringMatching(/already answered by Ben/) });
  const forged = await team.pressOn(BEN, question.message_id, 'g/nonsense-1/1/yes');
  expect(forged).toMatchObject({ show_alert: true });
  expect(Object.values(await liveSplit(team)).toSorted()).toEqual([0.1, 0.9]);

  await team.send(CLEO, '/rollback');
  await team.waitFor(/You are neither operator nor approver/);
});

test('traffic moved by another hand is seen at the tap at the latest, and nothing is overwritten', {
  timeout: 240_000,
}, async () => {
  team = await assembleTeam();
  await prepareRelease(team);
  const question = await team.waitFor(/from 0 % to 10 %\?/);
  const data = question.reply_markup?.inline_keyboard?.[0]?.[0]?.callback_data ?? '';
  const hand = consoleOf(team);
  const moved = { v1: 0.7, [await hand.newVersion()]: 0.3 };
  await hand.moveTo(moved);

  const refused = await team.pressOn(BEN, question.message_id, data);
  expect(refused).toMatchObject({ show_alert: true, text: expect.stringMatching(/another hand/) });
  await team.waitFor(/moved by another hand\. What now\?/);
  expect(await liveSplit(team)).toEqual(moved);
  await team.press(BEN, 'Put it back');
  await expect.poll(() => liveSplit(team), { timeout: 60_000 }).toEqual({ v1: 1 });
});
