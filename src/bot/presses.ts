import type { Composer, NextFunction } from 'grammy';
import type { Actor } from '../rollout/answers.ts';
import { type Press, parseData, rolloutOfGate } from './buttons.ts';
import { handleCarePresses } from './care/presses.ts';
import { handleChecklistPress } from './checklist/presses.ts';
import type { BotContext } from './context.ts';
import type { Desk } from './desk.ts';
import { shorten } from './html.ts';
import { senderOf } from './people.ts';
import { plead, sayAct } from './plead.ts';
import { handleRestorePress } from './restore/handlers.ts';
import type { RestorePress } from './restore/press.ts';
import type { Restorer } from './restore/restorer.ts';
import type { Cleaner } from './versions/cleaner.ts';
import { handleCleanPress } from './versions/handlers.ts';
import type { CleanPress } from './versions/press.ts';

/** Buttons stand above the dialogues: nobody's wizard may swallow another one's answer. */
export function handlePresses(
  bot: Composer<BotContext>,
  desk: Desk,
  restorer: Restorer,
  cleaner: Cleaner,
): void {
  bot.on('callback_query:data', async (ctx, next) => {
    const press = parseData(ctx.callbackQuery.data);
    if (!press) return turnAway(ctx, desk, NOT_MINE);
    if (!desk.isHome(ctx.chatId)) return turnAway(ctx, desk, 'My buttons work in my team’s group only.');
    if (press.kind === 'choose') return next();
    const actor = desk.actor(ctx);
    if (!actor) return turnAway(ctx, desk, 'Only a person can answer.');
    if (press.kind === 'restore-traffic' || press.kind === 'restore-cron')
      return handleRestorePress(ctx, press, actor, restorer, desk);
    if (press.kind === 'clean') return handleCleanPress(ctx, press, actor, cleaner, desk);
    await handlePress(ctx, next, desk, press, actor);
  });
}

const NOT_MINE = 'This button is not one of mine.';

/** Nothing was looked up for this tap, so no journal has it. */
async function turnAway(ctx: BotContext, desk: Pick<Desk, 'refused'>, why: string): Promise<void> {
  desk.refused(
    senderOf(ctx),
    `tap '${shorten(ctx.callbackQuery?.data ?? '', 64)}' in chat ${ctx.chatId ?? 'unknown'}`,
  );
  await ctx.answerCallbackQuery({ text: why, show_alert: true });
}

/** Taps that carry no data, or come from no chat: a message that was sent by way of an inline query, or a game. */
export function handleForeignPresses(bot: Composer<BotContext>, desk: Pick<Desk, 'refused'>): void {
  bot.on('callback_query', (ctx) => turnAway(ctx, desk, NOT_MINE));
}

async function handlePress(
  ctx: BotContext,
  next: NextFunction,
  desk: Desk,
  press: Exclude<Press, { kind: 'choose' } | RestorePress | CleanPress>,
  actor: Actor,
): Promise<void> {
  switch (press.kind) {
    case 'answer': {
      const { gate, revision, answer } = press;
      if (answer === 'overrule') return overrule(ctx, next, desk, press, actor);
      const command = { type: 'answer', gate, revision, answer } as const;
      return sayAct(ctx, await desk.act(rolloutOfGate(gate), command, actor));
    }
    case 'roll-back': {
      const reason = `${actor.name} pressed “Roll back”.`;
      return sayAct(ctx, await desk.act(press.rollout, { type: 'roll-back', reason }, actor));
    }
    case 'ask-again':
      return sayAct(ctx, await desk.act(press.rollout, { type: 'ask-again' }, actor));
    case 'evidence':
      return showFigures(ctx, desk, press.rollout, actor);
    case 'tick':
    case 'run':
    case 'turn':
    case 'waive':
    case 'note':
    case 'close':
      return handleChecklistPress(ctx, next, desk, press, actor);
    case 'task':
    case 'criterion':
    case 'follow-up':
      return handleCarePresses(ctx, next, press, actor, desk);
  }
}

async function showFigures(ctx: BotContext, desk: Desk, id: string, actor: Actor): Promise<void> {
  const rollout = desk.find(id);
  if (!rollout)
    return sayAct(ctx, { say: 'That rollout is closed. /report has its figures.', refused: true });
  if (actor.roles.length === 0) {
    desk.refused(actor, `chart and logs of ${rollout.service}`);
    return sayAct(ctx, { say: 'Only people with a role in the team may ask for logs.', refused: true });
  }
  const { figuresAndLogs } = desk;
  if (!figuresAndLogs.take(actor.id)) {
    return sayAct(ctx, {
      say: 'They were sent just now, see below. More of them in a minute.',
      refused: true,
    });
  }
  await ctx.answerCallbackQuery({ text: 'Fetching the figures and the logs.' });
  await figuresAndLogs.send(rollout, actor, ctx.callbackQuery?.message?.message_id);
}

function overrule(
  ctx: BotContext,
  next: NextFunction,
  desk: Desk,
  { gate, revision }: Extract<Press, { kind: 'answer' }>,
  by: Actor,
): Promise<void> {
  const rollout = rolloutOfGate(gate);
  const topic = desk.find(rollout)?.gates.findLast((g) => g.id === gate)?.topic;
  const of =
    topic?.kind === 'stuck' && topic.effect === 'validate'
      ? 'validate'
      : topic?.kind === 'stuck'
        ? 'verify'
        : 'promote';
  return plead(ctx, next, desk, { kind: 'overrule', rollout, gate, revision, of, by });
}

/** Buttons of dialogues that are over, or somebody else's. */
export function handleLeftovers(bot: Composer<BotContext>): void {
  bot.on('callback_query:data', async (ctx) => {
    const text = 'This dialogue is over, or somebody else’s. /deploy starts your own.';
    await ctx.answerCallbackQuery({ text, show_alert: true });
  });
}
