import { InputFile, type NextFunction } from 'grammy';
import { type Act, type Actor, who } from '../../rollout/answers.ts';
import { type CareCommand, weighCare } from '../../rollout/care-commands.ts';
import type { Rollout } from '../../rollout/state.ts';
import type { BotContext } from '../context.ts';
import { openDialogue } from '../dialogue.ts';
import { calendarFile } from './calendar-file.ts';
import { commandOf } from './note.ts';
import type { CarePress } from './press.ts';

/** What after-care's buttons turn to. */
export interface CareDesk {
  find(id: string): Rollout | undefined;
  act(id: string, command: CareCommand, actor: Actor): Promise<Pick<Act, 'say' | 'refused'>>;
}

/** A tap on one of after-care's buttons. Answers the callback query in any case. */
export async function handleCarePresses(
  ctx: BotContext,
  next: NextFunction,
  press: CarePress,
  actor: Actor,
  desk: CareDesk,
): Promise<void> {
  if (press.kind === 'follow-up' && press.act === 'calendar')
    return sendCalendarFile(ctx, press, actor, desk);
  const command = tapped(press);
  if (command) return reply(ctx, await desk.act(press.rollout, command, actor));

  // Whoever may not is told so before being asked for words.
  const rollout = desk.find(press.rollout);
  const trial = commandOf(press, 'yes');
  const may = rollout && trial && actor.roles.length > 0 && !weighCare(rollout, trial, actor).refused;
  if (!may) return trial && reply(ctx, await desk.act(press.rollout, trial, actor));
  await ctx.answerCallbackQuery({ text: 'Please write it down.' });
  const argument = { press, about: aboutOf(rollout, press), by: who(actor) };
  await openDialogue(ctx, next, { name: 'care-note', argument });
}

/** What a tap says by itself; undefined where words belong to it. */
function tapped(press: CarePress): CareCommand | undefined {
  switch (press.kind) {
    case 'task': {
      const { round, due, task, answer } = press;
      return answer === 'note' ? undefined : { type: 'task', round, due, task, answer };
    }
    case 'criterion': {
      const { criterion, answer } = press;
      return answer === 'note' ? undefined : { type: 'criterion', criterion, met: answer === 'met' };
    }
    case 'follow-up': {
      const { step, act } = press;
      return act === 'take' || act === 'done' ? { type: 'follow-up', step, act } : undefined;
    }
  }
}

function aboutOf({ terms }: Rollout, press: CarePress): string {
  switch (press.kind) {
    case 'task':
      return terms.afterCare.rounds[press.round]?.tasks[press.task] ?? '';
    case 'criterion':
      return terms.success.criteria[press.criterion]?.text ?? '';
    case 'follow-up':
      return terms.contingency[press.step]?.text ?? '';
  }
}

async function sendCalendarFile(
  ctx: BotContext,
  press: Extract<CarePress, { kind: 'follow-up' }>,
  actor: Actor,
  desk: CareDesk,
): Promise<void> {
  const rollout = desk.find(press.rollout);
  if (actor.roles.length === 0)
    return reply(ctx, { say: 'You are neither operator nor approver, so you get no file.', refused: true });
  const file = rollout && (await calendarFile(rollout, press.step));
  if (!file) return reply(ctx, { say: 'That rollout is closed, or it has no such step.', refused: true });
  await ctx.answerCallbackQuery({ text: 'Here it comes.' });
  const message = ctx.callbackQuery?.message;
  await ctx.replyWithDocument(new InputFile(file.bytes, file.name), {
    caption: 'Open it to put the date into your calendar.',
    ...(message && {
      reply_parameters: { message_id: message.message_id, allow_sending_without_reply: true },
    }),
  });
}

async function reply(ctx: BotContext, { say, refused }: Pick<Act, 'say' | 'refused'>): Promise<void> {
  await ctx.answerCallbackQuery({ text: say.slice(0, 200), show_alert: refused });
}
