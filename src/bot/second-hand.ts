import type { Composer } from 'grammy';
import type { BotContext } from './context.ts';
import type { Desk } from './desk.ts';
import { COMMANDS } from './menu.ts';
import { senderOf } from './people.ts';

/**
 * Turns away commands that somebody passed on: the words are another one's, and whoever taps "Forward" in the dark, or
 * lets another bot write for them, has not decided anything.
 */
export function refuseSecondHand(bot: Composer<BotContext>, desk: Pick<Desk, 'refused'>): void {
  const ours = ['claim', ...COMMANDS.map(({ command }) => command)];
  bot.filter(
    (ctx) => isPassedOn(ctx) && ctx.hasCommand(ours),
    async (ctx) => {
      desk.refused(senderOf(ctx), `a command passed on: ${ctx.msg?.text ?? ''}`);
      await ctx.reply('A forwarded command does nothing: please type it yourself.');
    },
  );
}

function isPassedOn({ message }: BotContext): boolean {
  return message?.forward_origin !== undefined || message?.via_bot !== undefined;
}
