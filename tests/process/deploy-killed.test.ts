import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { press } from './chat.ts';
import { begin, beginWorld } from './children.ts';
import { tempFolder, until } from './sluice.ts';

test('a bot that is killed in the middle of a deployment goes on when it is started again, and the command with it', {
  timeout: 120_000,
}, async () => {
  const folder = await tempFolder();
  await writeFile(
    join(folder, 'sluice.yaml'),
    'checklist: []\nvalidation: { checks: [service, files] }\nsteps:\n  - { traffic: 100 %, watch: 1m }\n',
  );
  const env = await beginWorld(folder);

  const first = begin(['run'], folder, env);
  await first.line(/is up/);
  const sample = new URL('../../examples/signals', import.meta.url).pathname;
  const running = begin(['deploy', sample, '--version=v2'], folder, env);
  await running.line(/Deploying without traffic\./);
  first.child.kill('SIGKILL');
  await first.ended();
  await running.line(/^The bot does not answer \(.*\)\. A rollout that has begun goes on/);

  // A command that comes while nobody is there says so, though a socket lies about.
  const lost = begin(['deploy', '--version=v3'], folder, env);
  expect(await lost.ended()).toBe(1);
  expect(lost.err()).toMatch(/^No bot answers at the data folder bot /);

  const second = begin(['run'], folder, env);
  await second.line(/is up/);
  await running.line(/^The bot answers again\./);
  await running.line(/Deployed without traffic: /);
  await running.line(/Promote v2 to 100 %\?/);
  const chat = env.SLUICE_SANDBOX ?? '';
  await until(async () => ((await press(chat, 'Promote to 100 %')) ? true : undefined));
  expect(await running.ended()).toBe(0);
  expect(running.out()).toMatch(/Done: v2 has all of the traffic\.\n$/);
  expect(running.out().match(/began the release of v2/g)).toHaveLength(1);
});
