import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { foldTeam, type TeamMember, type TeamState } from '../../bot/team/history.ts';
import { readTeamRecord } from '../../bot/team/team.ts';
import { findGaps } from '../../plan/approvers.ts';
import type { Plan } from '../../plan/schema.ts';
import { openFileStore } from '../../store/file-store.ts';
import { type Examination, type Finding, good, open, wrong } from './finding.ts';

/** People listed elsewhere than in the chat: by the plan, or by a sandbox in another process. */
export interface Listed {
  readonly by: 'the plan' | 'the sandbox';
  readonly people: readonly TeamMember[];
}

/**
 * @param plan undefined when it cannot be read.
 * @returns the group that was claimed, if one was.
 */
export async function* examineTeam(
  dataDir: string,
  listed: Listed | undefined,
  plan: Plan | undefined,
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
  if (plan === undefined) {
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
  yield sayTeam(plan, members, listed?.by ?? 'the chat');
  return kept.chat;
}

function sayTeam(plan: Plan, people: readonly TeamMember[], by: string): Finding {
  const gaps = findGaps({ ...plan, people: [...people] });
  if (gaps.length === 0)
    return good('Team', `${by} lists ${people.length}, and they can carry a release out.`);
  const todo =
    by === 'the chat'
      ? 'In the group, an admin replies to somebody’s message with /team operator or /team approver.'
      : 'List more people under people in the plan.';
  return wrong('Team', gaps.join('\n'), todo);
}
