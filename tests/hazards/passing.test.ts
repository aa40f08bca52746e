import { afterEach, expect, test } from 'vitest';
import { ADA, BEN, liveSplit, type Team } from '../story/team.ts';
import {
  AT,
  allAnswered,
  begin,
  hazardTeam,
  hits,
  rule,
  SLOW,
  sharesDone,
  unleash,
  versionsMade,
  WIZARD_TAPS,
  watchWindow,
} from './hazard.ts';

let team: Team | undefined;
afterEach(async () => {
  await team?.close();
  team = undefined;
});

test('faults that pass hold nothing up, wherever they strike: nothing is lost and nothing done twice', {
  timeout: 240_000,
}, async () => {
  team = await hazardTeam();
  team.sandbox.clock.setSpeed(SLOW);
  unleash(
    team,
    rule(AT.permissions, { kind: 'status', code: 503 }, { times: 2 }),
    rule(AT.readSplit, { kind: 'reset' }, { times: 1 }),
    rule(AT.version('v1'), { kind: 'html' }, { times: 2 }),
    rule(AT.upload, { kind: 'status', code: 503 }, { times: 2 }),
    rule(AT.upload, { kind: 'lost-answer' }, { times: 1 }),
    rule(AT.create, { kind: 'status', code: 409 }, { times: 2 }),
    rule(AT.create, { kind: 'status', code: 503 }, { times: 1 }),
    rule(AT.create, { kind: 'lost-answer' }, { times: 1 }),
    rule(AT.poll, { kind: 'status', code: 500 }, { times: 1 }),
    rule(AT.poll, { kind: 'html' }, { times: 1 }),
    rule(AT.poll, { kind: 'reset' }, { times: 1 }),
    rule(AT.poll, { kind: 'status', code: 429, retry_after: 1 }, { times: 1 }),
    rule(AT.logs, { kind: 'status', code: 429 }, { times: 1 }),
  );
  await begin(team);
  await team.waitFor(/from 0 % to 10 %\?/);
  expect(hits(team)).toEqual([2, 1, 2, 2, 1, 2, 1, 1, 1, 1, 1, 1, 1]);
  expect(await versionsMade(team)).toBe(1);
  team.sandbox.faults.clearAll();

  unleash(
    team,
    rule(AT.readSplit, { kind: 'status', code: 503 }, { times: 2 }),
    rule(AT.split, { kind: 'status', code: 409 }, { times: 2 }),
    rule(AT.split, { kind: 'late-truth' }, { times: 1 }),
    rule(AT.poll, { kind: 'status', code: 503 }, { times: 2 }),
  );
  await team.press(BEN, 'Promote to 10 %');
  await watchWindow(team, 10, 50);
  expect(hits(team).slice(0, 3)).toEqual([2, 2, 1]);
  team.sandbox.faults.clearAll();

  unleash(
    team,
    rule(AT.split, { kind: 'lost-answer' }, { times: 1 }),
    rule(AT.readSplit, { kind: 'delay', ms: 300 }, { times: 3 }),
  );
  await team.press(BEN, 'Promote to 50 %');
  await watchWindow(team, 50, 100);
  team.sandbox.faults.clearAll();

  unleash(
    team,
    rule(AT.split, { kind: 'status', code: 429, retry_after: 1 }, { times: 1 }),
    rule(AT.split, { kind: 'reset' }, { times: 1 }),
    rule(AT.poll, { kind: 'html' }, { times: 2 }),
    rule(AT.readSplit, { kind: 'reset' }, { times: 1, match: { nth: 2 } }),
  );
  await team.send(ADA, '/rollback It smells.');
  await team.press(ADA, 'Yes, roll back now');
  await team.waitFor(/default is rolled back/);
  expect(hits(team)).toEqual([1, 1, 2, 1]);
  expect(await liveSplit(team)).toEqual({ v1: 1 });
  expect(await sharesDone(team)).toEqual([10, 50, 0]);
  await allAnswered(team, WIZARD_TAPS + 3);
});
