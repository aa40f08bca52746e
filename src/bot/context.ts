import type { Conversation, ConversationFlavor } from '@grammyjs/conversations';
import type { Context, NextFunction } from 'grammy';
import type { Overruling } from './reason.ts';
import type { WizardStart } from './wizard.ts';

/** A dialogue with one person, and what it is begun with. */
export type Dialogue =
  | { readonly name: 'deploy'; readonly argument: WizardStart }
  | { readonly name: 'checklist'; readonly argument: string }
  | { readonly name: 'reason'; readonly argument: Overruling };

/** What handlers get. */
export type BotContext = ConversationFlavor<Context> & {
  /** To be begun once the update has passed the dialogues that were open. */
  dialogue?: Dialogue;
};

/** A conversation of ours: outside it the bot's context, inside it the plain one. */
export type Talk = Conversation<BotContext, Context>;

/**
 * Leaves whatever this person was in and begins a dialogue. The handlers stand above the dialogues, where these cannot
 * be entered yet; so the wish travels down with the update.
 */
export async function openDialogue(ctx: BotContext, next: NextFunction, dialogue: Dialogue): Promise<void> {
  await ctx.conversation.exitAll();
  ctx.dialogue = dialogue;
  await next();
}
