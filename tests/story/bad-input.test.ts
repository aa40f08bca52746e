import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADA, assembleTeam, CLEO, liveSplit, type Team } from './team.ts';

let team: Team;
beforeAll(async () => {
  team = await assembleTeam();
});
afterAll(() => team.close());

test('an unknown service', async () => {
  await team.send(ADA, '/deploy nowhere');
  await team.waitFor(/There is no service 'nowhere' here\. Known: default\./);
  await team.press(ADA, 'Call it off');
});

test('a folder without app.yaml, and one that is not there', async () => {
  await team.send(ADA, '/deploy');
  const question = await team.waitFor(/what is to be released\?$/);
  const empty = join(team.dataDir, 'empty');
  await mkdir(empty);
  await team.send(ADA, empty, question.message_id);
  await team.waitFor(/There is no app\.yaml in .*empty/);
  await team.send(ADA, '/nowhere/at/all', question.message_id);
  await team.waitFor(/\/nowhere\/at\/all/);
  await team.press(ADA, 'Call it off');
});

test('a version id that App Engine would not take, and one that is taken', async () => {
  await team.send(ADA, '/deploy');
  await team.press(ADA, 'The folder');
  const question = await team.waitFor(/shall the new version be called\?$/);
  await team.press(ADA, 'Another id');
  await team.waitFor(/Which id\? Reply with it/);
  await team.send(ADA, 'V2_final', question.message_id);
  await team.waitFor(/V2_final/);
  await team.send(ADA, 'v1', question.message_id);
  await team.waitFor(/Version v1 of default exists already/);
  await team.press(ADA, 'Call it off');
  expect(await liveSplit(team)).toEqual({ v1: 1 });
});

test('commands out of place', async () => {
  await team.send(ADA, '/rollback');
  await team.waitFor(/There is nothing to roll back/);
  await team.send(ADA, '/cancel');
  await team.waitFor(/There is no rollout to cancel/);
  await team.send(ADA, '/checklist');
  await team.waitFor(/No rollout waits for its checklist/);
  await team.send(CLEO, '/deploy');
  await team.waitFor(/You are neither operator nor approver/);
});

test('a second /deploy while one waits says who holds it', async () => {
  await team.send(ADA, '/deploy');
  await team.press(ADA, 'The folder');
  await team.press(ADA, 'v2');
  await team.press(ADA, 'Start');
  await team.waitFor(/Only one \(1 of 1\)/);
  await team.send(ADA, '/deploy');
  await team.press(ADA, 'The folder');
  await team.press(ADA, 'v2');
  await team.press(ADA, 'Start');
  await team.waitFor(/Ada is releasing .* to default right now/);
  await team.send(ADA, '/cancel');
  await team.waitFor(/is cancelled/);
});
