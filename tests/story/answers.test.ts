import { afterEach, expect, test } from 'vitest';
import { ADA, assembleTeam, BEN, item, liveSplit, prepareRelease, type Team } from './team.ts';

const MINUTE = 60_000;
/** A short ladder, so that a story of answers is not a story of waiting. */
const steps = [
  { traffic: 100, watch: 5 * MINUTE },
  { traffic: 1000, watch: 0 },
];

let team: Team;
afterEach(() => team.close());

test('held, a question comes back by itself; asked for, the figures and logs come at once', {
  timeout: 90_000,
}, async () => {
  team = await assembleTeam(240, { steps });
  await prepareRelease(team);
  await team.press(ADA, 'Hold 15 minutes');
  await team.waitFor(/Ada put it off/);
  await team.press(BEN, 'Promote to 10 %');
  const asked = (await team.messages()).filter((m) => /from 0 % to 10 %\?/.test(m.text ?? ''));
  expect(asked).toHaveLength(2);

  const question = await team.waitFor(/from 10 % to 100 %\?/);
  await team.press(BEN, 'Chart and logs');
  const evidence = await team.waitFor(/No error logs\.|The newest error logs/);
  expect(evidence.message_id).toBeGreaterThan(question.message_id);
  expect(evidence.photo?.length).toBeGreaterThan(0);
});

test('without traffic nothing is promoted but by a written reason', { timeout: 90_000 }, async () => {
  team = await assembleTeam(240, { steps });
  team.sandbox.appEngine?.setLoad(0);
  await prepareRelease(team);
  await team.press(BEN, 'Promote to 10 %');
  const question = await team.waitFor(/from 10 % to 100 %\?/);
  const labels = question.reply_markup?.inline_keyboard?.flat().map((button) => button.text) ?? [];
  expect(labels).not.toContain('Promote to 100 %');

  const refused = await team.press(ADA, 'Overrule');
  expect(refused).toMatchObject({ show_alert: true, text: expect.stringMatching(/approver/) });
  await team.press(BEN, 'Overrule');
  const prompt = await team.waitFor(/why is it right to go on/);
  await team.send(BEN, 'The market is closed, nobody calls it now.', prompt.message_id);
  await team.waitFor(/Ben overruled the verdict.*“The market is closed, nobody calls it now\.”/s);
  await team.waitFor(/is done\./);
  expect(Object.keys(await liveSplit(team))).not.toContain('v1');
});

test('an item that does not apply is closed with a reason, and /cancel only ends the question', {
  timeout: 60_000,
}, async () => {
  team = await assembleTeam(240, {
    checklist: [{ title: 'Trading', items: [item('Test it'), item('Fix gold')] }],
  });
  await team.send(ADA, '/deploy');
  await team.press(ADA, 'The folder');
  await team.press(ADA, 'v2');
  await team.press(ADA, 'Start');
  await team.press(ADA, 'Does not apply');
  await team.waitFor(/which item does not apply, and why\?/);
  await team.send(ADA, '/cancel');
  await team.waitFor(/The dialogue is ended; nothing else was changed/);

  await team.press(ADA, 'Does not apply');
  await team.waitFor(/which item does not apply, and why\?/);
  await team.send(ADA, 'gold is gone');
  await team.waitFor(/begin with the number/);
  await team.send(ADA, '2 We trade no gold.');
  await team.waitFor(/➖ 2\. Fix gold does not apply: We trade no gold\. \(Ada, .*\)/);
  await team.press(ADA, 'Tick all');
  await team.waitFor(/from 0 % to 10 %\?/);
});
