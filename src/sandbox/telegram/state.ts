import type {
  BotCommand,
  ForceReply,
  FormattedText,
  InlineKeyboard,
  LinkPreviewOptions,
  Membership,
  RemoveKeyboard,
  SenderChat,
  Standing,
  Update,
  User,
} from './model.ts';
import type { RichMessage } from './rich/model.ts';

/** A file as it lies in the files folder, under its unique id. */
export interface StoredFile {
  readonly uniqueId: string;
  readonly kind: 'photo' | 'document';
  readonly name: string;
  readonly mime: string;
  /** Bytes. */
  readonly size: number;
  /** Pixels; 0 for a document. */
  readonly width: number;
  readonly height: number;
}

export type Content =
  | ({ readonly kind: 'text'; readonly preview?: LinkPreviewOptions } & FormattedText)
  | ({ readonly kind: 'photo' | 'document'; readonly file: string } & FormattedText)
  | { readonly kind: 'rich'; readonly rich: RichMessage }
  | { readonly kind: 'pin'; readonly messageId: number }
  /** A service message: the group goes on as `to`, or went on from `from`. */
  | { readonly kind: 'migration'; readonly to?: number; readonly from?: number };

/** What only one person, or the bot, sees of a group. */
export interface Ephemeral {
  /** `ephemeral_message_id`, counted for each chat. */
  readonly id: number;
  readonly receiver: User;
  /** Real milliseconds since the epoch. */
  readonly at: number;
}

/** A message as it is kept: no copies of other messages, no chat; `Chats` makes the Bot API's object of it. */
export interface StoredMessage {
  /** Whole; that of an ephemeral message is a fraction, which places it between those before and after it. */
  readonly id: number;
  readonly ephemeral?: Ephemeral;
  readonly from: User;
  /** Seconds since the epoch. */
  readonly date: number;
  readonly editDate?: number;
  readonly content: Content;
  readonly markup?: InlineKeyboard | ForceReply | RemoveKeyboard;
  readonly replyTo?: number;
  readonly thread?: number;
  readonly protected?: true;
  /** Emoji by user id: one of each. */
  readonly reactions?: Readonly<Record<string, string>>;
  /** A group or a channel speaks through its stand-in. */
  readonly sender?: SenderChat;
  /** Posted by Telegram itself, from the channel that the group discusses. */
  readonly automatic?: true;
  readonly forwarded?: true;
}

export interface StoredChat {
  readonly id: number;
  readonly messages: Map<number, StoredMessage>;
  /** The ephemeral ones' ids in `messages`, by `ephemeral_message_id`. */
  readonly ephemerals: Map<number, number>;
  /** The topics somebody has written in: `message_thread_id`s. */
  readonly topics: Set<number>;
  /** Those of them that take no messages for now. */
  readonly closed: Set<number>;
  /** Message ids, the one pinned last at the end. */
  pinned: readonly number[];
  lastId: number;
}

export interface PendingUpdate {
  readonly update: Update;
  /** Real milliseconds since the epoch. */
  readonly at: number;
}

export interface Webhook {
  readonly url: string;
  readonly secret?: string;
  readonly maxConnections: number;
}

export interface State {
  readonly chats: Map<number, StoredChat>;
  readonly files: Map<string, StoredFile>;
  /** By scope and language, see `methods/commands.ts`. */
  readonly commands: Map<string, readonly BotCommand[]>;
  /** In order of `update_id`. */
  readonly pending: PendingUpdate[];
  nextUpdateId: number;
  /** `undefined`: the default kinds. */
  allowedUpdates: readonly string[] | undefined;
  webhook: Webhook | undefined;
  /** Groups that go on under another number, by the old one. */
  readonly migrated: Map<number, number>;
  /** Those who do not simply stand there. */
  readonly standings: Map<number, Standing>;
  /** The bot's place in the group; `undefined`: as the options say. */
  membership: Membership | undefined;
}

/** One line of the journal. */
export type Mutation =
  | { readonly do: 'put'; readonly chat: number; readonly message: StoredMessage }
  | { readonly do: 'delete'; readonly chat: number; readonly id: number }
  | { readonly do: 'pins'; readonly chat: number; readonly ids: readonly number[] }
  | {
      readonly do: 'chat';
      readonly chat: number;
      readonly lastId: number;
      readonly topics: readonly number[];
    }
  | { readonly do: 'topic'; readonly chat: number; readonly thread: number; readonly is: TopicState }
  | { readonly do: 'migrate'; readonly from: number; readonly to: number }
  | { readonly do: 'membership'; readonly status: Membership }
  | { readonly do: 'standing'; readonly person: number; readonly is: Standing }
  | { readonly do: 'update'; readonly update: Update; readonly at: number }
  | { readonly do: 'confirm'; readonly ids: readonly number[] }
  | { readonly do: 'nextUpdate'; readonly id: number }
  | { readonly do: 'allow'; readonly kinds: readonly string[] | null }
  | { readonly do: 'webhook'; readonly webhook: Webhook | null }
  | { readonly do: 'commands'; readonly key: string; readonly commands: readonly BotCommand[] }
  | { readonly do: 'file'; readonly file: StoredFile };

