import { openGate, type Split } from '../plan/split.ts';
import type { Rollout } from './state.ts';

/** The split of a step: the new version's share, the old ones keeping their proportions. Step -1 is the base itself. */
export function targetSplit(rollout: Pick<Rollout, 'base' | 'terms' | 'version'>, step: number): Split {
  const { base, terms, version } = rollout;
  if (!base) throw new Error('The traffic split is not known before the backup.');
  const share = terms.steps[step]?.traffic;
  return share === undefined ? base : openGate(base, version, share, terms.shardBy);
}
