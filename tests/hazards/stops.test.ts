import { afterEach, expect, test } from 'vitest';
import { ADA, BEN, liveSplit, type Team } from '../story/team.ts';
import {
  AT,
  allAnswered,
  begin,
  hazardTeam,
  rule,
  sharesDone,
  unleash,
  versionsMade,
  WIZARD_TAPS,
} from './hazard.ts';

let team: Team | undefined;
afterEach(async () => {
  await team?.close();
  team = undefined;
});

const DENIED = { kind: 'status', code: 403 } as const;

/** Waits for the question that tells the problem, lets the next fault loose in place of the last, and answers. */
async function tryAgain(here: Team, words: RegExp, ...next: Parameters<typeof rule>[]): Promise<void> {
  const question = await here.waitFor(words);
  here.sandbox.faults.clearAll();
  unleash(here, ...next.map((one) => rule(...one)));
  const button = question.reply_markup?.inline_keyboard?.flat().find(({ text }) => text === 'Try again');
  await here.pressOn(ADA, question.message_id, button?.callback_data ?? '');
}

test('what does not pass stops the rollout with a sentence that says what to do, and “Try again” goes on from there', {
  timeout: 240_000,
}, async () => {
  team = await hazardTeam();
  unleash(team, rule(AT.permissions, DENIED));
  await begin(team);
  await tryAgain(team, /the validation failed[\s\S]*does not have permission.*Grant the missing role/, [
    AT.backup,
    DENIED,
  ]);
  await tryAgain(team, /the backup failed[\s\S]*does not have permission.*Grant the missing role/, [
    AT.upload,
    DENIED,
  ]);
  await tryAgain(team, /the deployment failed[\s\S]*notice\.txt[\s\S]*Grant/, [
    AT.create,
    {
      kind: 'operation-fails',
      code: 9,
      message: 'Cloud build 1-2-3 status: FAILURE',
      details: [{ '@type': 'type.googleapis.com/google.rpc.LocalizedMessage', message: 'npm ERR! 404' }],
    },
  ]);
  expect(await versionsMade(team)).toBe(0);
  await tryAgain(team, /Cloud build 1-2-3 status: FAILURE \(npm ERR! 404\).*its log says where/, [
    AT.poll,
    DENIED,
  ]);
  // The version is made meanwhile: to make it again would be refused, as its name is taken by then.
  await tryAgain(team, /learn how far App Engine is[\s\S]*Grant the missing role/);
  await team.waitFor(/from 0 % to 10 %\?/);
  expect(await versionsMade(team)).toBe(1);

  unleash(team, rule(AT.split, { kind: 'operation-fails', code: 13 }));
  await team.press(BEN, 'Promote to 10 %');
  await tryAgain(team, /moving the traffic failed[\s\S]*An internal error occurred/, [AT.poll, DENIED]);
  await tryAgain(team, /moving the traffic failed[\s\S]*learn how far App Engine is/);
  await team.waitFor(/from 10 % to 50 %\?/);

  unleash(team, rule(AT.split, DENIED));
  await team.send(ADA, '/rollback It smells.');
  await team.press(ADA, 'Yes, roll back now');
  await tryAgain(team, /moving the traffic failed[\s\S]*Grant the missing role/);
  await team.waitFor(/default is rolled back/);
  expect(await liveSplit(team)).toEqual({ v1: 1 });
  expect(await sharesDone(team)).toEqual([10, 0]);
  await allAnswered(team, WIZARD_TAPS + 10);
});
