import { isOver, type Rollout } from './state.ts';

/**
 * Who is releasing to a service right now, and how that ends; undefined when nobody is.
 * @param rollouts those of one service.
 */
export function sayHolder(rollouts: readonly Rollout[]): string | undefined {
  const holder = rollouts.find(({ stage }) => !isOver(stage));
  return (
    holder &&
    `${holder.starter.name} is releasing ${holder.version} to ${holder.service} right now. /status shows where it stands; /cancel or /rollback ends it.`
  );
}
