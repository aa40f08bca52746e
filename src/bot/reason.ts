import type { Context } from 'grammy';
import type { Command } from '../rollout/commands.ts';
import type { Talk } from './context.ts';
import type { Plea } from './dialogue.ts';
import { html, mention } from './html.ts';

/** Asks one person for the reason that a command takes, and gives the command in with it. */
export async function askReason(
  talk: Talk,
  ctx: Context,
  plea: Plea,
  act: (command: Command, update: number) => Promise<string>,
): Promise<void> {
  const message = ctx.callbackQuery?.message ?? ctx.message;
  const asked = html`${mention(ctx.from)}: ${questionOf(plea)} Reply to this message. /cancel ends this.`;
  await ctx.reply(asked.text, {
    parse_mode: 'HTML',
    reply_markup: {
      force_reply: true,
      selective: true,
      input_field_placeholder: 'The reason, for the record',
    },
    ...(message && {
      reply_parameters: { message_id: message.message_id, allow_sending_without_reply: true },
    }),
  });
  const reply = await talk.waitFor('message:text', { next: true });
  const reason = reply.message.text.trim();
  await reply.reply(await talk.external(() => act(commandOf(plea, reason), reply.update.update_id)));
}

function questionOf(plea: Plea): string {
  switch (plea.kind) {
    case 'overrule':
      return plea.of === 'promote'
        ? 'why is it right to go on against the verdict?'
        : 'why is it right to go on although checks failed?';
    case 'close-checklist':
      return `why is it right to go on with required items open (${plea.open.join(', ')})?`;
    case 'hold':
      return 'why is it put on hold?';
  }
}

/** The command that a plea stands for, with the reason that somebody wrote. */
export function commandOf(plea: Plea, reason: string): Command {
  switch (plea.kind) {
    case 'overrule': {
      const { gate, revision } = plea;
      return { type: 'answer', gate, revision, answer: 'overrule', reason };
    }
    case 'close-checklist':
      return { type: 'close-checklist', reason };
    case 'hold':
      return { type: 'hold', reason };
  }
}
