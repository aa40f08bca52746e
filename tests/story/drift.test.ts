import { afterEach, expect, test } from 'vitest';
import { MINUTE } from '../../src/plan/duration.ts';
import { openFileStore } from '../../src/store/file-store.ts';
import { type Console, consoleOf } from './console.ts';
import { ADA, assembleTeam, BEN, liveSplit, prepareRelease, type Team } from './team.ts';

/** Short windows: the story is not one of waiting. */
const steps = [
  { traffic: 100, watch: 10 * MINUTE },
  { traffic: 500, watch: 10 * MINUTE },
  { traffic: 1000, watch: 0 },
];

let team: Team;
let hand: Console;
afterEach(() => team.close());

async function begin(...how: Parameters<typeof assembleTeam>): Promise<string> {
  team = await assembleTeam(...how);
  hand = consoleOf(team);
  await prepareRelease(team);
  return hand.newVersion();
}

test('moved in a window, while a question is open, on hold and before a rollback: noticed, asked, never overwritten', {
  timeout: 240_000,
}, async () => {
  const fresh = await begin(240, { steps });
  await team.press(BEN, 'Promote to 10 %');
  await team.waitFor(/Watching at 10 %/);

  await hand.moveTo({ v1: 0.5, [fresh]: 0.5 });
  const found = await team.waitFor(/the traffic was moved by another hand\. What now\?/);
  expect(found.text).toMatch(new RegExp(`Expected: v1 90 %, ${fresh} 10 %.*Found: .*50 %`, 's'));
  expect(await liveSplit(team)).toEqual({ v1: 0.5, [fresh]: 0.5 });
  await team.press(BEN, 'Put it back');
  await expect.poll(() => liveSplit(team), { timeout: 60_000 }).toEqual({ v1: 0.9, [fresh]: 0.1 });

  // The window begins anew, and its question is open when it happens again.
  await team.waitFor(/from 10 % to 50 %\?/);
  await hand.moveTo({ v1: 0.8, [fresh]: 0.2 });
  await team.press(BEN, 'Keep it');
  await team.waitFor(/from 20 % to 50 %\?/);
  expect(await liveSplit(team)).toEqual({ v1: 0.8, [fresh]: 0.2 });

  await team.send(ADA, '/hold I am looking at it');
  await team.waitFor(/Ada holds it/);
  await hand.moveTo({ v1: 0.7, [fresh]: 0.3 });
  await team.waitFor(/Expected: v1 80 %.*Found: v1 70 %/s);
  // Whoever it was thinks better of it: nothing is left to answer.
  await hand.moveTo({ v1: 0.8, [fresh]: 0.2 });
  await team.waitFor(/No longer asked: it is as before again/);

  await team.send(ADA, '/rollback');
  await team.waitFor(/roll back to v1\?/);
  await hand.moveTo({ v1: 0.6, [fresh]: 0.4 });
  await team.press(ADA, 'Yes, roll back now');
  await team.waitFor(/roll back to v1\?.*Now: v1 60 %/s);
  await team.press(ADA, 'Yes, roll back now');
  await team.waitFor(/default is rolled back/);
  expect(await liveSplit(team)).toEqual({ v1: 1 });
});

test('cron jobs and routing that another hand changes are told of; a version that it deletes ends the release', {
  timeout: 240_000,
}, async () => {
  const fresh = await begin();
  // What is there is known once the bot has looked, which it does as soon as it asks.
  await expect.poll(() => looked(), { timeout: 60_000 }).toBe(true);
  await hand.createCronJob('every 5 hours', '/tasks/theirs');
  await team.waitFor(/cron jobs were changed while .*➕ every 5 hours: \/tasks\/theirs/s);
  await hand.route({ '/shop/*': 'default' });
  await team.waitFor(/the routing was changed while .*➕ \*\/shop\/\* → default/s);
  expect(await team.buttons()).toContain('Promote to 10 %');

  await hand.deleteVersion(fresh);
  const found = await team.waitFor(/was deleted by another hand\. What now\?/);
  expect(found.reply_markup?.inline_keyboard?.flat().map(({ text }) => text)).toEqual(['Stop here']);
  await team.press(BEN, 'Stop here');
  await team.waitFor(/is cancelled/);
  expect(await liveSplit(team)).toEqual({ v1: 1 });
});

/** The journal tells what the cron jobs were. */
async function looked(): Promise<boolean> {
  const store = openFileStore(team.dataDir);
  const journals = await Promise.all((await store.live()).map((id) => store.read(id)));
  return journals.some((events) => events?.some(({ type }) => type === 'shared-seen'));
}

test('moved after it was out: after-care asks, goes on when it is put back, and ends when it is kept', {
  timeout: 240_000,
}, async () => {
  const fresh = await begin(360, { steps: [{ traffic: 1000, watch: 0 }] });
  await team.press(BEN, 'Promote to 100 %');
  await team.waitFor(/is done\./);
  await hand.moveTo({ v1: 1 });
  await team.press(BEN, 'Put it back');
  await expect.poll(() => liveSplit(team), { timeout: 60_000 }).toEqual({ [fresh]: 1 });
  await team.waitFor(/🏁 Done: .* has all of the traffic/);

  await hand.moveTo({ v1: 1 });
  await team.press(BEN, 'Keep it');
  await team.waitFor(/had all of the traffic until another hand moved it away/);
  expect(await liveSplit(team)).toEqual({ v1: 1 });
});
