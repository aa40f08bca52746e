import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { begin, hazardTeam } from '../hazards/hazard.ts';
import { ADA, BEN, liveSplit, type Team } from '../story/team.ts';

let team: Team | undefined;
afterEach(async () => {
  await team?.close();
  team = undefined;
});

test('a backup that cannot be read: the traffic goes back all the same, then it is said what is wrong with which file', {
  timeout: 240_000,
}, async () => {
  team = await hazardTeam();
  await begin(team);
  await team.press(BEN, 'Promote to 10 %');
  await team.waitFor(/from 10 % to 50 %\?/);
  const folder = join(team.dataDir, 'backups');
  const [name = ''] = await readdir(folder);
  const path = join(folder, name);
  const whole = await readFile(path, 'utf8');
  await writeFile(path, whole.slice(0, whole.length / 2));

  await team.send(ADA, '/rollback It smells.');
  await team.press(ADA, 'Yes, roll back now');
  await team.waitFor(
    /the traffic is back, but not[\s\S]*backups\/\w+\.json should hold JSON but does not .*Restore it/,
  );
  expect(await liveSplit(team)).toEqual({ v1: 1 });
  await writeFile(path, whole);
  await team.press(ADA, 'Try again');
  await team.waitFor(/default is rolled back/);
  expect(await liveSplit(team)).toEqual({ v1: 1 });
});
