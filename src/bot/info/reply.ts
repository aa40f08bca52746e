import type { Who } from '../../rollout/draft.ts';
import type { View } from '../buttons.ts';
import type { TeamRole } from '../team/history.ts';

/** What a command is answered with. */
export interface Reply {
  readonly view: View;
  /** The sender may not do this; that they tried goes on record. */
  readonly refused?: true;
  /** Looks at what takes longer than other people's taps may wait; its word, if any, is a message of its own. */
  readonly afterwards?: () => Promise<View | undefined>;
}

/** Somebody who sent a command, with the roles that they have now. */
export interface Sender extends Who {
  readonly roles: readonly TeamRole[];
}

/** Nothing where one of these roles is held; else the words that turn the sender away. */
export function lackOf(needed: readonly TeamRole[], sender: Sender): string | undefined {
  if (needed.some((role) => sender.roles.includes(role))) return undefined;
  const have = sender.roles.length > 0 ? sender.roles.join(' and ') : 'none';
  return `This takes the role ${needed.join(' or ')}; you have ${have}. Nothing was changed.`;
}
