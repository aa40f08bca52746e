import type { Context } from 'grammy';
import { keyboard, parseData } from '../buttons.ts';
import type { Talk } from '../context.ts';
import { html, mention } from '../html.ts';
import { type Evidence, evidenceOf } from './evidence.ts';
import { splitNumber } from './waive.ts';

/** What the dialogue asks of the world. */
export interface NoteTaker {
  /** How many items the section has; 0 when the checklist is closed. */
  items(): number;
  /** @param update the number of the one that brought it. @returns a sentence. */
  note(number: number, evidence: Evidence, update: number): Promise<string>;
}

const ROW = 8;
/** Buttons of one message. */
const MOST = 96;

/** Asks one person for a note, a photo or a file, and for which item of the section it is. */
export async function askNote(talk: Talk, ctx: Context, taker: NoteTaker): Promise<void> {
  const items = await talk.external(() => taker.items());
  const example =
    items === 1
      ? html`Reply with it.`
      : html`Reply with it, the item’s number first: <code>3 Ran on four instruments.</code>`;
  const asked = html`${mention(ctx.from)}: your note, or a photo or file with a caption? ${example} /cancel ends this.`;
  await ctx.reply(asked.text, { parse_mode: 'HTML', reply_markup: { force_reply: true, selective: true } });
  for (;;) {
    const reply = await talk.waitFor('message', { next: true });
    const evidence = evidenceOf(reply.message);
    if (!evidence) {
      await reply.reply('Please reply with text, a photo or a file. /cancel ends this.');
      continue;
    }
    const { number, rest } = splitNumber(evidence.text);
    const named = number !== undefined && number >= 1 && number <= items;
    if (named && !rest && !evidence.file) {
      await reply.reply(`And what is to be noted of item ${number}?`);
      continue;
    }
    const of = named ? number : items === 1 ? 1 : await askItem(talk, reply, items);
    const said = named ? { ...evidence, text: rest } : evidence;
    await reply.reply(await talk.external(() => taker.note(of, said, reply.update.update_id)));
    return;
  }
}

async function askItem(talk: Talk, ctx: Context, items: number): Promise<number> {
  const numbers = Array.from({ length: Math.min(items, MOST) }, (_, i) => i + 1);
  const rows = numbers
    .filter((n) => n % ROW === 1)
    .map((first) =>
      numbers
        .slice(first - 1, first - 1 + ROW)
        .map((n) => ({ text: String(n), press: { kind: 'choose', option: String(n) } }) as const),
    );
  const question = await ctx.reply('For which item is it?', { reply_markup: keyboard(rows) });
  for (;;) {
    const update = await talk.wait();
    const typed = splitNumber(update.message?.text ?? '').number;
    if (typed !== undefined && typed >= 1 && typed <= items) return typed;
    const press = parseData(update.callbackQuery?.data ?? '');
    if (press?.kind !== 'choose' || update.callbackQuery?.message?.message_id !== question.message_id)
      continue;
    await update.answerCallbackQuery();
    await update.editMessageText(`For item ${press.option}.`);
    return Number(press.option);
  }
}
