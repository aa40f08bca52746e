import type { Context } from 'grammy';
import type { Act } from '../rollout/answers.ts';
import type { Talk } from './context.ts';
import type { Overruling } from './dialogue.ts';
import { html, mention } from './html.ts';

/** Asks one person why the verdict is overruled, and gives the answer in with it. */
export async function askReason(
  talk: Talk,
  ctx: Context,
  overruling: Overruling,
  overrule: (overruling: Overruling, reason: string) => Promise<Pick<Act, 'say'>>,
): Promise<void> {
  const message = ctx.callbackQuery?.message;
  const asked = html`${mention(ctx.from)}: why is it right to go on against the verdict? Reply to this message.`;
  await ctx.reply(asked.text, {
    parse_mode: 'HTML',
    reply_markup: {
      force_reply: true,
      selective: true,
      input_field_placeholder: 'The reason, for the record',
    },
    ...(message && { reply_parameters: { message_id: message.message_id } }),
  });
  const reply = await talk.waitFor('message:text', { next: true });
  const reason = reply.message.text.trim();
  const said = await talk.external(async () => (await overrule(overruling, reason)).say);
  await reply.reply(said);
}
