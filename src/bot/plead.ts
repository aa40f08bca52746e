import type { NextFunction } from 'grammy';
import type { Act } from '../rollout/answers.ts';
import type { BotContext } from './context.ts';
import type { Desk } from './desk.ts';
import { openDialogue, type Plea } from './dialogue.ts';
import { shorten } from './html.ts';

/** Answers a press with what came of it. */
export async function sayAct(ctx: BotContext, act: Pick<Act, 'say' | 'refused'>): Promise<void> {
  await ctx.answerCallbackQuery({ text: shorten(act.say, 200), show_alert: act.refused });
}

/** Begins the dialogue for a reason; whoever may not, or need not give one, is told so before being asked why. */
export async function plead(ctx: BotContext, next: NextFunction, desk: Desk, plea: Plea): Promise<void> {
  const act = await desk.actUnlessWordsLack(plea);
  if (act) return sayAct(ctx, act);
  await ctx.answerCallbackQuery({ text: 'Please write down why.' });
  await openDialogue(ctx, next, { name: 'reason', argument: plea });
}
