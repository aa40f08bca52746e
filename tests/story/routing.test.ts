import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { ADA, assembleTeam, BEN, type Team } from './team.ts';

let team: Team;
afterEach(() => team.close());

async function rules(): Promise<unknown> {
  const { appEngine } = team.sandbox;
  const reply = await fetch(`${appEngine?.url}/v1/apps/${appEngine?.project}`);
  return ((await reply.json()) as { dispatchRules?: unknown }).dispatchRules ?? [];
}

test('a dispatch.yaml is shown as a difference, applied when people say so, and put back by a rollback', {
  timeout: 120_000,
}, async () => {
  team = await assembleTeam();
  await writeFile(
    join(team.dataDir, 'app', 'dispatch.yaml'),
    'dispatch:\n- {url: "*/work/*", service: default}\n',
  );
  await team.send(ADA, '/deploy');
  await team.waitFor(/what is to be released/);
  await team.press(ADA, 'The folder');
  await team.press(ADA, 'v2');
  await team.press(ADA, 'Start');
  await team.press(ADA, 'Tick all');
  await team.waitFor(/default: may the routing change\?\n➕ route \*\/work\/\* → default/);
  expect(await rules()).toEqual([]);
  await team.press(BEN, 'Apply');
  await team.waitFor(/from 0 % to 10 %\?/);
  expect(await rules()).toEqual([{ domain: '*', path: '/work/*', service: 'default' }]);
  await team.waitFor(/Cron jobs: unchanged; routing: 1 added/);

  await team.send(ADA, '/rollback It smells.');
  await team.press(ADA, 'Yes, roll back now');
  await team.waitFor(/default is rolled back/);
  await expect.poll(rules, { timeout: 50_000 }).toEqual([]);
  await team.waitFor(/Routing: No rules, as in the backup; put back/);
});
