import type { Event } from '../rollout/events.ts';
import type { Questions } from './events.ts';
import type { Entry } from './line.ts';

/**
 * These bring a release further, or let somebody do so: they wait while the audit cannot be written. Whatever holds or
 * takes back never does.
 */
export function letsMoreOut(events: readonly Event[], questions: Questions): boolean {
  return events.some((event) => {
    if (event.type === 'started' || event.type === 'voted') return true;
    if (event.type !== 'settled' || event.outcome.kind !== 'answered') return false;
    const { answer } = event.outcome;
    return questions.get(event.gate)?.topic === 'promote' && answer !== 'no' && answer !== 'hold';
  });
}

/** Of the other records: what lifts a bar, gives somebody a say, or takes something away for good. */
const LOOSENING = new Set(['unfrozen', 'unlocked', 'claimed', 'assigned', 'cleaning-begun']);

/** The same of what other records have. */
export function loosens(entries: readonly Entry[]): boolean {
  return entries.some(({ act }) => LOOSENING.has(act));
}
