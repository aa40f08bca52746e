import { afterEach, expect, test, vi } from 'vitest';
import { ADA, BEN, botAt, GROUP, polling, telegram, temporaryFolder, thrown } from './support.ts';

afterEach(() => vi.useRealTimers());

/** The date stands still so much later, in this process, where the server is too: timers and connections go on. */
function later(ms: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + ms });
}

const toAda = { ephemeral_message_parameters: { receiver_user_id: ADA } };

test('a message to one person is seen by that person alone, between the messages around it, over a restart', async () => {
  const dataDir = temporaryFolder();
  const server = await telegram({ dataDir });
  const { api } = botAt(server.url);
  await api.sendMessage(GROUP, 'one');
  const sent = await api.sendMessage(GROUP, 'You may not do that.', toAda);
  await api.sendMessage(GROUP, 'Nor that.', toAda);
  const after = await api.sendMessage(GROUP, 'two');
  expect(sent).toMatchObject({ message_id: 0, ephemeral_message_id: 1, receiver_user: { id: ADA } });
  expect(after.message_id).toBe(2);
  await server.close();

  const again = await telegram({ dataDir });
  const seenBy = async (user: number) => {
    const path = `/_user/messages?chat_id=${GROUP}&user_id=${user}`;
    const { messages } = await again.get<{ messages: { text: string }[] }>(path);
    return messages.map(({ text }) => text);
  };
  expect(await seenBy(ADA)).toEqual(['one', 'You may not do that.', 'Nor that.', 'two']);
  expect(await seenBy(BEN)).toEqual(['one', 'two']);
  const fresh = await botAt(again.url).api.sendMessage(GROUP, 'third', toAda);
  expect(fresh.ephemeral_message_id).toBe(3);
});

test('it is changed and deleted by its own methods, never by those for all', async () => {
  const server = await telegram();
  const { api } = botAt(server.url);
  const { ephemeral_message_id: id = 0 } = await api.sendMessage(GROUP, 'one', toAda);
  const it = { chat_id: GROUP, receiver_user_id: ADA, ephemeral_message_id: id };
  const keyboard = { inline_keyboard: [[{ text: 'Yes', callback_data: 'yes' }]] };
  expect(await api.raw.editEphemeralMessageText({ ...it, text: 'two', reply_markup: keyboard })).toBe(true);
  expect(await api.raw.editEphemeralMessageReplyMarkup(it)).toBe(true);
  expect(await server.messages()).toMatchObject([{ text: 'two', ephemeral_message_id: id }]);
  expect((await server.messages())[0]).not.toHaveProperty('reply_markup');
  expect(await thrown(api.raw.editEphemeralMessageReplyMarkup(it))).toMatchObject({
    description: expect.stringContaining('message is not modified'),
  });
  const missing = { description: 'Bad Request: message to edit not found' };
  expect(await thrown(api.editMessageText(GROUP, 0, 'three'))).toMatchObject(missing);
  const others = { ...it, receiver_user_id: BEN, text: 'three' };
  expect(await thrown(api.raw.editEphemeralMessageText(others))).toMatchObject(missing);
  expect(await api.raw.deleteEphemeralMessage(it)).toBe(true);
  expect(await thrown(api.raw.deleteEphemeralMessage(it))).toMatchObject({
    description: 'Bad Request: message to delete not found',
  });
  expect(await server.messages()).toEqual([]);
});

test('its buttons are there for its receiver only, and the press names it', async () => {
  const server = await telegram();
  const bot = botAt(server.url);
  const heard: unknown[] = [];
  bot.callbackQuery('yes', async (ctx) => {
    const { message_id, ephemeral_message_id } = ctx.callbackQuery.message ?? {};
    heard.push([ctx.from.id, message_id, ephemeral_message_id]);
    await ctx.answerCallbackQuery('well');
  });
  await polling(bot);
  const reply_markup = { inline_keyboard: [[{ text: 'Yes', callback_data: 'yes' }]] };
  await bot.api.sendMessage(GROUP, 'Sure?', { ...toAda, reply_markup });
  const [{ message_id } = { message_id: 0 }] = await server.messages();
  expect(await server.press(BEN, message_id, 'Yes')).toMatchObject({
    ok: false,
    description: expect.stringContaining('Ben does not see'),
  });
  expect(await server.press(ADA, message_id, 'Yes')).toMatchObject({ answered: true, text: 'well' });
  expect(heard).toEqual([[ADA, 0, 1]]);
});

test('an ephemeral command reaches the bot alone, and is answered within 15 seconds to its sender alone', async () => {
  const server = await telegram();
  const { api } = botAt(server.url);
  await api.setMyCommands([{ command: 'whisper', description: 'speaks softly', is_ephemeral: true }]);
  later(0);
  await server.send(BEN, '/whisper now');
  await server.send(BEN, '/shout');
  const [whisper, shout] = await api.getUpdates();
  expect(whisper?.message).toMatchObject({ message_id: 0, ephemeral_message_id: 1, from: { id: BEN } });
  expect(shout?.message).toMatchObject({ message_id: 1, text: '/shout' });
  const reply_parameters = { ephemeral_message_id: 1 };
  const aloud = await server.call('sendMessage', { chat_id: GROUP, text: 'what?', reply_parameters });
  expect(aloud.description).toBe('Bad Request: a reply to an ephemeral message must be an ephemeral message');
  const softly = { ephemeral_message_parameters: { receiver_user_id: BEN }, reply_parameters };
  const answer = await server.call('sendMessage', { chat_id: GROUP, text: 'yes?', ...softly });
  expect(answer.result).toMatchObject({
    ephemeral_message_id: 2,
    reply_to_message: { text: '/whisper now' },
  });
  later(16_000);
  const late = await server.call('sendMessage', { chat_id: GROUP, text: 'hm', ...softly });
  expect(late.description).toBe('Bad Request: message to be replied not found');
});

test('what it cannot be is refused', async () => {
  const server = await telegram();
  await server.send(ADA, '/start', { chat_id: ADA });
  const send = async (parameters: object, chat_id = GROUP) => {
    const ephemeral_message_parameters = { receiver_user_id: ADA, ...parameters };
    const answer = await server.call('sendMessage', { chat_id, text: 'x', ephemeral_message_parameters });
    return answer.description;
  };
  expect(await send({}, ADA)).toBe('Bad Request: ephemeral messages can be sent to groups only');
  expect(await send({ receiver_user_id: 99 })).toBe('Bad Request: user not found');
  expect(await send({ callback_query_id: '4711' })).toBe(
    'Bad Request: query is too old and response timeout expired or query ID is invalid',
  );
  expect(await send({ callback_query_id: '4711', replace_callback_query_message: true })).toContain(
    'this sandbox does not model',
  );
});

test('a press is answered within 15 seconds, or never', async () => {
  const server = await telegram();
  const bot = botAt(server.url);
  const reply_markup = { inline_keyboard: [[{ text: 'Yes', callback_data: 'yes' }]] };
  const { message_id } = await bot.api.sendMessage(GROUP, 'Sure?', { reply_markup });
  later(0);
  const pressed = server.press(ADA, message_id, 'Yes');
  const [update] = await bot.api.getUpdates({ timeout: 30 });
  const id = update?.callback_query?.id ?? '';
  later(16_000);
  expect(await thrown(bot.api.answerCallbackQuery(id, { text: 'late' }))).toMatchObject({
    description: 'Bad Request: query is too old and response timeout expired or query ID is invalid',
  });
  later(-2_000);
  expect(await bot.api.answerCallbackQuery(id, { text: 'in time' })).toBe(true);
  expect(await pressed).toMatchObject({ ok: true });
});
