import { expect, test } from 'vitest';
import { ADA, botAt, GROUP, polling, telegram } from './support.ts';

test('a disabled button is kept with its style, does nothing, and can be made to do something again', async () => {
  const server = await telegram();
  const bot = botAt(server.url);
  bot.callbackQuery('go', (ctx) => ctx.answerCallbackQuery('gone'));
  await polling(bot);
  const grey = { text: 'Approved by Ada', disabled: {}, style: 'success' as const };
  const { message_id: id } = await bot.api.sendMessage(GROUP, '?', {
    reply_markup: { inline_keyboard: [[grey]] },
  });
  expect((await server.messages())[0]?.reply_markup).toEqual({ inline_keyboard: [[grey]] });
  expect(await server.press(ADA, id, 'Approved by Ada')).toMatchObject({
    ok: false,
    description: expect.stringContaining('is disabled'),
  });
  await bot.api.editMessageReplyMarkup(GROUP, id, {
    reply_markup: { inline_keyboard: [[{ text: 'Go', callback_data: 'go' }]] },
  });
  expect(await server.press(ADA, id, 'Go')).toMatchObject({ answered: true, text: 'gone' });
});

test('an inline keyboard that asks for a reply goes on asking, whatever an edit says', async () => {
  const server = await telegram();
  const { api } = botAt(server.url);
  const keyboard = { inline_keyboard: [[{ text: 'No reason', callback_data: 'none' }]] };
  const asking = { ...keyboard, force_reply: true };
  const asked = await api.sendMessage(GROUP, 'Why?', { reply_markup: asking });
  expect(asked.reply_markup).toEqual(asking);
  await api.editMessageText(GROUP, asked.message_id, 'Why, Ada?', { reply_markup: keyboard });
  expect((await server.messages())[0]?.reply_markup).toEqual(asking);
  const silent = await api.sendMessage(GROUP, 'Well?', { reply_markup: keyboard });
  await api.editMessageText(GROUP, silent.message_id, 'Well, Ada?', { reply_markup: asking });
  expect((await server.messages()).at(-1)?.reply_markup).toEqual(keyboard);
});
