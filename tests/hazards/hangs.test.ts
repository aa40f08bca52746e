import { afterEach, expect, test } from 'vitest';
import { ADA, BEN, liveSplit, type Team } from '../story/team.ts';
import {
  AT,
  allAnswered,
  answerGiven,
  begin,
  hazardTeam,
  rule,
  SLOW,
  sharesDone,
  unleash,
  WIZARD_TAPS,
} from './hazard.ts';

let team: Team | undefined;
afterEach(async () => {
  await team?.close();
  team = undefined;
});

test('a tap is answered while App Engine is silent; the way back overtakes a move that hangs, and waits for one that is stuck', {
  timeout: 240_000,
}, async () => {
  team = await hazardTeam();
  await begin(team);
  await team.waitFor(/from 0 % to 10 %\?/);

  // Nothing is moved on a split that nobody could read.
  const silent = unleash(team, rule(AT.readSplit, { kind: 'hang' }));
  await team.press(BEN, 'Promote to 10 %');
  await answerGiven(team, /The live traffic cannot be read, so nothing was moved\. .*it took too long/);
  silent();
  expect(await liveSplit(team)).toEqual({ v1: 1 });

  // The answer to the write never comes, and neither does one to a poll.
  await team.press(BEN, 'Promote to 10 %');
  await team.waitFor(/from 10 % to 50 %\?/);
  const mute = unleash(team, rule(AT.poll, { kind: 'hang' }));
  await team.press(BEN, 'Promote to 50 %');
  await team.waitFor(/Moving traffic to 50 %/);
  await team.send(ADA, '/rollback It smells.');
  await team.press(ADA, 'Yes, roll back now');
  mute();
  await team.waitFor(/default is rolled back/);
  expect(await liveSplit(team)).toEqual({ v1: 1 });
  expect((await sharesDone(team)).at(-1)).toBe(0);
  await allAnswered(team, WIZARD_TAPS + 4);
});

test('the way back waits for a move that App Engine has not ended, though all looks as before: the card says so', {
  timeout: 240_000,
}, async () => {
  team = await hazardTeam();
  await begin(team);
  await team.waitFor(/from 0 % to 10 %\?/);
  // App Engine may take an hour, and that must not pass before anybody could read the card.
  team.sandbox.clock.setSpeed(SLOW);
  const stuck = unleash(team, rule(AT.split, { kind: 'operation-stuck' }, { times: 1 }));
  await team.press(BEN, 'Promote to 10 %');
  await team.waitFor(/Moving traffic to 10 %/);
  await team.send(ADA, '/rollback It smells.');
  await team.press(ADA, 'Yes, roll back now');
  await team.waitFor(/Rolling back: It smells\. Another operation at App Engine holds default: waiting/);
  expect(await liveSplit(team)).toEqual({ v1: 1 });
  stuck();
  await team.waitFor(/default is rolled back/);
  expect(await liveSplit(team)).toEqual({ v1: 1 });
  expect(await sharesDone(team)).toEqual([10, 0]);
});
