import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { ADA, assembleTeam, BEN, type Team } from '../story/team.ts';

let team: Team;
afterEach(() => team.close());

async function versions(): Promise<Record<string, string>> {
  const { appEngine } = team.sandbox;
  const reply = await fetch(`${appEngine?.url}/v1/apps/${appEngine?.project}/services/default/versions`);
  const found = (await reply.json()) as { versions: { id: string; servingStatus: string }[] };
  return Object.fromEntries(found.versions.map(({ id, servingStatus }) => [id, servingStatus]));
}

/** As it goes over the wire. */
async function admin(method: string, path: string, body: object): Promise<void> {
  const { appEngine } = team.sandbox;
  const reply = await fetch(`${appEngine?.url}/v1/apps/${appEngine?.project}/services/default${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!reply.ok) throw new Error(await reply.text());
}

/** A version beside v1, with the same code. */
async function clone(id: string, more: object = {}): Promise<void> {
  const { appEngine } = team.sandbox;
  const base = `${appEngine?.url}/v1/apps/${appEngine?.project}/services/default/versions`;
  const { deployment, runtime } = (await (await fetch(`${base}/v1?view=FULL`)).json()) as Record<
    string,
    unknown
  >;
  await admin('POST', '/versions', { id, deployment, runtime, ...more });
  for (;;) {
    if ((await versions())[id] === 'SERVING') return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function record(): Promise<
  { results: { name: string; ok: boolean }[]; begun?: { by: { name: string } } }[]
> {
  return JSON.parse(await readFile(join(team.dataDir, 'cleanings.json'), 'utf8'));
}

const RULES = { cleaning: { keep: 2, olderThan: 0 } };

test('exactly the listed versions go, on an approver’s word, once, and what got traffic meanwhile stays', {
  timeout: 120_000,
}, async () => {
  team = await assembleTeam(240, RULES);
  for (const id of ['a1', 'a2', 'a3', 'a4', 'a5']) await clone(id);
  await team.send(ADA, '/versions default');
  await team.waitFor(/a1 · nodejs\d+ · serving · made .* · [\d.]+ (kB|bytes)/);
  await team.send(ADA, '/versions clean nowhere');
  await team.waitFor(/There is no service 'nowhere' in the project\. Known: default\./);
  await team.send(ADA, '/versions clean');
  const asked = await team.waitFor(/default: delete 3 of 6 versions\?/);
  expect(asked.text).toMatch(/a1 .*\n▫️ a2 .*\n▫️ a3 /);
  expect(asked.text).not.toMatch(/v1|a4|a5/);
  expect(await team.press(ADA, 'Delete these 3')).toMatchObject({
    show_alert: true,
    text: 'Cleaning versions away takes the role approver.',
  });
  expect(Object.keys(await versions())).toHaveLength(6);

  // Another one, made since, is not on the list; and one of the list has traffic now.
  await clone('a6');
  await admin('PATCH', '?updateMask=split', {
    split: { shardBy: 'RANDOM', allocations: { v1: 0.5, a2: 0.5 } },
  });
  await team.waitFor(/delete 3 of 6/);
  const data = asked.reply_markup?.inline_keyboard?.[0]?.[0]?.callback_data ?? '';
  for (;;) {
    const { appEngine } = team.sandbox;
    const reply = await fetch(`${appEngine?.url}/v1/apps/${appEngine?.project}/services/default`);
    const { split } = (await reply.json()) as { split: { allocations: Record<string, number> } };
    if (split.allocations.a2) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await team.press(BEN, 'Delete these 3');
  await team.waitFor(
    /default: 2 of 3 versions deleted, on Ben’s word\.\n✅ (a1, a3|a3, a1)\n❌ a2: Could not delete version a2 of default: it has traffic\. Nothing was changed\./,
  );
  expect(Object.keys(await versions()).toSorted()).toEqual(['a2', 'a4', 'a5', 'a6', 'v1']);
  expect(await team.pressOn(BEN, asked.message_id, data)).toMatchObject({
    text: 'Ben has done that already.',
  });
  expect(await record()).toMatchObject([{ begun: { by: { name: 'Ben' } } }]);
});

test('the way back of a rollout at hand stays; what runs for nobody is offered to be stopped after a release', {
  timeout: 120_000,
}, async () => {
  team = await assembleTeam(240, {
    cleaning: { keep: 1, olderThan: 0 },
    checklist: [],
    steps: [{ traffic: 1000, watch: 0 }],
  });
  await clone('idle', { manualScaling: { instances: 1 } });
  await team.send(ADA, '/deploy');
  await team.press(ADA, 'The folder');
  const question = await team.waitFor(/what shall the new version be called\?$/);
  await team.send(ADA, 'v2', question.message_id);
  await team.press(ADA, 'Start');
  await team.waitFor(/v2 from 0 % to 100 %\?/);
  await team.press(BEN, 'Promote to 100 %');
  await team.waitFor(/default: stop 1 version without traffic\?\n▫️ idle/);
  await team.press(BEN, 'Stop this version');
  await team.waitFor(/default: 1 of 1 version stopped, on Ben’s word\.\n✅ idle/);
  expect(await versions()).toMatchObject({ idle: 'STOPPED', v1: 'SERVING', v2: 'SERVING' });

  await team.send(BEN, '/versions clean default');
  const asked = await team.waitFor(/default: delete 1 of 3 versions\?/);
  expect(asked.text).toMatch(/▫️ idle/);
  expect(asked.text).toMatch(/Stays, though it is old: v1, the way back from v2\./);
});

test('a cleaning that was begun is ended by the next process', { timeout: 120_000 }, async () => {
  team = await assembleTeam(60, RULES);
  for (const id of ['a1', 'a2', 'a3']) await clone(id);
  await team.send(ADA, '/versions clean');
  await team.waitFor(/default: delete 1 of 4 versions\?|default: delete 2 of 4 versions\?/);
  await team.press(BEN, 'Delete th');
  await team.restartBot();
  await team.waitFor(/default: (\d) of \1 versions? deleted, on Ben’s word\./);
  expect(Object.keys(await versions())).not.toContain('a1');
});
