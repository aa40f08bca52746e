import type { Context } from 'grammy';
import type { CareCommand } from '../../rollout/care-commands.ts';
import type { Who } from '../../rollout/draft.ts';
import type { Talk } from '../context.ts';
import { type Html, html, mention, shorten } from '../html.ts';
import type { CarePress } from './press.ts';

/** Somebody who has more to say than a button can. */
export interface CareNote {
  readonly press: CarePress;
  /** The task, the criterion or the step, in the plan's words. */
  readonly about: string;
  readonly by: Who;
}

/** What of a task, a criterion or a step is asked in words. */
const ABOUT = 200;

/**
 * Asks one person for the words, and has done what they go with.
 * @param act with the roles that the person has by then. @returns a sentence
 */
export async function askCareNote(
  talk: Talk,
  ctx: Context,
  note: CareNote,
  act: (rollout: string, command: CareCommand, by: Who) => Promise<string>,
): Promise<void> {
  const message = ctx.callbackQuery?.message;
  await ctx.reply(question(note, ctx).text, {
    parse_mode: 'HTML',
    reply_markup: { force_reply: true, selective: true, input_field_placeholder: 'For the record' },
    ...(message && {
      reply_parameters: { message_id: message.message_id, allow_sending_without_reply: true },
    }),
  });
  for (;;) {
    const reply = await talk.waitFor('message:text', { next: true });
    const command = commandOf(note.press, reply.message.text);
    if (!command) {
      await reply.reply('Please begin with yes or no, then say why. /cancel ends this.');
      continue;
    }
    const by = { ...note.by, update: reply.update.update_id };
    const said = await talk.external(() => act(note.press.rollout, command, by));
    await reply.reply(said);
    return;
  }
}

function question({ press, about }: CareNote, ctx: Context): Html {
  const what = shorten(about, ABOUT);
  return press.kind === 'criterion'
    ? html`${mention(ctx.from)}: is it met, and why? “${what}” Begin your reply with yes or no, such as <code>no, half of them came late</code>. /cancel ends this.`
    : html`${mention(ctx.from)}: “${what}” is done; what is to be noted of it? Reply to this message. /cancel ends this.`;
}

/** What a press with words asks for; undefined where the words do not say it. */
export function commandOf(press: CarePress, words: string): CareCommand | undefined {
  const text = words.trim();
  switch (press.kind) {
    case 'task': {
      const { round, due, task } = press;
      return { type: 'task', round, due, task, answer: 'done', note: text };
    }
    case 'criterion': {
      const [, yes, why] = /^(yes|no)\b[\s,.:;!–—-]*(.*)$/is.exec(text) ?? [];
      if (!yes) return undefined;
      const met = yes.toLowerCase() === 'yes';
      return { type: 'criterion', criterion: press.criterion, met, ...(why && { note: why }) };
    }
    case 'follow-up':
      return { type: 'follow-up', step: press.step, act: 'done', note: text };
  }
}
