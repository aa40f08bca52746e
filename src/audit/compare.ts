import type { Event } from '../rollout/events.ts';
import { type Line, sha256 } from './line.ts';

/** The facts of each rollout as the audit has them: digests of its events, the first at 0. */
export type Told = Map<string, string[]>;

/** Collects what a line tells of a journal. */
export function collect(told: Told, { record, rollout, revision, fact }: Line): void {
  if (record !== undefined || rollout === undefined || revision === undefined || fact === undefined) return;
  const facts = told.get(rollout) ?? [];
  told.set(rollout, facts);
  facts[revision - 1] = fact;
}

export interface Comparison {
  /** A sentence on the first journal that is not what the audit says. */
  readonly problem?: string;
  readonly compared: number;
  /** Rollouts whose journals are gone: they may be taken away. */
  readonly gone: number;
  /** Events that the audit has not been told of: the newest of a bot at work, or lines were cut off. */
  readonly untold: number;
}

/** Holds the journals of a data folder against what the audit has told of them. */
export async function compareJournals(
  told: Told,
  read: (rollout: string) => Promise<readonly Event[] | undefined>,
): Promise<Comparison> {
  let compared = 0;
  let gone = 0;
  let untold = 0;
  for (const [rollout, facts] of told) {
    const events = await read(rollout);
    if (!events) {
      gone++;
      continue;
    }
    const problem = sayDifference(rollout, facts, events);
    if (problem !== undefined) return { problem, compared, gone, untold };
    compared++;
    untold += events.length - facts.length;
  }
  return { compared, gone, untold };
}

function sayDifference(
  rollout: string,
  facts: readonly (string | undefined)[],
  events: readonly Event[],
): string | undefined {
  if (events.length < facts.length) {
    return `The journal of ${rollout} has ${events.length} events, and the audit has told of ${facts.length}: events were taken away.`;
  }
  const different = facts.findIndex((fact, i) => fact !== sha256(JSON.stringify(events[i])));
  if (different < 0) return undefined;
  return `Event ${different + 1} of the journal of ${rollout} is not what the audit was told then: it was changed.`;
}
