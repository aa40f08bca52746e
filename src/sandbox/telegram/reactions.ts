import type { Reaction } from './model.ts';
import type { StoredMessage } from './state.ts';

/** What a user has reacted with: at most one emoji. */
export function reactionOf({ reactions }: StoredMessage, userId: number): Reaction[] {
  const emoji = reactions?.[userId];
  return emoji === undefined ? [] : [{ type: 'emoji', emoji }];
}

/** The message with a user's reaction, which takes the place of an earlier one; an empty one takes it away. */
export function withReaction(message: StoredMessage, userId: number, emoji: string): StoredMessage {
  const { reactions: old = {}, ...bare } = message;
  const { [userId]: _, ...others } = old;
  const reactions = emoji === '' ? others : { ...others, [userId]: emoji };
  return Object.keys(reactions).length === 0 ? bare : { ...bare, reactions };
}
