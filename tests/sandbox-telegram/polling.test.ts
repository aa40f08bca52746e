import { expect, test } from 'vitest';
import { ADA, BEN, botAt, GROUP, polling, seen, telegram, temporaryFolder, thrown } from './support.ts';

const OTHER_POLL =
  'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running';

test('a poll waits for an update, and an unconfirmed one comes again', async () => {
  const server = await telegram();
  const { api } = botAt(server.url);
  const waiting = api.getUpdates({ timeout: 30 });
  await server.send(ADA, '/one');
  await server.send(ADA, '/two');
  const [first] = await waiting;
  expect(first?.message).toMatchObject({
    text: '/one',
    from: { id: ADA, is_bot: false },
    chat: { id: GROUP, type: 'supergroup', title: 'Releases' },
    entities: [{ type: 'bot_command', offset: 0, length: 4 }],
  });
  const id = first?.update_id ?? 0;
  const again = await api.getUpdates({ offset: id });
  expect(again.map(({ message }) => message?.text)).toEqual(['/one', '/two']);
  expect(await api.getUpdates({ offset: id + 1, limit: 1 })).toMatchObject([{ update_id: id + 1 }]);
  expect((await api.getUpdates({ offset: id + 2, timeout: 0 })).length).toBe(0);
  await server.send(ADA, '/three');
  expect(await api.getUpdates({ offset: -1 })).toMatchObject([{ message: { text: '/three' } }]);
});

test('the older of two polls is ended with 409, the younger gets the update', async () => {
  const server = await telegram();
  const [old, young] = [botAt(server.url).api, botAt(server.url).api];
  const first = thrown(old.getUpdates({ timeout: 30 }));
  await expect.poll(() => server.get('/_control/calls')).toMatchObject({ calls: [{ method: 'getUpdates' }] });
  const second = young.getUpdates({ timeout: 30, offset: 1 });
  expect(await first).toMatchObject({ error_code: 409, description: OTHER_POLL });
  await server.send(ADA, '/go');
  expect(await second).toMatchObject([{ message: { text: '/go' } }]);
});

test('allowed_updates is remembered, by the calls that do not name it too', async () => {
  const server = await telegram();
  const { api } = botAt(server.url);
  await api.getUpdates({ allowed_updates: ['message'] });
  const sent = await api.sendMessage(GROUP, '?', {
    reply_markup: { inline_keyboard: [[{ text: 'Yes', callback_data: 'y' }]] },
  });
  expect(await server.press(BEN, sent.message_id, 'Yes')).toEqual({ ok: true, answered: false });
  await server.send(ADA, '/go');
  expect(await api.getUpdates({ offset: -10 })).toMatchObject([{ message: { text: '/go' } }]);
});

test('a server started anew knows the chat, the commands and the updates that nobody confirmed', async () => {
  const dataDir = temporaryFolder();
  const before = await telegram({ dataDir });
  const { api } = botAt(before.url);
  await api.setMyCommands([{ command: 'deploy', description: 'Start a rollout' }]);
  const kept = await api.sendMessage(GROUP, 'one', {
    reply_markup: { inline_keyboard: [[{ text: 'Yes', callback_data: 'y' }]] },
  });
  const dropped = await api.sendMessage(GROUP, 'two');
  await api.editMessageText(GROUP, kept.message_id, '<b>uno</b>', { parse_mode: 'HTML' });
  await api.deleteMessage(GROUP, dropped.message_id);
  await before.send(ADA, '/confirmed');
  await before.send(ADA, '/pending');
  const [confirmed] = await api.getUpdates();
  await api.getUpdates({ offset: (confirmed?.update_id ?? 0) + 1, limit: 1 });
  const shown = await before.messages();
  // Closing writes nothing: what is on disk now is what a killed server leaves.
  await before.close();

  const after = await telegram({ dataDir });
  expect(await after.messages()).toEqual(shown);
  expect(shown.map(({ text }) => text)).toEqual(['uno', '/confirmed', '/pending']);
  expect(await after.get(`/_user/commands?chat_id=${GROUP}`)).toEqual([
    { command: 'deploy', description: 'Start a rollout' },
  ]);
  const bot = botAt(after.url);
  const heard: string[] = [];
  bot.on('message', (ctx) => ctx.reply(`${ctx.update.update_id - (confirmed?.update_id ?? 0)}`));
  bot.use((ctx) => heard.push(ctx.message?.text ?? ''));
  await polling(bot);
  const answer = await seen(after, ({ text }) => text === '1');
  expect(answer.message_id).toBeGreaterThan(dropped.message_id + 2);
});

test('numbers that were given out are not given again, however often the journal is written anew', async () => {
  const dataDir = temporaryFolder();
  const before = await telegram({ dataDir });
  const { api } = botAt(before.url);
  await before.send(ADA, '/one', { message_thread_id: 7 });
  const gone = await api.sendMessage(GROUP, 'gone', { message_thread_id: 7 });
  const [update] = await api.getUpdates();
  const id = update?.update_id ?? 0;
  await api.getUpdates({ offset: id + 1, limit: 1 });
  await before.call('deleteMessage', { chat_id: GROUP, message_id: gone.message_id });
  await before.close();
  await (await telegram({ dataDir })).close();
  const after = await telegram({ dataDir });
  const next = await botAt(after.url).api.sendMessage(GROUP, 'next', { message_thread_id: 7 });
  expect(next.message_id).toBe(gone.message_id + 1);
  await after.send(ADA, '/two');
  expect(await botAt(after.url).api.getUpdates()).toMatchObject([{ update_id: id + 1 }]);
});

test('a torn last line is dropped, a damaged one is refused with its number', async () => {
  const { appendFileSync, readFileSync, writeFileSync } = await import('node:fs');
  const dataDir = temporaryFolder();
  const journal = `${dataDir}/chat.ndjson`;
  const before = await telegram({ dataDir });
  await before.send(ADA, 'kept');
  await before.close();
  appendFileSync(journal, '{"do":"put","chat":-100');
  const after = await telegram({ dataDir });
  expect((await after.messages()).map(({ text }) => text)).toEqual(['kept']);
  expect(after.logged.join()).toContain('ends in the middle of a line');
  await after.close();
  writeFileSync(journal, `${readFileSync(journal, 'utf8')}nonsense\n`);
  expect((await thrown(telegram({ dataDir }))).message).toMatch(/chat\.ndjson, line \d+: expected JSON/);
});

test('the same offset in quick succession is slowed down', async () => {
  const server = await telegram();
  const { api } = botAt(server.url);
  await api.getUpdates({ offset: 5, timeout: 0 });
  const second = api.getUpdates({ offset: 5, timeout: 0 });
  await server.send(ADA, '/go');
  // Answered at once, an empty queue would have given nothing.
  expect((await second).length).toBe(1);
});
