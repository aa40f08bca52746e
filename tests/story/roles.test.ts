import { afterEach, expect, test } from 'vitest';
import { ADA, assembleTeam, BEN, CLEO, liveSplit, prepareRelease, type Team } from './team.ts';

let team: Team;
afterEach(() => team.close());

/** Cleo, the admin, about something that the other one has said. */
async function give(person: number, roles: string, said: RegExp): Promise<void> {
  await team.send(CLEO, `/team ${roles}`, await team.send(person, 'Good morning.'));
  await team.waitFor(said);
}

test('a role counts from the moment it is given to the moment it is taken', {
  timeout: 120_000,
}, async () => {
  team = await assembleTeam(240, { people: [] });
  await team.send(CLEO, `/claim ${team.claimCode()}`);
  await team.waitFor(/Cleo its admin/);
  await give(ADA, 'operator', /Ada is operator now/);
  await prepareRelease(team);
  await team.waitFor(/Nobody in the team may answer this/);

  await give(BEN, 'approver', /Ben is approver now/);
  const question = await team.waitFor(/from 0 % to 10 %\?[\s\S]*For Ben\./);
  const data = question.reply_markup?.inline_keyboard?.[0]?.[0]?.callback_data ?? '';
  expect(await team.pressOn(CLEO, question.message_id, data)).toMatchObject({
    show_alert: true,
    text: expect.stringMatching(/neither operator nor approver/),
  });

  await give(BEN, 'none', /Ben has no role now/);
  expect(await team.pressOn(BEN, question.message_id, data)).toMatchObject({
    show_alert: true,
    text: expect.stringMatching(/neither operator nor approver/),
  });
  expect(await liveSplit(team)).toEqual({ v1: 1 });

  await give(BEN, 'approver', /Ben is approver now/);
  await team.press(BEN, 'Promote to 10 %');
  await team.waitFor(/Watching at 10 %/);
  expect(Object.values(await liveSplit(team)).toSorted()).toEqual([0.1, 0.9]);
});

test('whoever loses the role in the middle of the wizard starts nothing', { timeout: 60_000 }, async () => {
  team = await assembleTeam(240, { people: [] });
  await team.send(CLEO, `/claim ${team.claimCode()}`);
  await give(ADA, 'operator', /Ada is operator now/);
  await team.send(ADA, '/deploy');
  await team.press(ADA, 'The folder');
  await team.press(ADA, 'v2');
  await team.waitFor(/: release v2\S*\?/);
  await give(ADA, 'none', /Ada has no role now/);
  await team.press(ADA, 'Start');
  await team.waitFor(/Only an operator may start a rollout/);
  expect(await team.buttons()).not.toContain('Tick all');
});
