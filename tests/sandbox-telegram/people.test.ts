import { expect, test } from 'vitest';
import { ADA, BEN, botAt, CYD, GROUP, telegram, temporaryFolder, thrown } from './support.ts';

const ADMIN = { id: 123456, firstName: 'Sluice', username: 'sluice_bot', admin: true };
const KINDS = ['message', 'my_chat_member', 'chat_member', 'message_reaction'] as const;

test('whoever blocks the bot gets nothing, which it is told; whoever unblocks it does again', async () => {
  const dataDir = temporaryFolder();
  const server = await telegram({ dataDir });
  const { api } = botAt(server.url);
  await server.send(BEN, '/start', { chat_id: BEN });
  await server.post('/_control/person', { user_id: BEN, is: 'blocked' });
  await server.post('/_control/person', { user_id: CYD, is: 'blocked' });
  expect(await thrown(api.sendMessage(BEN, 'x'))).toMatchObject({
    error_code: 403,
    description: 'Forbidden: bot was blocked by the user',
  });
  expect((await server.send(BEN, 'x', { chat_id: BEN })).description).toContain('has blocked the bot');
  expect(await server.send(BEN, '/still in the group')).toMatchObject({ ok: true });
  await server.close();

  const again = await telegram({ dataDir });
  const after = botAt(again.url).api;
  expect(await thrown(after.sendMessage(BEN, 'x'))).toMatchObject({ error_code: 403 });
  await again.post('/_control/person', { user_id: BEN, is: 'there' });
  expect((await after.sendMessage(BEN, 'x')).chat.id).toBe(BEN);
  await again.post('/_control/person', { user_id: BEN, is: 'deactivated' });
  expect(await thrown(after.sendMessage(BEN, 'x'))).toMatchObject({
    description: 'Forbidden: user is deactivated',
  });
  const changes = (await after.getUpdates()).flatMap(({ my_chat_member: change }) =>
    change === undefined ? [] : [[change.chat.id, change.new_chat_member.status]],
  );
  expect(changes).toEqual([
    [BEN, 'kicked'],
    [BEN, 'member'],
    [BEN, 'kicked'],
  ]);
});

test('whoever left the group is no member; an administrator that has asked for it is told', async () => {
  const server = await telegram({ bot: ADMIN });
  const { api } = botAt(server.url);
  await server.post('/_control/person', { user_id: CYD, is: 'left' });
  expect(await api.getUpdates()).toEqual([]);
  // Another offset each time: the same one in quick succession is slowed down.
  await api.getUpdates({ offset: 1, allowed_updates: [...KINDS] });
  expect((await api.getChatMember(GROUP, CYD)).status).toBe('left');
  expect(await api.getChatMemberCount(GROUP)).toBe(3);
  expect((await server.send(CYD, 'hello')).description).toContain('Cyd is not in chat');
  await server.post('/_control/person', { user_id: CYD, is: 'there' });
  expect(await api.getUpdates({ offset: 2 })).toMatchObject([
    {
      chat_member: {
        chat: { id: GROUP },
        old_chat_member: { status: 'left', user: { id: CYD } },
        new_chat_member: { status: 'member' },
      },
    },
  ]);
  expect((await api.getChatMember(GROUP, CYD)).status).toBe('member');
  expect(await thrown(api.getChatMember(GROUP, 99))).toMatchObject({
    description: 'Bad Request: user not found',
  });
});

test('reactions reach an administrator that has asked for them, and a bot has one of its own', async () => {
  const server = await telegram({ bot: ADMIN });
  const { api } = botAt(server.url);
  const { message_id } = await api.sendMessage(GROUP, 'Done.');
  const react = (emoji: string) =>
    server.post('/_user/react', { chat_id: GROUP, user_id: ADA, message_id, emoji });
  await react('👍');
  expect(await api.getUpdates({ allowed_updates: [...KINDS] })).toEqual([]);
  await react('👀');
  await react('');
  const emoji = (one: string) => ({ type: 'emoji', emoji: one });
  expect((await api.getUpdates({ offset: 1 })).map(({ message_reaction: change }) => change)).toMatchObject([
    { user: { id: ADA }, message_id, old_reaction: [emoji('👍')], new_reaction: [emoji('👀')] },
    { old_reaction: [emoji('👀')], new_reaction: [] },
  ]);
  await api.setMessageReaction(GROUP, message_id, [{ type: 'emoji', emoji: '🎉' }]);
  expect(await server.messages()).toMatchObject([{ reactions: [{ user: { id: ADMIN.id }, emoji: '🎉' }] }]);
  await api.setMessageReaction(GROUP, message_id, []);
  expect((await server.messages())[0]).not.toHaveProperty('reactions');
  expect(await thrown(api.setMessageReaction(GROUP, 99, []))).toMatchObject({
    description: 'Bad Request: message to react not found',
  });
});

test('the narrowest list of commands is the one a person sees; administrators have their own', async () => {
  const server = await telegram();
  const { api } = botAt(server.url);
  const list = (command: string) => [{ command, description: 'x' }];
  await api.setMyCommands(list('all'));
  await api.setMyCommands(list('groups'), { scope: { type: 'all_group_chats' } });
  await api.setMyCommands(list('admins'), { scope: { type: 'all_chat_administrators' } });
  await api.setMyCommands(list('ben'), { scope: { type: 'chat_member', chat_id: GROUP, user_id: BEN } });
  const seenBy = async (user: number, chat = GROUP) => {
    const path = `/_user/commands?chat_id=${chat}&user_id=${user}`;
    return (await server.get<{ command: string }[]>(path)).map(({ command }) => command);
  };
  expect(await seenBy(ADA)).toEqual(['admins']);
  expect(await seenBy(BEN)).toEqual(['ben']);
  expect(await seenBy(CYD)).toEqual(['groups']);
  expect(await seenBy(CYD, CYD)).toEqual(['all']);
  await api.setMyCommands(list('here'), { scope: { type: 'chat', chat_id: GROUP } });
  expect([await seenBy(ADA), await seenBy(CYD)]).toEqual([['here'], ['here']]);
  await api.setMyCommands(list('owner'), { scope: { type: 'chat_administrators', chat_id: GROUP } });
  expect([await seenBy(ADA), await seenBy(CYD)]).toEqual([['owner'], ['here']]);
});

test('pins go one by one or all at once, and a bot may leave', async () => {
  const server = await telegram();
  const { api } = botAt(server.url);
  const one = await api.sendMessage(GROUP, 'one');
  const two = await api.sendMessage(GROUP, 'two');
  for (const { message_id } of [one, two]) await api.pinChatMessage(GROUP, message_id);
  expect((await api.getChat(GROUP)).pinned_message?.message_id).toBe(two.message_id);
  await api.unpinChatMessage(GROUP, two.message_id);
  expect((await api.getChat(GROUP)).pinned_message?.message_id).toBe(one.message_id);
  await api.unpinAllChatMessages(GROUP);
  expect(await api.getChat(GROUP)).not.toHaveProperty('pinned_message');
  await api.deleteMessages(GROUP, [one.message_id, 77, two.message_id]);
  expect((await server.messages()).map(({ text }) => text)).toEqual([undefined, undefined]);
  await api.leaveChat(GROUP);
  expect(await thrown(api.sendMessage(GROUP, 'x'))).toMatchObject({
    description: 'Forbidden: bot is not a member of the supergroup chat',
  });
});
