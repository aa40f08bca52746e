import type { Conversation, ConversationFlavor } from '@grammyjs/conversations';
import type { Context } from 'grammy';
import type { Dialogue } from './dialogue.ts';

/** What handlers get. */
export type BotContext = ConversationFlavor<Context> & {
  /** To be begun once the update has passed the dialogues that were open. */
  dialogue?: Dialogue;
  /** Whether this update has begun a dialogue that is open, before the process died. */
  hasBegun?: () => Promise<boolean>;
};

/** A conversation of ours: outside it the bot's context, inside it the plain one. */
export type Talk = Conversation<BotContext, Context>;
