import type { Context } from 'grammy';
import type { Command } from '../rollout/commands.ts';
import { itemId } from '../rollout/state.ts';
import type { Talk } from './context.ts';
import type { Waiver } from './dialogue.ts';
import { html, mention } from './html.ts';

/** Asks one person which item of a section does not apply, and why. */
export async function askWaiver(
  talk: Talk,
  ctx: Context,
  { section }: Waiver,
  mark: (command: Command) => Promise<string>,
): Promise<void> {
  const asked = html`${mention(ctx.from)}: which item does not apply, and why? Reply with its number and the reason, such as <code>3 We trade no gold.</code>`;
  await ctx.reply(asked.text, { parse_mode: 'HTML', reply_markup: { force_reply: true, selective: true } });
  for (;;) {
    const reply = await talk.waitFor('message:text', { next: true });
    const [, number, reason] = /^\s*(\d+)[.:)]?\s+(\S.*)$/s.exec(reply.message.text) ?? [];
    if (!number || !reason) {
      await reply.reply('Please begin with the number of the item, then the reason. /cancel ends this.');
      continue;
    }
    const items = [itemId(section, Number(number) - 1)];
    const said = await talk.external(() =>
      mark({ type: 'mark', items, mark: { kind: 'not-applicable', reason } }),
    );
    await reply.reply(said);
    return;
  }
}
