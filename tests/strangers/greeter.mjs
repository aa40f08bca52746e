/* Somebody else's bot, which knows nothing of where it runs: its token and its API root come from the environment. */
import { Bot, InlineKeyboard } from 'grammy';

const bot = new Bot(process.env.TELEGRAM_BOT_TOKEN, {
  client: { apiRoot: process.env.TELEGRAM_API_ROOT },
});

bot.command('start', (ctx) =>
  ctx.reply(`Hello, ${ctx.from.first_name}. Shall I wave?`, {
    reply_markup: new InlineKeyboard().text('Wave', 'wave').success(),
  }),
);
bot.callbackQuery('wave', async (ctx) => {
  await ctx.answerCallbackQuery('Waving');
  await ctx.editMessageText(`👋 ${ctx.from.first_name}`);
});

process.once('SIGTERM', () => bot.stop());
await bot.start({ onStart: ({ username }) => process.stdout.write(`@${username} listens\n`) });
