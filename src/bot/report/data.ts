import type { Event } from '../../rollout/events.ts';
import { evolve } from '../../rollout/evolve.ts';
import type { Rollout } from '../../rollout/state.ts';

export type EventOf<T extends Event['type']> = Extract<Event, { type: T }>;

/** A journal as the parts of a report read it: what came of it, and each line. */
export interface ReportData {
  readonly rollout: Rollout;
  readonly events: readonly Event[];
}

/** @throws Error when the journal does not begin with the event that started the rollout. */
export function readData(events: readonly Event[]): ReportData {
  let rollout: Rollout | undefined;
  // A line of a kind that is not known here leaves the state as it is; the journal at the end shows it all the same.
  for (const event of events) rollout = evolve(rollout, event) ?? rollout;
  if (!rollout)
    throw new Error('A report takes a journal that begins with the start of a rollout, not an empty one.');
  return { rollout, events };
}

/** The lines of one kind, in their order. */
export function linesOf<T extends Event['type']>(
  { events }: Pick<ReportData, 'events'>,
  type: T,
): EventOf<T>[] {
  return events.filter((event): event is EventOf<T> => event.type === type);
}
