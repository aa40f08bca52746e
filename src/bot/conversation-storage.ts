import type { ConversationData, ConversationStorage, VersionedState } from '@grammyjs/conversations';
import type { Store } from '../rollout/ports.ts';
import type { BotContext } from './context.ts';

/** Keeps dialogues in the store, one document for each person in each topic of each chat. */
export function conversationStorage(
  store: Store,
  version: string,
): ConversationStorage<BotContext, ConversationData> {
  const name = (key: string) => `dialogues/${key}`;
  return {
    type: 'key',
    version,
    getStorageKey: (ctx) => `${ctx.chatId}_${ctx.from?.id}_${ctx.msg?.message_thread_id ?? 0}`,
    adapter: {
      read: (key) => store.readDocument<VersionedState<ConversationData>>(name(key)),
      write: (key, state) => store.writeDocument(name(key), state),
      delete: (key) => store.removeDocument(name(key)),
    },
  };
}
