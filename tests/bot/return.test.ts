import { appendFile, mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { copySteady } from '../deploy/steady-app.ts';
import { ADA, assembleTeam, BEN, liveSplit, type Team } from '../story/team.ts';

let team: Team;
afterEach(() => team.close());

/** A copy of the sample, which may be changed. */
async function ownFolder(): Promise<string> {
  const folder = join(await mkdtemp(join(tmpdir(), 'sluice-own-')), 'app');
  await copySteady(folder);
  return folder;
}

async function toTheChecklist(folder: string): Promise<void> {
  await team.send(ADA, '/deploy');
  const question = await team.waitFor(/what is to be released\?$/);
  await team.send(ADA, folder, question.message_id);
  await team.press(ADA, 'v2');
  await team.press(ADA, 'Start');
  await team.press(ADA, 'Tick all');
}

test('cron jobs are asked about, put back with the traffic, and what was rolled back comes back only knowingly', {
  timeout: 150_000,
}, async () => {
  team = await assembleTeam(240, {
    steps: [{ traffic: 1000, watch: 0 }],
    validation: {
      checks: [],
      commands: [{ name: 'pre_deploy_check', run: 'exit 3', shell: true, within: 60_000 }],
    },
  });
  const folder = await ownFolder();
  const jobs = '  - description: a <new> job\n    url: /tasks/new\n    schedule: every 2 hours\n';
  await appendFile(join(folder, 'cron.yaml'), jobs);
  expect(await readFile(join(folder, 'cron.yaml'), 'utf8')).toMatch(/^cron:\n/m);
  await toTheChecklist(folder);

  await team.waitFor(/the validation failed\. Try again\?\n❌ pre_deploy_check: ended with 3/);
  expect(await team.press(ADA, 'Overrule')).toMatchObject({
    show_alert: true,
    text: expect.stringMatching(/approver/),
  });
  await team.press(BEN, 'Overrule');
  await team.waitFor(/Ben: why is it right to go on although checks failed\?/);
  await team.send(BEN, 'The script is wrong.');

  await team.waitFor(/may the cron jobs change\?\n➕ every 2 hours: \/tasks\/new/);
  await team.press(ADA, 'Apply');
  const first = await team.waitFor(/from 0 % to 100 %\?/);
  expect(first.text).toMatch(/⚠️ Ben overruled that: “The script is wrong\.”/);

  await team.send(BEN, '/freeze Market hours.');
  await team.waitFor(/No longer asked: a freeze began: Market hours\./);
  await team.waitFor(/❄️ Releases are frozen until somebody ends it: Market hours\./);
  await team.send(BEN, '/unfreeze It is over.');
  await team.press(BEN, 'Promote to 100 %');
  const done = await team.waitFor(/is done\./);
  expect(done.text).toMatch(/Cron jobs: 1 created\./);
  expect(done.text).toMatch(/Approved: 100 % by Ben\./);
  expect(done.text).toMatch(/After-care: first look .* \(Hourly\); verdict on the success criteria on/);

  await team.send(ADA, '/rollback It lost orders.');
  await team.press(ADA, 'Yes, roll back now');
  const back = await team.waitFor(/default is rolled back[\s\S]*Cron jobs: [\s\S]*🔒 default is locked/);
  expect(back.text).toMatch(/Why: It lost orders\.\nAsked for by Ada, approved by Ada\./);
  expect(await liveSplit(team)).toEqual({ v1: 1 });

  await team.send(ADA, '/deploy');
  await team.waitFor(
    /default is locked by a rollback since .*: v\S+ was rolled back: It lost orders\. .*\/unlock/,
  );
  await team.send(BEN, '/unlock default The orders are found.');
  await team.waitFor(/default is unlocked/);
  await team.send(ADA, '/deploy');
  await team.waitFor(/what is to be released\?$/);
  expect(await team.buttons()).toContainEqual(
    expect.stringMatching(/^Version v\S+ \(rolled back on \d+ \w+\)$/),
  );
  await team.press(ADA, 'Version v2');
  await team.waitFor(/: release v\S+\?[\s\S]*⚠️ v\S+ was rolled back on \d+ \w+: It lost orders\./);
  await team.press(ADA, 'Call it off');
});

test('a template that the folder cannot fill gets a sentence, and the id is typed', {
  timeout: 60_000,
}, async () => {
  team = await assembleTeam(240, { version: 'v{git}' });
  const folder = await ownFolder();
  await team.send(ADA, '/deploy');
  const question = await team.waitFor(/what is to be released\?$/);
  await team.send(ADA, folder, question.message_id);
  await team.waitFor(/git/);
  const id = await team.waitFor(/shall the new version be called\?$/);
  await team.send(ADA, 'v-by-hand', id.message_id);
  await team.waitFor(/: release v-by-hand\?/);
  await team.press(ADA, 'Call it off');
});
