import { type Chats, userOf } from './chats.ts';
import { badRequest } from './errors.ts';
import type { User } from './model.ts';
import type { Params } from './params.ts';
import { type Presses, TOO_OLD } from './presses.ts';
import type { StoredChat, StoredMessage } from './state.ts';

/** Real milliseconds within which an ephemeral message may be replied to (core.telegram.org/bots/api#replyparameters). */
const REPLY_WITHIN = 15_000;
/** So many ephemeral messages find their place between two others. */
const BETWEEN = 1_000_000;

/**
 * Whom a send means with `ephemeral_message_parameters`; `undefined` when it is for all.
 * @throws ApiError outside of groups, for somebody who is not there, and for a press that is too old.
 */
export function ephemeralOf(
  chat: StoredChat,
  params: Params,
  chats: Chats,
  presses: Presses,
): User | undefined {
  const value = params.json('ephemeral_message_parameters', 'ephemeral message parameters');
  if (value === undefined) return undefined;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw badRequest('object expected as ephemeral message parameters');
  }
  const {
    receiver_user_id: receiver,
    callback_query_id: press,
    replace_callback_query_message: replaces,
  } = value as Record<string, unknown>;
  if (replaces === true) {
    throw badRequest('this sandbox does not model the parameter "replace_callback_query_message"');
  }
  if (!chats.isGroup(chat)) throw badRequest('ephemeral messages can be sent to groups only');
  if (press !== undefined && !presses.isOpen(String(press))) throw badRequest(TOO_OLD);
  return receiverOf(chat, receiver, chats);
}

/** @throws ApiError for somebody who is not in the chat. */
function receiverOf(chat: StoredChat, id: unknown, chats: Chats): User {
  const person = chats.person(Number(id));
  if (person === undefined || !chats.isMember(chat, person.id)) throw badRequest('user not found');
  return userOf(person);
}

/** Where a new message to one person stands. */
export function newEphemeral(chat: StoredChat, receiver: User): Pick<StoredMessage, 'id' | 'ephemeral'> {
  const id = Math.max(0, ...chat.ephemerals.keys()) + 1;
  return { id: chat.lastId + id / BETWEEN, ephemeral: { id, receiver, at: Date.now() } };
}

/**
 * The message that `reply_parameters.ephemeral_message_id` means, as the chat keeps it.
 * @throws ApiError when it is not there, or too old, or would be answered for all to see.
 */
export function repliedEphemeral(chat: StoredChat, ephemeralId: unknown, isEphemeral: boolean): number {
  const id = chat.ephemerals.get(Number(ephemeralId));
  const at = id === undefined ? undefined : chat.messages.get(id)?.ephemeral?.at;
  if (id === undefined || at === undefined || Date.now() - at > REPLY_WITHIN) {
    throw badRequest('message to be replied not found');
  }
  if (!isEphemeral) throw badRequest('a reply to an ephemeral message must be an ephemeral message');
  return id;
}

/**
 * The message that an edit or a deletion means by `receiver_user_id` and `ephemeral_message_id`.
 * @param purpose ends the sentence of the refusal: "message to … not found".
 */
export function ephemeralIn(chat: StoredChat, params: Params, purpose: string): StoredMessage {
  const message = chat.messages.get(chat.ephemerals.get(params.int('ephemeral_message_id', 0)) ?? 0);
  if (message?.ephemeral?.receiver.id === params.int('receiver_user_id', 0)) return message;
  throw badRequest(`message to ${purpose} not found`);
}
