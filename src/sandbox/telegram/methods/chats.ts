import { type Chats, userOf } from '../chats.ts';
import { badRequest } from '../errors.ts';
import type { Ledger } from '../ledger.ts';
import type { User } from '../model.ts';
import type { StoredChat } from '../state.ts';
import { messageIn } from './edit.ts';
import type { Methods } from './table.ts';

/** What any member of a group may do by default (core.telegram.org/bots/api#chatpermissions); pinning included. */
const PERMISSIONS = {
  can_send_messages: true,
  can_send_photos: true,
  can_send_documents: true,
  can_add_web_page_previews: true,
  can_pin_messages: true,
  can_invite_users: true,
};

export function chatMethods(chats: Chats, ledger: Ledger): Methods {
  /** The first of the people owns the group. */
  function member(userId: number): {
    readonly status: string;
    readonly user: User;
    readonly is_anonymous?: false;
  } {
    if (userId === chats.bot.id)
      return { status: chats.botIsAdmin ? 'administrator' : 'member', user: chats.bot };
    const person = chats.person(userId);
    if (person === undefined) throw badRequest('user not found');
    if (person === chats.people[0]) return { status: 'creator', user: userOf(person), is_anonymous: false };
    return { status: 'member', user: userOf(person) };
  }

  function repin(chat: StoredChat, ids: readonly number[]): void {
    ledger.commit({ do: 'pins', chat: chat.id, ids });
  }

  return {
    getChat: (params) => {
      const chat = chats.forBot(params);
      const pinned = chat.messages.get(chat.pinned.at(-1) ?? 0);
      return {
        ...chats.describe(chat),
        accent_color_id: 0,
        max_reaction_count: 11,
        ...(chats.isGroup(chat) ? { permissions: PERMISSIONS } : {}),
        ...(pinned === undefined ? {} : { pinned_message: chats.render(chat, pinned, 'bot') }),
      };
    },
    getChatMember: (params) => {
      const chat = chats.forBot(params);
      const userId = params.int('user_id', 0);
      if (userId <= 0) throw badRequest('invalid user_id specified');
      if (!chats.isMember(chat, userId)) throw badRequest('user not found');
      return chats.isGroup(chat) ? member(userId) : { ...member(userId), status: 'member' };
    },
    getChatAdministrators: (params) => {
      const chat = chats.forBot(params);
      if (!chats.isGroup(chat)) throw badRequest('there are no administrators in the private chat');
      const [owner] = chats.people;
      const admins = [...(owner ? [owner.id] : []), ...(chats.botIsAdmin ? [chats.bot.id] : [])];
      return admins.map(member);
    },
    pinChatMessage: (params) => {
      const chat = chats.forBot(params);
      const { id } = messageIn(chat, params, 'pin');
      if (chat.pinned.at(-1) === id) return true;
      const content = { kind: 'pin' as const, messageId: id };
      const notice = { id: chat.lastId + 1, from: chats.bot, date: chats.now(), content };
      repin(chat, [...chat.pinned.filter((one) => one !== id), id]);
      ledger.commit({ do: 'put', chat: chat.id, message: notice });
      return true;
    },
    unpinChatMessage: (params) => {
      const chat = chats.forBot(params);
      const last = chat.pinned.at(-1);
      if (params.text('message_id') === '' && last === undefined)
        throw badRequest('message to unpin not found');
      const id = params.text('message_id') === '' ? last : messageIn(chat, params, 'unpin').id;
      repin(
        chat,
        chat.pinned.filter((one) => one !== id),
      );
      return true;
    },
  };
}
