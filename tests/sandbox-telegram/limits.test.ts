import { expect, test } from 'vitest';
import { ADA, BEN, botAt, CYD, GROUP, polling, seen, TOKEN, telegram } from './support.ts';

const button = (fields: object) => ({ inline_keyboard: [[{ text: 'x', ...fields }]] });
const choice = (data: string) => ({ inline_keyboard: [[{ text: 'x', callback_data: data }]] });
const sending = (fields: object) => ({ chat_id: GROUP, text: 'x', ...fields });

test.each([
  ['text is empty', { text: '' }, 'Bad Request: message text is empty'],
  ['text is blank', { text: ' \n\u200b ' }, 'Bad Request: text must be non-empty'],
  [
    'nothing is left of the HTML',
    { text: '<b> </b>', parse_mode: 'HTML' },
    'Bad Request: text must be non-empty',
  ],
  ['text of 4,097 characters', { text: '🚀'.repeat(4097) }, 'Bad Request: message is too long'],
  ['no chat', { chat_id: '' }, 'Bad Request: chat_id is empty'],
  ['another chat', { chat_id: -5 }, 'Bad Request: chat not found'],
  ['an unknown topic', { message_thread_id: 77 }, 'Bad Request: message thread not found'],
  [
    'a reply to nothing',
    { reply_parameters: { message_id: 999 } },
    'Bad Request: message to be replied not found',
  ],
  [
    'data of 65 bytes',
    { reply_markup: button({ callback_data: 'ü'.repeat(33) }) },
    'Bad Request: BUTTON_DATA_INVALID',
  ],
  [
    'a button that does nothing',
    { reply_markup: button({}) },
    "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
  ],
  [
    'a field the sandbox does not model',
    { reply_markup: button({ callback_data: 'x', web_app: {} }) },
    'the sandbox does not model the field "web_app"',
  ],
  [
    'a style there is not',
    { reply_markup: button({ callback_data: 'x', style: 'red' }) },
    'invalid button style specified',
  ],
  [
    'a link to localhost',
    { reply_markup: button({ url: 'http://localhost/' }) },
    "Bad Request: inline keyboard button URL 'http://localhost/' is invalid: Wrong HTTP URL",
  ],
  [
    'a text to copy of 257 characters',
    { reply_markup: button({ copy_text: { text: 'x'.repeat(257) } }) },
    'Bad Request: BUTTON_COPY_TEXT_INVALID',
  ],
  [
    'a button without text',
    { reply_markup: { inline_keyboard: [[{ text: '', callback_data: 'x' }]] } },
    'Bad Request: inline keyboard button text must be non-empty',
  ],
  [
    'a parameter that is not modelled',
    { message_effect_id: '5104841245755180586' },
    'does not model the parameter',
  ],
  ['a reply keyboard', { reply_markup: { keyboard: [['x']] } }, 'reply keyboards are not modelled'],
  [
    'a markup that is not JSON',
    { reply_markup: '{' },
    "Bad Request: can't parse reply keyboard markup JSON object",
  ],
])('sendMessage refuses: %s', async (_, fields, description) => {
  const server = await telegram();
  const answer = await server.call('sendMessage', sending(fields));
  expect(answer.ok).toBe(false);
  expect(answer.error_code).toBe(400);
  expect(answer.description).toContain(description);
  expect(await server.messages()).toEqual([]);
});

test('what is just within the limits is taken', async () => {
  const server = await telegram();
  const { api } = botAt(server.url);
  const long = await api.sendMessage(GROUP, `<b>${'🚀'.repeat(4096)}</b>`, {
    parse_mode: 'HTML',
  });
  expect(long.entities).toEqual([{ type: 'bold', offset: 0, length: 8192 }]);
  const markup = button({ callback_data: 'ü'.repeat(32), style: 'primary' });
  const sent = await server.call('sendMessage', sending({ reply_markup: markup }));
  expect(sent.result).toMatchObject({ reply_markup: markup });
  // Some libraries send fields of their own, which Telegram passes over.
  const own = await server.call(
    'sendMessage',
    sending({ reply_markup: button({ url: 'https://t.me', hide: false }) }),
  );
  expect(own.result).toMatchObject({ reply_markup: button({ url: 'https://t.me/' }) });
  const copy = button({ copy_text: { text: 'x'.repeat(256) } });
  expect((await server.call('sendMessage', sending({ reply_markup: copy }))).ok).toBe(true);
});

