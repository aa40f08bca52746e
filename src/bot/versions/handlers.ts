import type { Api } from 'grammy';
import { type Actor, who } from '../../rollout/answers.ts';
import type { Chat } from '../../rollout/draft.ts';
import { isOver, type Rollout } from '../../rollout/state.ts';
import { keyboard, type View } from '../buttons.ts';
import type { BotContext } from '../context.ts';
import type { Desk } from '../desk.ts';
import type { Cleaner } from './cleaner.ts';
import type { CleanPress } from './press.ts';
import type { CleaningRules, Proposal } from './propose.ts';
import { cleanedView, nothingView, removalView, stopView } from './view.ts';

type Failed = Desk['failed'];

/** `/versions clean [SERVICE]`: what could go, each with its button. */
export async function showCleaning(
  ctx: BotContext & { readonly chatId: number },
  service: string | undefined,
  cleaner: Cleaner,
  rules: CleaningRules,
): Promise<void> {
  const topic = ctx.msg?.message_thread_id;
  const chat = { id: ctx.chatId, ...(topic && { topic }) };
  try {
    const proposals = await cleaner.propose(service);
    const views: View[] = [];
    for (const proposal of proposals) {
      if (proposal.remove.length > 0) views.push(await removal(proposal, chat, cleaner, rules));
      // What is to be deleted need not be stopped first.
      const stop = proposal.stop.filter((version) => !proposal.remove.includes(version));
      if (stop.length > 0) views.push(await stopping({ ...proposal, stop }, chat, cleaner));
    }
    for (const view of views.length > 0 ? views : [nothingView(proposals, rules)])
      await post(ctx.api, chat, view);
  } catch (error) {
    await ctx.reply((error as Error).message);
  }
}

async function removal(
  proposal: Proposal,
  chat: Chat,
  cleaner: Cleaner,
  rules: CleaningRules,
): Promise<View> {
  const versions = proposal.remove.map(({ id }) => id);
  const id = await cleaner.put({ service: proposal.service, what: 'delete', versions, chat });
  return removalView(id, proposal, rules);
}

async function stopping(proposal: Proposal, chat: Chat, cleaner: Cleaner): Promise<View> {
  const versions = proposal.stop.map(({ id }) => id);
  const id = await cleaner.put({ service: proposal.service, what: 'stop', versions, chat });
  return stopView(id, proposal);
}

/** Begins what a button says. It may take App Engine minutes, so what came of it is told in a message of its own. */
export async function handleCleanPress(
  ctx: BotContext,
  { cleaning: id }: CleanPress,
  actor: Actor,
  cleaner: Cleaner,
  desk: Pick<Desk, 'refused' | 'failed'>,
): Promise<void> {
  if (!actor.roles.includes('approver')) {
    desk.refused(actor, `clean versions away (${id})`);
    const text = 'Cleaning versions away takes the role approver.';
    await ctx.answerCallbackQuery({ text, show_alert: true });
    return;
  }
  const begun = await cleaner.begin(id, who(actor));
  if ('refused' in begun) {
    await ctx.answerCallbackQuery({ text: begun.refused, show_alert: true });
    return;
  }
  await ctx.answerCallbackQuery({ text: begun.what === 'delete' ? 'Deleting them.' : 'Stopping them.' });
  finish(id, begun.chat, cleaner, ctx.api, desk.failed);
  await ctx.editMessageReplyMarkup({ reply_markup: { inline_keyboard: [] } });
}

/** What a process that is gone had begun is brought to its end, and told. */
export async function resumeCleanings(cleaner: Cleaner, api: Api, failed: Failed): Promise<void> {
  for (const { id, chat } of await cleaner.unfinished()) finish(id, chat, cleaner, api, failed);
}

function finish(id: string, chat: Chat, cleaner: Cleaner, api: Api, failed: Failed): void {
  cleaner
    .carryOut(id)
    .then(
      (cleaning) => post(api, chat, cleanedView(cleaning)),
      (error: Error) => {
        failed('cleaning versions away', error);
      },
    )
    .catch((error) => failed('what came of a cleaning', error));
}

/** Offers to stop what a release has left running without traffic, once it is fully out. */
export function offerAfterRelease(cleaner: Cleaner, api: Api, failed: Failed): (rollout: Rollout) => void {
  const underWay = new Set<string>();
  return ({ id, service, stage, chat }) => {
    if (!isOver(stage)) underWay.add(id);
    else if (underWay.delete(id) && stage.at === 'done')
      offer(service, chat).catch((error) => failed('an offer to stop versions', error));
  };

  async function offer(service: string, chat: Chat): Promise<void> {
    for (const proposal of await cleaner.propose(service))
      if (proposal.stop.length > 0) await post(api, chat, await stopping(proposal, chat, cleaner));
  }
}

async function post(api: Api, { id, topic }: Chat, view: View): Promise<void> {
  await api.sendMessage(id, view.html, {
    parse_mode: 'HTML',
    ...(topic && { message_thread_id: topic }),
    ...(view.buttons && { reply_markup: keyboard(view.buttons) }),
  });
}
