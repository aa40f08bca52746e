import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { foldTeam, type TeamMember, type TeamState } from '../../bot/team/history.ts';
import { readTeamRecord } from '../../bot/team/team.ts';
import { openFileStore } from '../../store/file-store.ts';
import { type Examination, good, open, wrong } from './finding.ts';

/** People listed elsewhere than in the chat: by the plan, or by a sandbox in another process. */
export interface Listed {
  readonly by: 'the plan' | 'the sandbox';
  readonly people: readonly TeamMember[];
}

/**
 * @param needed how many must approve; undefined when the plan, which says so, cannot be read.
 * @returns the group that was claimed, if one was.
 */
export async function* examineTeam(
  dataDir: string,
  listed: Listed | undefined,
  needed: number | undefined,
  isLocal: boolean,
): Examination<number | undefined> {
  let kept: TeamState = { members: [] };
  try {
    // Opening a store makes its folders, so it is left alone where there is nothing to read.
    if (existsSync(join(dataDir, 'team.json')))
      kept = foldTeam((await readTeamRecord(openFileStore(dataDir))).history);
  } catch (error) {
    yield wrong('Team', (error as Error).message);
    return undefined;
  }
  if (needed === undefined) {
    yield open('Team', 'who is in it depends on the plan.');
    return kept.chat;
  }
  const members = listed?.people ?? kept.members;
  if (members.length === 0) {
    yield isLocal
      ? open('Team', 'nobody is listed; the local chat brings people of its own.')
      : wrong(
          'Team',
          'nobody is in it yet.',
          'Start Sluice, and send the /claim that it prints in the team’s group; or list people in the plan.',
        );
    return kept.chat;
  }
  yield sayTeam(members, needed, listed?.by ?? 'the chat');
  return kept.chat;
}

function sayTeam(members: readonly TeamMember[], needed: number, by: string) {
  const have = (role: 'operator' | 'approver') => members.filter(({ roles }) => roles.includes(role)).length;
  const says = `${by} lists ${members.length}: operators ${have('operator')}, approvers ${have('approver')}.`;
  if (have('operator') > 0 && have('approver') >= needed) return good('Team', says);
  const todo =
    by === 'the chat'
      ? 'In the group, an admin replies to somebody’s message with /team operator or /team approver.'
      : 'List more people under people in the plan.';
  return wrong('Team', `${says} A release needs an operator and ${needed} to approve.`, todo);
}
