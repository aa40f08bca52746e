import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import type { OwnCommand } from '../../src/plan/terms.ts';
import { ADA, assembleTeam, BEN, item, type Team } from './team.ts';

let team: Team | undefined;
let notes = '';

afterEach(async () => {
  vi.unstubAllEnvs();
  await team?.close();
  team = undefined;
  await rm(notes, { recursive: true, force: true });
});

/** A script of the team's that notes down what it was told, and fails while a file called `broken` lies there. */
function script(name: string): OwnCommand & { readonly shell: boolean } {
  const told = 'service=$SERVICE version=$VERSION before=$PREVIOUS_VERSION traffic=$TRAFFIC why=$REASON';
  const run = `echo "${name}: project=$PROJECT_ID ${told} token=$TELEGRAM_BOT_TOKEN" >> ${notes}/told; test ! -e ${notes}/broken`;
  return { name, run, shell: true, within: 20_000 };
}

/** What the script of that name was told each time. */
async function told(name: string): Promise<string[]> {
  const lines = (await readFile(join(notes, 'told'), 'utf8')).split('\n');
  return lines.filter((line) => line.startsWith(`${name}: `)).map((line) => line.slice(name.length + 2));
}

test('the team’s own scripts validate, verify, judge and announce, and are told what they are for', {
  timeout: 170_000,
}, async () => {
  vi.stubEnv('TELEGRAM_BOT_TOKEN', '1:not-for-scripts');
  notes = await mkdtemp(join(tmpdir(), 'sluice-own-'));
  team = await assembleTeam(240, {
    checklist: [{ title: 'Code', items: [item('Lint', { run: script('lint').run, within: 20_000 })] }],
    validation: { checks: ['service'], commands: [script('pre_deploy_check')] },
    monitoring: { lag: 240_000, figures: false, commands: [script('monitor_deployment')] },
    announce: {
      chat: false,
      deployed: [script('send_deployment_notification')],
      rolledBack: [script('send_rollback_notification')],
    },
    afterCare: {
      at: '09:00',
      rounds: [
        {
          name: 'Hourly',
          every: 'hour',
          for: 24 * 3_600_000,
          checks: [{ kind: 'command', ...script('monitor_system') }],
          tasks: [],
        },
      ],
    },
  });
  await writeFile(join(notes, 'broken'), '');
  await team.send(ADA, '/deploy');
  await team.press(ADA, 'The folder');
  await team.press(ADA, 'v2');
  await team.press(ADA, 'Start');

  // A command that fails leaves its item open; mended and run again, it ticks it.
  await team.press(ADA, '▶️ Run 1');
  await team.waitFor(/ended with 1/);
  await rm(join(notes, 'broken'));
  await writeFile(join(notes, 'told'), '');
  await team.press(ADA, '▶️ Run 1');

  await team.press(BEN, 'Promote to 10 %');
  await team.press(BEN, 'Promote to 50 %');
  await team.waitFor(
    /from 10 % to 50 %\?[\s\S]*good\. Passed: monitor_deployment\. The plan asks for no figures/,
  );
  await team.press(BEN, 'Promote to 100 %');
  await team.waitFor(/has all of the traffic/);

  const project = team.sandbox.appEngine?.project;
  const version = /version=(\S+)/.exec((await told('pre_deploy_check'))[0] ?? '')?.[1];
  expect(version).toMatch(/^v2026|^v20\d\d/);
  expect(await told('pre_deploy_check')).toEqual([
    `project=${project} service=default version=${version} before= traffic= why= token=`,
  ]);
  const looks = await told('monitor_deployment');
  expect(looks.length).toBeGreaterThanOrEqual(4);
  expect(new Set(looks.map((line) => /traffic=(\d+)/.exec(line)?.[1]))).toEqual(new Set(['10', '50']));
  expect(looks[0]).toContain('before=v1');

  await team.send(BEN, '/rollback it smells');
  await team.press(BEN, 'Yes, roll back now');
  await team.waitFor(/Rolled back: it smells|rolled back/);
  for (let look = 0; look < 100 && (await told('send_rollback_notification')).length === 0; look++)
    await new Promise((resolve) => setTimeout(resolve, 100));
  expect((await told('send_deployment_notification')).length).toBe(1);
  expect((await told('send_rollback_notification'))[0]).toContain('why=it smells');
  // Instead of the chat's own words, as the plan asks.
  const chat = (await team.messages()).map((message) => message.text ?? '');
  expect(chat.filter((text) => text.startsWith('🏁') || text.startsWith('↩️'))).toEqual([]);
});

test('a script that finds something stops the release, and judges against it in a window', {
  timeout: 120_000,
}, async () => {
  notes = await mkdtemp(join(tmpdir(), 'sluice-own-'));
  team = await assembleTeam(240, {
    checklist: [],
    validation: { checks: [], commands: [script('pre_deploy_check')] },
    monitoring: { lag: 240_000, figures: true, commands: [script('monitor_deployment')] },
  });
  await writeFile(join(notes, 'broken'), '');
  await team.send(ADA, '/deploy');
  await team.press(ADA, 'The folder');
  await team.press(ADA, 'v2');
  await team.press(ADA, 'Start');
  await team.waitFor(/the validation failed[\s\S]*pre_deploy_check[\s\S]*ended with 1/);
  await rm(join(notes, 'broken'));
  await team.press(ADA, 'Try again');
  await team.press(BEN, 'Promote to 10 %');
  await writeFile(join(notes, 'broken'), '');
  await team.waitFor(/looks bad\. Roll back to v1\?[\s\S]*monitor_deployment ended with 1/);
  expect(await team.buttons()).not.toContain('Promote to 50 %');
});
