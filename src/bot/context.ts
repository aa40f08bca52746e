import type { Conversation, ConversationFlavor } from '@grammyjs/conversations';
import type { Context } from 'grammy';

/** What handlers get. */
export type BotContext = ConversationFlavor<Context>;

/** A conversation of ours: outside it the bot's context, inside it the plain one. */
export type Talk = Conversation<BotContext, Context>;
