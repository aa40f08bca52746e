import { expect, test } from 'vitest';
import { ADA, BEN, botAt, GROUP, polling, telegram, temporaryFolder, thrown } from './support.ts';

const MOVED = -1_009_876_543_210;

type Server = Awaited<ReturnType<typeof telegram>>;

/** A bot that remembers every update that it gets. */
async function listening(server: Server) {
  const heard: Record<string, unknown>[] = [];
  const bot = botAt(server.url);
  bot.use((ctx) => {
    heard.push({ ...ctx.update });
  });
  await polling(bot);
  return heard;
}

test('a group that became a supergroup answers under its new number only, also after a restart', async () => {
  const dataDir = temporaryFolder();
  const server = await telegram({ dataDir });
  const { api } = botAt(server.url);
  const sent = await api.sendMessage(GROUP, 'one');
  expect(await server.post('/_control/migrate', { to: MOVED })).toEqual({ ok: true });
  expect(await api.getUpdates()).toMatchObject([
    { message: { chat: { id: GROUP }, migrate_to_chat_id: MOVED } },
    { message: { chat: { id: MOVED }, migrate_from_chat_id: GROUP, message_id: 1 } },
  ]);
  const gone = { error_code: 400, parameters: { migrate_to_chat_id: MOVED } };
  expect(await thrown(api.sendMessage(GROUP, 'two'))).toMatchObject(gone);
  expect(await thrown(api.editMessageText(GROUP, sent.message_id, 'two'))).toMatchObject(gone);
  expect(await server.send(ADA, 'hello')).toMatchObject({ ok: false });
  await server.close();

  const again = await telegram({ dataDir });
  expect((await botAt(again.url).api.sendMessage(MOVED, 'three')).chat.id).toBe(MOVED);
  expect((await again.messages(0, MOVED)).map(({ text }) => text)).toEqual([undefined, 'three']);
});

test('a closed topic takes nothing; a deleted one is gone with its messages', async () => {
  const server = await telegram();
  const { api } = botAt(server.url);
  await server.send(ADA, 'about v2', { message_thread_id: 7 });
  const inTopic = { message_thread_id: 7 };
  const sent = await api.sendMessage(GROUP, 'the card', inTopic);
  await server.post('/_control/topic', { thread: 7, is: 'closed' });
  expect(await thrown(api.sendMessage(GROUP, 'x', inTopic))).toMatchObject({
    description: 'Bad Request: TOPIC_CLOSED',
  });
  await server.post('/_control/topic', { thread: 7, is: 'open' });
  await api.sendMessage(GROUP, 'y', inTopic);
  await server.post('/_control/topic', { thread: 7, is: 'deleted' });
  expect(await server.messages()).toEqual([]);
  const gone = { description: 'Bad Request: message thread not found' };
  expect(await thrown(api.sendMessage(GROUP, 'z', inTopic))).toMatchObject(gone);
  expect(await thrown(api.editMessageText(GROUP, sent.message_id, 'z'))).toMatchObject({
    description: 'Bad Request: message to edit not found',
  });
  expect(await server.post('/_control/topic', { thread: 99, is: 'closed' })).toMatchObject({ ok: false });
});

test('a bot that was thrown out or muted is told so, may not write, and hears nothing while it is out', async () => {
  const server = await telegram({ bot: { id: 123456, firstName: 'S', username: 'sluice_bot', admin: true } });
  const { api } = botAt(server.url);
  const heard = await listening(server);
  await server.post('/_control/membership', { status: 'kicked' });
  const refused = await thrown(api.sendMessage(GROUP, 'x'));
  expect(refused).toMatchObject({
    error_code: 403,
    description: 'Forbidden: bot was kicked from the supergroup chat',
  });
  await server.send(ADA, 'Are you there?');
  await server.post('/_control/membership', { status: 'restricted' });
  const muted = await thrown(api.sendMessage(GROUP, 'x'));
  expect(muted).toMatchObject({ error_code: 400, description: expect.stringMatching(/not enough rights/) });
  await server.post('/_control/membership', { status: 'member' });
  await api.sendMessage(GROUP, 'back');
  await expect
    .poll(
      () =>
        heard.map(
          ({ my_chat_member: change }) =>
            (change as { new_chat_member: { status: string } } | undefined)?.new_chat_member.status,
        ),
      { timeout: 10_000 },
    )
    .toEqual(['kicked', 'restricted', 'member']);
});

test('whoever does not write in their own name comes as Telegram shows them', async () => {
  const server = await telegram();
  const heard = await listening(server);
  await server.send(ADA, '/a', { as: 'group' });
  await server.send(ADA, '/b', { as: 'channel' });
  await server.send(ADA, '/c', { as: 'linked-channel' });
  await server.send(BEN, '/d', { forwarded: true });
  const written = await server.send(BEN, '/e');
  await server.post('/_user/edit', {
    chat_id: GROUP,
    user_id: BEN,
    message_id: written.message.message_id,
    text: '/f',
  });
  await expect.poll(() => heard.length, { timeout: 10_000 }).toBe(6);
  expect(heard).toMatchObject([
    {
      message: { from: { id: 1_087_968_824, is_bot: true }, sender_chat: { id: GROUP, type: 'supergroup' } },
    },
    { message: { from: { id: 136_817_688 }, sender_chat: { type: 'channel' } } },
    { message: { from: { id: 777_000 }, sender_chat: { type: 'channel' }, is_automatic_forward: true } },
    { message: { from: { id: BEN }, forward_origin: { type: 'hidden_user' } } },
    { message: { text: '/e' } },
    { edited_message: { text: '/f', from: { id: BEN } } },
  ]);
});

test('updates that nobody here could cause are handed out too, unless their kind was not asked for', async () => {
  const server = await telegram();
  await server.call('getUpdates', { timeout: 0, allowed_updates: ['message'] });
  const post = {
    channel_post: { message_id: 1, date: 0, chat: { id: -1, type: 'channel' }, text: '/deploy' },
  };
  await server.post('/_control/updates', [post]);
  expect(await server.call('getUpdates', { offset: 0 })).toMatchObject({ result: [] });
  await server.call('getUpdates', { timeout: 0, allowed_updates: ['channel_post'] });
  await server.post('/_control/updates', [post]);
  expect(await server.call('getUpdates', { offset: 1 })).toMatchObject({ result: [post] });
});
