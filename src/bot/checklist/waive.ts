import type { Context } from 'grammy';
import { itemId } from '../../rollout/checklist.ts';
import type { Command } from '../../rollout/commands.ts';
import type { Talk } from '../context.ts';
import type { Remark } from '../dialogue.ts';
import { html, mention } from '../html.ts';

/** Asks one person which item of a section does not apply, and why. */
export async function askWaiver(
  talk: Talk,
  ctx: Context,
  { section }: Remark,
  act: (command: Command, update: number) => Promise<string>,
): Promise<void> {
  const asked = html`${mention(ctx.from)}: which item does not apply, and why? Reply with its number and the reason, such as <code>3 We trade no gold.</code>`;
  await ctx.reply(asked.text, { parse_mode: 'HTML', reply_markup: { force_reply: true, selective: true } });
  for (;;) {
    const reply = await talk.waitFor('message:text', { next: true });
    const { number, rest: reason } = splitNumber(reply.message.text);
    if (!number || !reason) {
      await reply.reply('Please begin with the number of the item, then the reason. /cancel ends this.');
      continue;
    }
    const items = [itemId(section, number - 1)];
    const said = await talk.external(() =>
      act({ type: 'mark', items, mark: { kind: 'not-applicable', reason } }, reply.update.update_id),
    );
    await reply.reply(said);
    return;
  }
}

/** "3. We trade no gold." as 3 and the rest; without a number that stands alone, the whole text is the rest. */
export function splitNumber(text: string): { readonly number?: number; readonly rest: string } {
  const [, number, rest = ''] = /^\s*(\d{1,3})(?:[.:)]?\s+(.*)|[.:)]?\s*)$/s.exec(text) ?? [];
  return number ? { number: Number(number), rest: rest.trim() } : { rest: text.trim() };
}
