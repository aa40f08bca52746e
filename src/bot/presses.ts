import type { Composer, NextFunction } from 'grammy';
import type { Act, Actor } from '../rollout/answers.ts';
import { itemId } from '../rollout/state.ts';
import { keyboard, type Press, parseData, rolloutOfGate } from './buttons.ts';
import type { BotContext } from './context.ts';
import type { Desk } from './desk.ts';
import { type Overruling, openDialogue } from './dialogue.ts';
import { checklistSection } from './views/checklist.ts';

/** Buttons stand above the dialogues: nobody's wizard may swallow another one's answer. */
export function handlePresses(bot: Composer<BotContext>, desk: Desk): void {
  bot.on('callback_query:data', async (ctx, next) => {
    const press = parseData(ctx.callbackQuery.data);
    if (!press)
      return void (await ctx.answerCallbackQuery({
        text: 'This button is not one of mine.',
        show_alert: true,
      }));
    if (press.kind === 'choose' || press.kind === 'turn') return next();
    const actor = desk.actor(ctx);
    if (!actor)
      return void (await ctx.answerCallbackQuery({ text: 'Only a person can answer.', show_alert: true }));
    await handlePress(ctx, next, desk, press, actor);
    // A tick is on record now; the walk may want to turn the page.
    if (press.kind === 'tick') await next();
  });
}

async function handlePress(
  ctx: BotContext,
  next: NextFunction,
  desk: Desk,
  press: Press,
  actor: Actor,
): Promise<void> {
  switch (press.kind) {
    case 'answer': {
      const { gate, revision, answer } = press;
      if (answer === 'overrule') return askForReason(ctx, next, desk, { gate, revision, actor });
      return reply(
        ctx,
        await desk.act(rolloutOfGate(gate), { type: 'answer', gate, revision, answer }, actor),
      );
    }
    case 'tick':
      return tick(ctx, desk, press, actor);
    case 'waive': {
      const { rollout, section } = press;
      if (desk.find(rollout)?.stage.at !== 'checklist') {
        return reply(ctx, { say: 'That checklist is closed.', refused: true });
      }
      await ctx.answerCallbackQuery();
      return openDialogue(ctx, next, { name: 'waive', argument: { rollout, section, actor } });
    }
    case 'roll-back': {
      const reason = `${actor.name} pressed “Roll back”.`;
      return reply(ctx, await desk.act(press.rollout, { type: 'roll-back', reason }, actor));
    }
    case 'ask-again':
      return reply(ctx, await desk.act(press.rollout, { type: 'ask-again' }, actor));
    case 'evidence': {
      const rollout = desk.find(press.rollout);
      if (!rollout) return reply(ctx, { say: 'That rollout is closed.', refused: true });
      await ctx.answerCallbackQuery({ text: 'Fetching the figures and the logs.' });
      return desk.showEvidence(rollout);
    }
    default:
      return undefined;
  }
}

async function reply(ctx: BotContext, act: Pick<Act, 'say' | 'refused'>): Promise<void> {
  await ctx.answerCallbackQuery({ text: act.say.slice(0, 200), show_alert: act.refused });
}

async function askForReason(
  ctx: BotContext,
  next: NextFunction,
  desk: Desk,
  overruling: Overruling,
): Promise<void> {
  // Weighed once without a reason: whoever may not overrule is told so before being asked why.
  const rollout = desk.find(rolloutOfGate(overruling.gate));
  const may =
    rollout && overruling.actor.roles.includes('approver') && overruling.actor.id !== rollout.starter.id;
  if (!may) {
    const act = await desk.overrule(overruling, '');
    return reply(ctx, act);
  }
  await ctx.answerCallbackQuery({ text: 'Please write down why.' });
  await openDialogue(ctx, next, { name: 'reason', argument: overruling });
}

async function tick(
  ctx: BotContext,
  desk: Desk,
  press: Extract<Press, { kind: 'tick' }>,
  actor: Actor,
): Promise<void> {
  const { section, item } = press;
  const before = desk.find(press.rollout);
  const part = before?.terms.checklist[section];
  if (!before || !part) return reply(ctx, { say: 'That checklist is closed.', refused: true });
  const ids = (item === 'all' ? part.items.map((_, i) => i) : [item]).map((i) => itemId(section, i));
  const mark = { kind: item === 'all' || !before.ticks[ids[0] ?? ''] ? 'done' : 'open' } as const;
  // "All" is for what is still open: what somebody found not to apply stays so.
  const items = item === 'all' ? ids.filter((id) => !before.ticks[id]) : ids;
  const act = await desk.act(press.rollout, { type: 'mark', items, mark }, actor);
  await reply(ctx, act);
  const after = desk.find(press.rollout);
  const view = after && checklistSection(after, section);
  if (view && act.facts.length > 0 && !act.refused) {
    await ctx.editMessageText(view.html, { parse_mode: 'HTML', reply_markup: keyboard(view.buttons) });
  }
}

/** Buttons of dialogues that are over, or somebody else's. */
export function handleLeftovers(bot: Composer<BotContext>): void {
  bot.on('callback_query:data', async (ctx) => {
    const press = parseData(ctx.callbackQuery.data);
    if (press?.kind === 'tick') return;
    const text =
      press?.kind === 'turn'
        ? 'Nobody walks you through this list any more. /checklist picks it up.'
        : 'This dialogue is over, or somebody else’s. /deploy starts your own.';
    await ctx.answerCallbackQuery({ text, show_alert: true });
  });
}
