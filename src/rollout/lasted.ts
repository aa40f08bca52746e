import { DAY } from '../plan/duration.ts';
import type { Rollout } from './state.ts';

/**
 * Whether a version turned out to be sound, as far as it can be known: it was let out wholly and not rolled back since,
 * for a day at least or until a newer release took over. "unknown" while that may still change.
 */
export function lasted({ stage, closed, endedAt = 0 }: Rollout, now: number): boolean | 'unknown' {
  if (stage.at === 'done') return closed || now >= endedAt + DAY || 'unknown';
  return stage.at === 'rolled-back' || stage.at === 'cancelled' ? false : 'unknown';
}
