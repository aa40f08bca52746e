import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { builtInPlan } from '../../src/plan/load.ts';
import { copySteady } from '../deploy/steady-app.ts';
import { ADA, assembleTeam, BEN, liveSplit, prepareRelease, type Team } from './team.ts';

let team: Team;
afterEach(() => team.close());

test('a clean release goes to 100 %, each step asked for, and back again on request', {
  timeout: 120_000,
}, async () => {
  team = await assembleTeam(240, { monitoring: { ...builtInPlan().monitoring, falseAlarm: 0.01 } });
  await prepareRelease(team);
  expect(Object.values(await liveSplit(team))).toEqual([1]);

  await team.press(BEN, 'Promote to 10 %');
  await team.waitFor(/Watching at 10 %/);
  expect(Object.values(await liveSplit(team)).toSorted()).toEqual([0.1, 0.9]);
  const question = await team.waitFor(/from 10 % to 50 %\?/);
  expect(question.photo?.length).toBeGreaterThan(0);
  expect(question.caption).toMatch(
    /30 minutes at 10 %: 🟢 good\. (Errors|No errors in) .* p95 \d+ ms against \d+ ms/,
  );

  expect(question.caption).toContain('False alarms: at most 1 % (simulated');

  await keeps(['-0.json.gz']);
  await team.press(BEN, 'Promote to 50 %');
  await team.waitFor(/from 50 % to 100 %\?/);
  await keeps(['-0.json.gz', '-1.json.gz']);
  await team.press(BEN, 'Promote to 100 %');
  await team.waitFor(/is done\./);
  expect(Object.keys(await liveSplit(team))).not.toContain('v1');

  await team.send(ADA, '/rollback It smells.');
  await team.waitFor(/roll back to v1\?/);
  await team.press(ADA, 'Yes, roll back now');
  await team.waitFor(/default is rolled back/);
  expect(await liveSplit(team)).toEqual({ v1: 1 });
});

test('a failing version is found within the window, and one tap takes it back', {
  timeout: 120_000,
}, async () => {
  team = await assembleTeam();
  const folder = join(await mkdtemp(join(tmpdir(), 'sluice-bad-')), 'app');
  await copySteady(folder);
  const yaml = await readFile(join(folder, 'app.yaml'), 'utf8');
  await writeFile(join(folder, 'app.yaml'), yaml.replace(/FAIL_RATE: .*/, "FAIL_RATE: '0.2'"));
  await prepareRelease(team, folder);
  await team.press(BEN, 'Promote to 10 %');
  await team.waitFor(/looks bad\. Roll back to v1\?/);
  expect(await team.buttons()).not.toContain('Promote to 50 %');
  await team.press(BEN, 'Yes, roll back now');
  await team.waitFor(/default is rolled back/);
  expect(await liveSplit(team)).toEqual({ v1: 1 });
});

/** Waits for the windows of judged steps: the look that sees all of one may come just after its question. */
async function keeps(windows: readonly string[]): Promise<void> {
  const kept = async () => {
    const names = await readdir(join(team.dataDir, 'windows', 'default')).catch(() => []);
    return names.map((name) => name.slice(name.lastIndexOf('-'))).toSorted();
  };
  await expect.poll(kept, { timeout: 60_000 }).toEqual(windows);
}
