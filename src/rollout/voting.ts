import type { Role } from '../plan/schema.ts';
import type { Who } from './draft.ts';
import type { Fact } from './events.ts';
import type { Gate, Rollout, Vote } from './state.ts';

/** The roles that a person has at this moment; none for whoever is not in the team. */
export type RolesOf = (person: number) => readonly Role[];

/** What is left of a question's votes, and how many are asked for. */
export interface Tally {
  /** Votes of those who may still vote. */
  readonly standing: readonly Vote[];
  /** Votes of those who have lost the role since: they count no more. */
  readonly lapsed: readonly Vote[];
  readonly needed: number;
}

/** Counts with the roles of this moment, so that whoever was taken from the approvers lets nothing out any more. */
export function tally({ terms }: Rollout, { votes }: Gate, rolesOf: RolesOf): Tally {
  const counts = ({ by }: Vote) => rolesOf(by.id).includes('approver');
  return {
    standing: votes.filter(counts),
    lapsed: votes.filter((vote) => !counts(vote)),
    needed: terms.approval.needed,
  };
}

/** Whoever began a rollout is not among its approvers where two persons are asked for. */
export function isKeptOut({ terms, starter }: Rollout, person: number): boolean {
  return terms.approval.twoPerson && person === starter.id;
}

/** Whether one more yes of this person would not be enough. */
export function needsOthers(rollout: Rollout, { standing, needed }: Tally, person: number): boolean {
  const others = standing.filter((vote) => vote.by.id !== person).length;
  return isKeptOut(rollout, person) || others + 1 < needed;
}

/** What goes on record about votes that count no more. */
export function lapses(gate: Gate, { lapsed }: Tally): Fact[] {
  return lapsed.map(({ by }) => ({
    type: 'vote-withdrawn',
    gate: gate.id,
    by,
    why: `${by.name} is no longer an approver`,
  }));
}

/** A person's own vote on a question that is not settled yet. */
export function voteOf({ votes }: Gate, { id }: Pick<Who, 'id'>): Vote | undefined {
  return votes.find((vote) => vote.by.id === id);
}
