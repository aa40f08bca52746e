import { describeSplit } from '../../plan/split.ts';
import type { Actor } from '../../rollout/answers.ts';
import { keyboard, type View } from '../buttons.ts';
import type { BotContext } from '../context.ts';
import type { Desk } from '../desk.ts';
import { html } from '../html.ts';
import { digestOf, type RestorePress } from './press.ts';
import type { Restorer } from './restorer.ts';
import { comparisonView, restoredView } from './view.ts';

/** `/backups restore ID`: what would change, and the buttons that change it. */
export async function showRestoration(ctx: BotContext, id: string, restorer: Restorer): Promise<void> {
  const view = await restorer.compare(id).then(
    (found) => comparisonView(id, found),
    (error: Error): View => ({ html: html`${error.message}`.text }),
  );
  await ctx.reply(view.html, { parse_mode: 'HTML', reply_markup: keyboard(view.buttons) });
}

/**
 * Begins what a button says. It may take App Engine minutes, and other people's taps must not wait for that: what came of
 * it is told in a message of its own.
 */
export async function handleRestorePress(
  ctx: BotContext,
  press: RestorePress,
  actor: Actor,
  restorer: Restorer,
  desk: Pick<Desk, 'refused' | 'failed'>,
): Promise<void> {
  if (!actor.roles.includes('approver')) {
    desk.refused(actor, `bring back the backup ${press.rollout}`);
    const text = 'Bringing a backup back takes the role approver.';
    await ctx.answerCallbackQuery({ text, show_alert: true });
    return;
  }
  await ctx.answerCallbackQuery({ text: 'Bringing it back.' });
  // The buttons go first: a second tap must find nothing to press.
  await ctx.editMessageReplyMarkup({ reply_markup: { inline_keyboard: [] } });
  carryOut(press, actor, restorer)
    .catch((error: Error): View => ({ html: html`${error.message}`.text }))
    .then((view) =>
      ctx.reply(view.html, {
        parse_mode: 'HTML',
        ...(view.buttons && { reply_markup: keyboard(view.buttons) }),
      }),
    )
    .catch((error) => desk.failed('what came of a restoration', error));
}

async function carryOut(press: RestorePress, actor: Actor, restorer: Restorer): Promise<View> {
  const { rollout: id } = press;
  const found = await restorer.compare(id);
  const { service, traffic, kept } = found;
  if (press.kind === 'restore-cron') return restoredView(service, actor.name, await restorer.cron(id, actor));
  // The world has moved since the buttons were shown: what they said is no longer true.
  if (kept !== undefined || digestOf(traffic.live) !== press.seen) return comparisonView(id, found);
  const live = await restorer.traffic(id, traffic.live, actor);
  return restoredView(service, actor.name, [{ name: 'Traffic', ok: true, detail: describeSplit(live) }]);
}
