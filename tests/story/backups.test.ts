import { afterEach, expect, test } from 'vitest';
import { ADA, assembleTeam, BEN, liveSplit, type Team } from './team.ts';

let team: Team;
afterEach(() => team.close());

/** A release of its own to all of the traffic at once. @returns its id */
async function release(version: string): Promise<string> {
  await team.send(ADA, '/deploy');
  await team.press(ADA, 'The folder');
  const question = await team.waitFor(/what shall the new version be called\?$/);
  await team.send(ADA, version, question.message_id);
  await team.press(ADA, 'Start');
  await team.waitFor(new RegExp(`${version} from 0 % to 100 %\\?`));
  await team.press(BEN, 'Promote to 100 %');
  await team.waitFor(new RegExp(`default: ${version} is done`));
  const card = await team.waitFor(new RegExp(`^default · ${version}`));
  return / · ([a-z0-9]{8})$/m.exec(card.text ?? '')?.[1] ?? '';
}

test('an earlier backup is compared and brought back by an approver, unless a rollout can do it itself', {
  timeout: 150_000,
}, async () => {
  team = await assembleTeam(240, { checklist: [], steps: [{ traffic: 1000, watch: 0 }] });
  const first = await release('v2');
  await team.send(BEN, `/backups restore ${first}`);
  await team.waitFor(/The rollout of v2 is still at hand: \/rollback default/);

  await release('v3');
  await team.send(BEN, '/backups');
  await team.waitFor(new RegExp(`default before v2 · ${first}`));
  await team.send(BEN, `/backups restore ${first}`);
  await team.waitFor(/Traffic: v3 100 % now, v1 100 % then\.\nCron jobs: as they were/);
  expect(await team.press(ADA, 'Traffic to v1')).toMatchObject({
    show_alert: true,
    text: 'Bringing a backup back takes the role approver.',
  });
  expect(await liveSplit(team)).toEqual({ v3: 1 });
  await team.press(BEN, 'Traffic to v1');
  await team.waitFor(/Ben brought this back\.\n✅ Traffic: v1 100 %/);
  expect(await liveSplit(team)).toEqual({ v1: 1 });

  // What was out before is no longer looked after.
  await team.send(BEN, '/status');
  await team.waitFor(/No rollout so far/);
  await team.send(BEN, '/backups restore nosuchid');
  await team.waitFor(/There is no backup of a rollout nosuchid/);
});
