import { type Chats, userOf } from '../chats.ts';
import { badRequest } from '../errors.ts';
import type { Ledger } from '../ledger.ts';
import type { User } from '../model.ts';
import { withReaction } from '../reactions.ts';
import type { StoredChat } from '../state.ts';
import { messageIn } from './edit.ts';
import type { Methods } from './table.ts';

/** A bot sets one reaction at most (core.telegram.org/bots/api#setmessagereaction); empty takes it away. */
function emojiOf(reaction: unknown): string {
  const list = reaction ?? [];
  if (!Array.isArray(list)) throw badRequest('expected an Array of ReactionType');
  if (list.length > 1) throw badRequest('REACTIONS_TOO_MANY');
  const [one] = list;
  if (one === undefined) return '';
  if (one?.type === 'emoji' && typeof one.emoji === 'string' && one.emoji !== '') return one.emoji;
  throw badRequest('the sandbox models reactions of type "emoji" only');
}

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
  function member(
    userId: number,
    isHere = true,
  ): {
    readonly status: string;
    readonly user: User;
    readonly is_anonymous?: false;
  } {
    if (userId === chats.bot.id)
      return { status: chats.botIsAdmin ? 'administrator' : 'member', user: chats.bot };
    const person = chats.person(userId);
    if (person === undefined) throw badRequest('user not found');
    if (!isHere) return { status: 'left', user: userOf(person) };
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
      const isHere = chats.isMember(chat, userId);
      if (chats.isGroup(chat)) return member(userId, isHere);
      if (!isHere) throw badRequest('user not found');
      return { ...member(userId), status: 'member' };
    },
    getChatAdministrators: (params) => {
      const chat = chats.forBot(params);
      if (!chats.isGroup(chat)) throw badRequest('there are no administrators in the private chat');
      const [owner] = chats.people;
      const admins = [...(owner ? [owner.id] : []), ...(chats.botIsAdmin ? [chats.bot.id] : [])];
      return admins.filter((id) => chats.isMember(chat, id)).map((id) => member(id));
    },
    getChatMemberCount: (params) => chats.count(chats.forBot(params)),
    leaveChat: (params) => {
      const chat = chats.forBot(params);
      if (!chats.isGroup(chat)) throw badRequest("chat member status can't be changed in private chats");
      ledger.commit({ do: 'membership', status: 'left' });
      return true;
    },
    unpinAllChatMessages: (params) => {
      repin(chats.forBot(params), []);
      return true;
    },
    setMessageReaction: (params) => {
      const chat = chats.forBot(params);
      const message = messageIn(chat, params, 'react');
      const emoji = emojiOf(params.json('reaction'));
      ledger.commit({ do: 'put', chat: chat.id, message: withReaction(message, chats.bot.id, emoji) });
      return true;
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