test("an edit follows Telegram's rules, in its words", async () => {
  const server = await telegram();
  const { api } = botAt(server.url);
  const markup = choice('a');
  const { message_id: id } = await api.sendMessage(GROUP, '<b>one</b>', {
    parse_mode: 'HTML',
    reply_markup: markup,
  });
  const edit = async (fields: object, method = 'editMessageText') => {
    const answer = await server.call(method, { chat_id: GROUP, message_id: id, ...fields });
    return answer.description ?? 'done';
  };
  expect(await edit({ text: '<b>one</b>', parse_mode: 'HTML', reply_markup: markup })).toBe(
    'Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a ' +
      'current content and reply markup of the message',
  );
  expect(await edit({ text: 'one', reply_markup: markup })).toBe('done');
  expect(await edit({ text: 'one' })).toBe('done');
  expect((await server.messages())[0]?.reply_markup).toBeUndefined();
  expect(await edit({ text: 'x'.repeat(4097) })).toBe('Bad Request: MESSAGE_TOO_LONG');
  expect(await edit({ text: 'two', message_id: 999 })).toBe('Bad Request: message to edit not found');
  expect(await edit({ caption: 'two' }, 'editMessageCaption')).toBe(
    'Bad Request: there is no caption in the message to edit',
  );
  expect(await edit({ text: 'two', reply_markup: { force_reply: true } })).toBe(
    'Bad Request: inline keyboard expected',
  );
  const { message } = await server.send(ADA, 'mine');
  expect(await edit({ text: 'two', message_id: message.message_id })).toBe(
    "Bad Request: message can't be edited",
  );
  const asked = await api.sendMessage(GROUP, 'why?', { reply_markup: { force_reply: true } });
  expect(await edit({ text: 'two', message_id: asked.message_id })).toBe(
    "Bad Request: message can't be edited",
  );
  // People are asked to reply; the bot's own copy shows no such keyboard.
  expect((await server.messages()).at(-1)?.reply_markup).toEqual({ force_reply: true });
  expect(asked).not.toHaveProperty('reply_markup');

  expect(await edit({}, 'deleteMessage')).toBe('done');
  expect(await edit({}, 'deleteMessage')).toBe('Bad Request: message to delete not found');
  expect(await edit({ text: 'two' })).toBe('Bad Request: message to edit not found');
  expect((await server.messages()).map(({ text }) => text)).toEqual(['mine', 'why?']);
});

test('a callback answer has at most 200 characters and a known query', async () => {
  const server = await telegram();
  const bot = botAt(server.url);
  const refused: string[] = [];
  bot.command('ask', (ctx) => ctx.reply('?', { reply_markup: choice('a') }));
  bot.on('callback_query', async (ctx) => {
    for (const [id, text] of [
      [ctx.callbackQuery.id, 'x'.repeat(201)],
      ['4711', 'x'],
    ] as const) {
      const { description } = await server.call('answerCallbackQuery', { callback_query_id: id, text });
      refused.push(description ?? 'done');
    }
    await ctx.answerCallbackQuery('x'.repeat(200));
  });
  await polling(bot);
  await server.send(ADA, '/ask');
  const question = await seen(server, ({ text }) => text === '?');
  expect((await server.press(BEN, question.message_id, 'x')).text).toHaveLength(200);
  expect(refused).toEqual([
    'Bad Request: MESSAGE_TOO_LONG',
    'Bad Request: query is too old and response timeout expired or query ID is invalid',
  ]);
});

test('a press on what is not there is refused with the buttons there are; made-up data goes through', async () => {
  const server = await telegram();
  const bot = botAt(server.url);
  bot.callbackQuery('forged', (ctx) =>
    ctx.answerCallbackQuery(`date ${ctx.callbackQuery.message?.date ? 'known' : 0}`),
  );
  await polling(bot);
  const sent = await bot.api.sendMessage(GROUP, '?', {
    reply_markup: {
      inline_keyboard: [
        [
          { text: 'Hold 15 min', callback_data: 'h' },
          { text: 'Hold on', callback_data: 'o' },
        ],
        [{ text: 'Docs', url: 'https://example.com' }],
      ],
    },
  });
  const id = sent.message_id;
  expect((await server.press(CYD, id, 'hold')).description).toContain('"Hold 15 min", "Hold on", "Docs"');
  expect((await server.press(CYD, id, 'Docs')).description).toContain('opens a link');
  expect((await server.press(CYD, 999, 'x')).description).toContain('no message 999');
  expect((await server.press(99, id, 'h')).description).toContain('no person 99');
  expect((await server.press(ADA, id, '', { chat_id: BEN })).description).toContain('Ada is not in chat');
  expect(await server.press(CYD, id, '', { data: 'forged' })).toMatchObject({
    answered: true,
    text: 'date known',
  });
  expect(await server.press(CYD, 999, '', { data: 'forged' })).toMatchObject({
    answered: true,
    text: 'date 0',
  });
});

test('an unknown method, a wrong token and a body that is no JSON fail loudly', async () => {
  const server = await telegram();
  expect(await server.call('sendDice', { chat_id: GROUP })).toEqual({
    ok: false,
    error_code: 404,
    description: 'Not Found: method not found',
  });
  expect(server.logged.join()).toContain('sendDice');
  const foreign = await fetch(`${server.url}/bot123456:other/getMe`);
  expect(foreign.status).toBe(401);
  expect(await foreign.json()).toEqual({ ok: false, error_code: 401, description: 'Unauthorized' });
  const torn = await fetch(`${server.url}/bot${TOKEN}/getMe`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{',
  });
  expect(torn.status).toBe(400);
  const form = await fetch(`${server.url}/bot${TOKEN}/SENDMESSAGE?chat_id=${GROUP}`, {
    method: 'POST',
    body: new URLSearchParams({ text: 'by form' }),
  });
  expect(await form.json()).toMatchObject({ ok: true, result: { text: 'by form' } });
});
