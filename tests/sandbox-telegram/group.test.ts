import { InlineKeyboard } from 'grammy';
import { expect, test } from 'vitest';
import { ADA, BEN, botAt, CYD, GROUP, polling, seen, telegram } from './support.ts';

test('a command in the group is answered, and another person presses the button', async () => {
  const server = await telegram();
  const bot = botAt(server.url);
  const heard: string[] = [];
  bot.command('deploy', (ctx) =>
    ctx.reply(`<b>${ctx.from?.first_name}</b> asks`, {
      parse_mode: 'HTML',
      reply_markup: new InlineKeyboard()
        .text('Approve', 'ap/1/y')
        .success()
        .text('Refuse', 'ap/1/n')
        .danger(),
    }),
  );
  bot.callbackQuery(/^ap\//, async (ctx) => {
    heard.push(`${ctx.from.id} ${ctx.callbackQuery.data}`);
    await ctx.answerCallbackQuery({ text: 'Thanks', show_alert: true });
    await ctx.editMessageText(`Approved by ${ctx.from.first_name}`);
  });
  await polling(bot);

  await server.send(ADA, '/deploy');
  const question = await seen(server, (message) => message.text === 'Ada asks');
  expect(question.entities).toEqual([{ type: 'bold', offset: 0, length: 3 }]);
  expect(question.reply_markup?.inline_keyboard?.[0]).toEqual([
    { text: 'Approve', callback_data: 'ap/1/y', style: 'success' },
    { text: 'Refuse', callback_data: 'ap/1/n', style: 'danger' },
  ]);

  const pressed = await server.press(BEN, question.message_id, 'approve');
  expect(pressed).toEqual({ ok: true, answered: true, text: 'Thanks', show_alert: true });
  expect(heard).toEqual([`${BEN} ap/1/y`]);
  const after = await seen(server, (message) => message.text === 'Approved by Ben');
  expect(after.message_id).toBe(question.message_id);
  expect(after.edit_date).toBeTypeOf('number');
  expect(after.reply_markup).toBeUndefined();
});

test('privacy mode: the bot hears its commands, replies to it and mentions, and nothing else of the group', async () => {
  const server = await telegram();
  const bot = botAt(server.url);
  const heard: string[] = [];
  bot.on('message', (ctx) => {
    heard.push(ctx.message.text ?? '');
  });
  await bot.api.sendMessage(GROUP, 'What is the reason?');
  const [question] = await server.messages();
  await polling(bot);

  await server.send(ADA, 'just talk');
  await server.send(ADA, 'later /deploy in the middle');
  await server.send(BEN, '/deploy@other_bot');
  await server.send(BEN, '/deploy@Sluice_Bot v2');
  await server.send(CYD, 'a reason', { reply_to: question?.message_id });
  await server.send(CYD, 'hey @sluice_bot, are you there');
  await server.send(CYD, 'hey @sluice_bots');
  await server.send(ADA, '/last');
  await expect.poll(() => heard.at(-1)).toBe('/last');
  expect(heard).toEqual(['/deploy@Sluice_Bot v2', 'a reason', 'hey @sluice_bot, are you there', '/last']);
});

test('an administrator hears everything that is said in the group', async () => {
  const identity = { id: 7_000_000_001, firstName: 'Sluice', username: 'sluice_bot', admin: true };
  const server = await telegram({ bot: identity });
  const bot = botAt(server.url);
  const heard: string[] = [];
  bot.on('message', (ctx) => {
    heard.push(ctx.message.text ?? '');
  });
  await polling(bot);

  await server.send(ADA, 'just talk');
  await expect.poll(() => heard).toEqual(['just talk']);
  const admins = await bot.api.getChatAdministrators(GROUP);
  expect(admins.map((admin) => [admin.user.id, admin.status])).toEqual([
    [ADA, 'creator'],
    [identity.id, 'administrator'],
  ]);
});

test('a private chat is heard in full, and the bot cannot begin one', async () => {
  const server = await telegram();
  const bot = botAt(server.url);
  const refused = await server.call('sendMessage', { chat_id: ADA, text: 'hello' });
  expect(refused).toMatchObject({
    error_code: 403,
    description: "Forbidden: bot can't initiate conversation with a user",
  });
  bot.on('message', (ctx) => ctx.reply(`you said ${ctx.message.text}`));
  await polling(bot);
  await server.send(ADA, 'hello', { chat_id: ADA });
  await expect.poll(async () => (await server.messages(0, ADA)).at(-1)?.text).toBe('you said hello');
  expect(await server.messages()).toEqual([]);
});
