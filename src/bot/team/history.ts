import type { Member, Role } from '../../plan/schema.ts';
import type { Who } from '../../rollout/draft.ts';

/** An admin manages the team and, by that alone, has no say in a rollout. */
export type TeamRole = Role | 'admin';

export const TEAM_ROLES: readonly TeamRole[] = ['operator', 'approver', 'admin'];

/** `roles` is what counts in a rollout; whoever is an admin besides is marked so. */
export interface TeamMember extends Member {
  readonly admin?: boolean;
}

export type TeamChange =
  /** A group became the team's chat, and whoever claimed it its first admin. */
  | { readonly type: 'claimed'; readonly chat: number }
  /** From here on this person has these roles and no others; none at all: out of the team. */
  | { readonly type: 'assigned'; readonly person: Who; readonly roles: readonly TeamRole[] }
  /** Telegram made a supergroup of the group, which has another number. */
  | { readonly type: 'moved'; readonly chat: number }
  | { readonly type: 'refused'; readonly attempt: string; readonly why: string };

/** One line of the team's record. */
export type TeamEvent = TeamChange & {
  readonly by: Who;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Telegram's number of the update that it came with: one that is delivered twice counts once. */
  readonly update: number;
};

/** The document `team`: every line ever written, oldest first. */
export interface TeamRecord {
  readonly schema: 1;
  readonly history: readonly TeamEvent[];
}

export interface TeamState {
  /** Absent until a group was claimed. */
  readonly chat?: number;
  readonly members: readonly TeamMember[];
}

export function foldTeam(history: readonly TeamEvent[]): TeamState {
  return history.reduce(evolve, { members: [] });
}

function evolve(state: TeamState, event: TeamEvent): TeamState {
  switch (event.type) {
    case 'claimed':
      return { chat: event.chat, members: withRoles(state.members, event.by, ['admin']) };
    case 'assigned':
      return { ...state, members: withRoles(state.members, event.person, event.roles) };
    case 'moved':
      return { ...state, chat: event.chat };
    case 'refused':
      return state;
  }
}

function withRoles(
  members: readonly TeamMember[],
  { id, name }: Who,
  given: readonly TeamRole[],
): readonly TeamMember[] {
  const roles = given.filter((role) => role !== 'admin');
  const member = { id, name, roles, ...(given.includes('admin') && { admin: true }) };
  const others = members.filter((one) => one.id !== id);
  return given.length === 0 ? others : [...others, member];
}

/** All roles of a person, in the words of `/team`. */
export function rolesOf(member: TeamMember | undefined): TeamRole[] {
  return member ? [...member.roles, ...(member.admin ? (['admin'] as const) : [])] : [];
}

/** "operator and approver", or "no role". */
export function sayRoles(roles: readonly TeamRole[]): string {
  return roles.length === 0 ? 'no role' : roles.join(' and ');
}
