import type { ConversationData, ConversationStorage, VersionedState } from '@grammyjs/conversations';
import type { Who } from '../rollout/draft.ts';
import type { Store } from '../rollout/ports.ts';
import type { BotContext } from './context.ts';

const nameOf = (key: string) => `dialogues/${key}`;
const keyOf = (ctx: BotContext) => `${ctx.chatId}_${ctx.from?.id}_${ctx.msg?.message_thread_id ?? 0}`;

/** Keeps dialogues in the store, one document for each person in each topic of each chat. */
export function conversationStorage(
  store: Store,
  version: string,
): ConversationStorage<BotContext, ConversationData> {
  return {
    type: 'key',
    version,
    getStorageKey: keyOf,
    adapter: {
      read: (key) => store.readDocument<VersionedState<ConversationData>>(nameOf(key)),
      write: (key, state) => store.writeDocument(nameOf(key), state),
      delete: (key) => store.removeDocument(nameOf(key)),
    },
  };
}

/**
 * Whether this very update has begun the dialogue that its sender is in. Telegram hands an update over again when the
 * process died before it said that it was through; its question stands in the chat by then, perhaps answered.
 */
export async function hasBegun(store: Store, ctx: BotContext): Promise<boolean> {
  const kept = await store.readDocument<VersionedState<ConversationData>>(nameOf(keyOf(ctx)));
  const open = Object.values(kept?.state ?? {}).flat();
  return open.some(({ args }) => {
    const [first] = JSON.parse(args ?? '[]') as readonly { readonly starter?: Who; readonly by?: Who }[];
    return (first?.starter ?? first?.by)?.update === ctx.update.update_id;
  });
}