/** Nothing is left of a deleted topic, its messages included. */
export type TopicState = 'open' | 'closed' | 'deleted';

export function emptyState(): State {
  return {
    chats: new Map(),
    files: new Map(),
    commands: new Map(),
    pending: [],
    nextUpdateId: 100_000_001,
    allowedUpdates: undefined,
    webhook: undefined,
    migrated: new Map(),
    standings: new Map(),
    membership: undefined,
  };
}

/** The chat's record, made when it is first asked for. */
export function chatRecord(state: State, id: number): StoredChat {
  let chat = state.chats.get(id);
  if (chat === undefined) {
    chat = {
      id,
      messages: new Map(),
      ephemerals: new Map(),
      topics: new Set(),
      closed: new Set(),
      pinned: [],
      lastId: 0,
    };
    state.chats.set(id, chat);
  }
  return chat;
}

export function apply(state: State, mutation: Mutation): void {
  switch (mutation.do) {
    case 'put': {
      const chat = chatRecord(state, mutation.chat);
      const { message } = mutation;
      chat.messages.set(message.id, message);
      if (message.ephemeral !== undefined) chat.ephemerals.set(message.ephemeral.id, message.id);
      else chat.lastId = Math.max(chat.lastId, message.id);
      if (message.thread !== undefined) chat.topics.add(message.thread);
      return;
    }
    case 'delete': {
      const chat = chatRecord(state, mutation.chat);
      remove(chat, mutation.id);
      chat.pinned = chat.pinned.filter((id) => id !== mutation.id);
      return;
    }
    case 'pins':
      chatRecord(state, mutation.chat).pinned = mutation.ids;
      return;
    case 'chat': {
      const chat = chatRecord(state, mutation.chat);
      chat.lastId = Math.max(chat.lastId, mutation.lastId);
      for (const topic of mutation.topics) chat.topics.add(topic);
      return;
    }
    case 'topic':
      setTopic(chatRecord(state, mutation.chat), mutation.thread, mutation.is);
      return;
    case 'migrate':
      state.migrated.set(mutation.from, mutation.to);
      return;
    case 'membership':
      state.membership = mutation.status;
      return;
    case 'standing':
      state.standings.set(mutation.person, mutation.is);
      return;
    case 'update':
      state.pending.push({ update: mutation.update, at: mutation.at });
      state.nextUpdateId = Math.max(state.nextUpdateId, mutation.update.update_id + 1);
      return;
    case 'confirm':
      forget(state.pending, mutation.ids);
      return;
    case 'nextUpdate':
      state.nextUpdateId = Math.max(state.nextUpdateId, mutation.id);
      return;
    case 'allow':
      state.allowedUpdates = mutation.kinds ?? undefined;
      return;
    case 'webhook':
      state.webhook = mutation.webhook ?? undefined;
      return;
    case 'commands':
      if (mutation.commands.length === 0) state.commands.delete(mutation.key);
      else state.commands.set(mutation.key, mutation.commands);
      return;
    case 'file':
      state.files.set(mutation.file.uniqueId, mutation.file);
  }
}

/** The shortest journal that leads to this state. */
export function* snapshot(state: State): Generator<Mutation> {
  for (const file of state.files.values()) yield { do: 'file', file };
  for (const chat of state.chats.values()) {
    yield { do: 'chat', chat: chat.id, lastId: chat.lastId, topics: [...chat.topics] };
    for (const thread of chat.closed) yield { do: 'topic', chat: chat.id, thread, is: 'closed' };
    for (const message of chat.messages.values()) yield { do: 'put', chat: chat.id, message };
    if (chat.pinned.length > 0) yield { do: 'pins', chat: chat.id, ids: chat.pinned };
  }
  for (const [key, commands] of state.commands) yield { do: 'commands', key, commands };
  for (const { update, at } of state.pending) yield { do: 'update', update, at };
  yield { do: 'nextUpdate', id: state.nextUpdateId };
  if (state.allowedUpdates !== undefined) yield { do: 'allow', kinds: state.allowedUpdates };
  if (state.webhook !== undefined) yield { do: 'webhook', webhook: state.webhook };
  for (const [person, is] of state.standings) yield { do: 'standing', person, is };
  for (const [from, to] of state.migrated) yield { do: 'migrate', from, to };
  if (state.membership !== undefined) yield { do: 'membership', status: state.membership };
}

function setTopic(chat: StoredChat, thread: number, is: TopicState): void {
  if (is === 'closed') chat.closed.add(thread);
  else chat.closed.delete(thread);
  if (is !== 'deleted') return void chat.topics.add(thread);
  chat.topics.delete(thread);
  for (const { id, thread: its } of [...chat.messages.values()]) if (its === thread) remove(chat, id);
}

function remove(chat: StoredChat, id: number): void {
  const ephemeral = chat.messages.get(id)?.ephemeral;
  if (ephemeral !== undefined) chat.ephemerals.delete(ephemeral.id);
  chat.messages.delete(id);
}

function forget(pending: PendingUpdate[], ids: readonly number[]): void {
  const gone = new Set(ids);
  const left = pending.filter(({ update }) => !gone.has(update.update_id));
  pending.splice(0, pending.length, ...left);
}
