import { afterEach, expect, test } from 'vitest';
import { HOUR, MINUTE } from '../../src/plan/duration.ts';
import { builtInPlan } from '../../src/plan/load.ts';
import { ADA, assembleTeam, BEN, liveSplit, prepareRelease, type Team } from './team.ts';

let team: Team;
afterEach(() => team.close());

test('a reminder is answered like the question, a yes is taken back, and in an emergency one goes on alone', {
  timeout: 240_000,
}, async () => {
  const { approval } = builtInPlan();
  // The reminder comes after five minutes, and time enough is left after it.
  const expires = 96 * HOUR;
  team = await assembleTeam(240, {
    approval: { ...approval, needed: 2, expires, remind: expires - 5 * MINUTE },
    steps: [{ traffic: 1000, watch: 0 }],
  });
  await prepareRelease(team);
  const reminded = await team.waitFor(/⏰ .*from 0 % to 100 %\?/);
  const data = reminded.reply_markup?.inline_keyboard?.[0]?.[0]?.callback_data ?? '';
  expect(await team.pressOn(BEN, reminded.message_id, data)).toMatchObject({
    text: expect.stringMatching(/1 of 2/),
  });
  expect(await team.pressOn(BEN, reminded.message_id, data)).toMatchObject({
    show_alert: true,
    text: expect.stringMatching(/already counts/),
  });
  await team.press(BEN, 'Take my yes back');

  await team.send(ADA, '/emergency Now!');
  await team.waitFor(/This takes the role approver; you have operator/);
  await team.send(BEN, '/emergency');
  await team.waitFor(/Promoting alone takes a written reason/);
  expect(await liveSplit(team)).toEqual({ v1: 1 });
  await team.send(BEN, '/emergency Orders fail, and nobody else is awake.');
  await team.waitFor(/Ben promoted alone, in an emergency.*“Orders fail, and nobody else is awake\.”/s);
  await team.waitFor(/is done\.[\s\S]*100 % by Ben \(alone, in an emergency/);
  expect(Object.keys(await liveSplit(team))).not.toContain('v1');
});
