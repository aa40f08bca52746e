import type { NextFunction } from 'grammy';
import type { Act } from '../rollout/answers.ts';
import type { BotContext } from './context.ts';
import type { Desk } from './desk.ts';
import { openDialogue, type Plea } from './dialogue.ts';
import { html, mention } from './html.ts';

/**
 * Answers a press with what came of it. One that waited longer than the phone did is answered in the chat where it came to
 * nothing; else the message itself says what it did.
 */
export async function sayAct(ctx: BotContext, act: Pick<Act, 'say' | 'refused'>): Promise<void> {
  const heard: boolean = await ctx.answerCallbackQuery({ text: act.say, show_alert: act.refused });
  if (heard || !act.refused || !ctx.chatId) return;
  const say = html`${mention(ctx.from)}, I got your tap late, and it did nothing: ${act.say}`;
  await ctx.reply(say.text, { parse_mode: 'HTML' });
}

/** Begins the dialogue for a reason; whoever may not, or need not give one, is told so before being asked why. */
export async function plead(ctx: BotContext, next: NextFunction, desk: Desk, plea: Plea): Promise<void> {
  const act = await desk.actUnlessWordsLack(plea);
  if (act) return sayAct(ctx, act);
  await ctx.answerCallbackQuery({ text: 'Please write down why.' });
  await openDialogue(ctx, next, { name: 'reason', argument: plea });
}
