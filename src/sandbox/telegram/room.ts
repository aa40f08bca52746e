import { randomBytes } from 'node:crypto';
import { Refusal } from '../door.ts';
import { type Chats, userOf } from './chats.ts';
import { newEphemeral } from './ephemeral.ts';
import { ApiError } from './errors.ts';
import type { Files } from './files.ts';
import type { Ledger } from './ledger.ts';
import { commandsIn } from './methods/commands.ts';
import type { Message, UpdateContent } from './model.ts';
import type { Person } from './options.ts';
import type { Upload } from './params.ts';
import type { PressAnswer, Presses } from './presses.ts';
import { reactionOf, withReaction } from './reactions.ts';
import { buttonsIn } from './rich/buttons.ts';
import type { RichButton } from './rich/model.ts';
import type { Content, StoredChat, StoredFile, StoredMessage } from './state.ts';
import { characters, MAX_CAPTION, MAX_TEXT, plainText } from './text/formatted.ts';
import type { Updates } from './updates.ts';

/** The channel that people may speak as. */
const CHANNEL = -1_009_000_000_001;

/** Real milliseconds that a press waits for the bot's answer. */
const PATIENCE = 10_000;

export interface Writing {
  readonly chat_id: number;
  readonly user_id: number;
  /** The caption, where there is a file; it may be empty then. */
  readonly text: string;
  readonly file?: { readonly kind: StoredFile['kind']; readonly upload: Upload } | undefined;
  readonly message_thread_id?: number | undefined;
  readonly reply_to?: number | undefined;
  /** The group speaks in an administrator's stead, or a channel does: a member's own, or the one that is discussed here. */
  readonly as?: 'group' | 'channel' | 'linked-channel' | undefined;
  readonly forwarded?: boolean | undefined;
}

export interface Editing {
  readonly chat_id: number;
  readonly user_id: number;
  readonly message_id: number;
  readonly text: string;
}

export interface Reacting {
  readonly chat_id: number;
  readonly user_id: number;
  readonly message_id: number;
  /** Empty: none any more. */
  readonly emoji: string;
}

export interface Pressing {
  readonly chat_id: number;
  readonly user_id: number;
  readonly message_id: number;
  /** A button's text or its callback data. */
  readonly button?: string | undefined;
  /** Callback data of the person's own making, as a hostile client can send it. */
  readonly data?: string | undefined;
  /** The bot is told of an inline message, which belongs to no chat that it knows. */
  readonly inline?: boolean | undefined;
}

export type Pressed = { readonly answered: false } | ({ readonly answered: true } & PressAnswer);

/** What people do in the chats. */
export class Room {
  readonly #chats: Chats;
  readonly #ledger: Ledger;
  readonly #updates: Updates;
  readonly #presses: Presses;
  readonly #files: Files;

  constructor(chats: Chats, ledger: Ledger, updates: Updates, presses: Presses, files: Files) {
    this.#chats = chats;
    this.#ledger = ledger;
    this.#updates = updates;
    this.#presses = presses;
    this.#files = files;
  }

  /** @throws Refusal for a chat or a person that is not there, and for what Telegram would not take. */
  send(writing: Writing): Message {
    const { text, file, message_thread_id: thread, reply_to: replyTo } = writing;
    const { chat, person } = this.#enter(writing.chat_id, writing.user_id);
    if (replyTo !== undefined && !chat.messages.has(replyTo)) {
      throw new Refusal(`There is no message ${replyTo} in chat ${chat.id} to reply to.`);
    }
    const content = this.#content(text, file);
    const message: StoredMessage = {
      ...(this.#isEphemeral(chat, person, content, replyTo)
        ? newEphemeral(chat, this.#chats.bot)
        : { id: chat.lastId + 1 }),
      ...this.#author(chat, person, writing.as),
      date: this.#chats.now(),
      content,
      ...(writing.forwarded ? { forwarded: true as const } : {}),
      ...(thread === undefined ? {} : { thread }),
      ...(replyTo === undefined ? {} : { replyTo }),
    };
    // The first message of a topic makes the group a forum; the update is to say so already.
    if (thread !== undefined) chat.topics.add(thread);
    const update = this.#botHears(chat, message)
      ? this.#updates.enqueue({ message: this.#chats.render(chat, message, 'bot') })
      : [];
    this.#ledger.commit({ do: 'put', chat: chat.id, message }, ...update);
    return this.#chats.render(chat, message, 'people');
  }

  /** A person changes what they have written. @throws Refusal for what is not theirs, or no text. */
  edit({ chat_id, user_id, message_id: id, text }: Editing): Message {
    const { chat, person } = this.#enter(chat_id, user_id);
    const old = chat.messages.get(id);
    if (old?.from.id !== person.id || old.content.kind !== 'text')
      throw new Refusal(`${person.firstName} has written no text in message ${id} of chat ${chat.id}.`);
    const message: StoredMessage = {
      ...old,
      content: this.#content(text, undefined),
      editDate: this.#chats.now(),
    };
    const update = this.#botHears(chat, message)
      ? this.#updates.enqueue({ edited_message: this.#chats.render(chat, message, 'bot') })
      : [];
    this.#ledger.commit({ do: 'put', chat: chat.id, message }, ...update);
    return this.#chats.render(chat, message, 'people');
  }

  /** A person reacts to a message, or takes the reaction back with an empty `emoji`. @throws Refusal */
  react({ chat_id, user_id, message_id: id, emoji }: Reacting): Message {
    const { chat, person } = this.#enter(chat_id, user_id);
    const old = chat.messages.get(id);
    if (old === undefined) throw new Refusal(`There is no message ${id} in chat ${chat.id}.`);
    const message = withReaction(old, person.id, emoji);
    const told = {
      chat: this.#chats.describe(chat),
      message_id: id,
      user: userOf(person),
      date: this.#chats.now(),
      old_reaction: reactionOf(old, person.id),
      new_reaction: reactionOf(message, person.id),
    };
    // In groups an administrator alone hears of reactions (core.telegram.org/bots/api#update).
    const hears = !this.#chats.isGroup(chat) || this.#chats.botIsAdmin;
    const update = hears ? this.#updates.enqueue({ message_reaction: told }) : [];
    this.#ledger.commit({ do: 'put', chat: chat.id, message }, ...update);
    return this.#chats.render(chat, message, 'people');
  }

  /** Presses a button and waits for the bot's answer. @throws Refusal for what is not there to be pressed. */
  async press(pressing: Pressing): Promise<Pressed> {
    const { chat, person } = this.#enter(pressing.chat_id, pressing.user_id);
    const message = chat.messages.get(pressing.message_id);
    if (message !== undefined && !maySee(message, person.id)) {
      throw new Refusal(`${person.firstName} does not see message ${message.id} of chat ${chat.id}.`);
    }
    const { inline } = pressing;
    const data = pressing.data ?? dataOf(chat.id, pressing.message_id, message, pressing.button ?? '');
    const id = randomBytes(8).readBigUInt64BE().toString();
    const content: UpdateContent = {
      callback_query: {
        id,
        from: userOf(person),
        ...(inline
          ? { inline_message_id: `inline-${pressing.message_id}` }
          : {
              message:
                message === undefined
                  ? this.#chats.inaccessible(chat, pressing.message_id)
                  : this.#chats.render(chat, message, 'bot'),
            }),
        chat_instance: String(chat.id),
        data,
      },
    };
    this.#ledger.commit(...this.#updates.enqueue(content));
    const answer = await this.#presses.answerOf(id, PATIENCE);
    return answer === undefined ? { answered: false } : { answered: true, ...answer };
  }

  /**
   * The messages as the chat shows them now, oldest first.
   * @param viewer leaves out what is not for that person's eyes; without one, everything is there.
   */
  messages(chatId: number, after: number, viewer?: number): Message[] {
    const chat = this.#find(chatId);
    const ids: number[] = [];
    for (let id = Math.floor(Math.max(after, 0)) + 1; id <= chat.lastId; id++) ids.push(id);
    const all = [...ids, ...[...chat.ephemerals.values()].filter((id) => id > after)].sort((a, b) => a - b);
    const shown: Message[] = [];
    for (const id of all) {
      const message = chat.messages.get(id);
      if (message !== undefined && maySee(message, viewer)) {
        shown.push(this.#chats.render(chat, message, 'people'));
      }
    }
    return shown;
  }

  /** What only the bot sees: a command that it declared so, and a reply to what only one person sees. */
  #isEphemeral(chat: StoredChat, person: Person, content: Content, replyTo: number | undefined): boolean {
    if (!this.#chats.isGroup(chat)) return false;
    if (replyTo !== undefined && chat.messages.get(replyTo)?.ephemeral !== undefined) return true;
    if (content.kind !== 'text') return false;
    const named = /^\/(\w+)/.exec(content.text)?.[1]?.toLowerCase();
    const member = { id: person.id, admin: this.#chats.owns(person.id) };
    const commands = commandsIn(this.#ledger.state, chat.id, true, member);
    return commands.some(({ command, is_ephemeral: ephemeral }) => ephemeral === true && command === named);
  }

  #content(text: string, file: Writing['file']): Content {
    const words = plainText(text);
    const most = file ? MAX_CAPTION : MAX_TEXT;
    if (characters(words.text) > most) {
      throw new Refusal(`Expected at most ${most} characters, got ${characters(words.text)}.`);
    }
    if (!file) {
      if (words.text === '') throw new Refusal('Expected a text with at least one visible character.');
      return { kind: 'text', ...words };
    }
    try {
      return { kind: file.kind, file: this.#files.keep(file.kind, file.upload).uniqueId, ...words };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const hint = file.kind === 'photo' ? ' Send it as a document instead.' : '';
      throw new Refusal(`Telegram does not take ${file.upload.name}: ${error.message}.${hint}`);
    }
  }

  /** The users that stand for whoever does not write in their own name are Telegram's (core.telegram.org/bots/api#message). */
  #author(
    chat: StoredChat,
    person: Person,
    as: Writing['as'],
  ): Pick<StoredMessage, 'from' | 'sender' | 'automatic'> {
    const { id, title = '' } = this.#chats.describe(chat);
    const channel = { id: CHANNEL, type: 'channel' as const, title: `${title}, the channel` };
    switch (as) {
      case undefined:
        return { from: userOf(person) };
      case 'group':
        return {
          from: { id: 1_087_968_824, is_bot: true, first_name: 'Group', username: 'GroupAnonymousBot' },
          sender: { id, type: 'supergroup', title },
        };
      case 'channel':
        return {
          from: { id: 136_817_688, is_bot: true, first_name: 'Channel', username: 'Channel_Bot' },
          sender: channel,
        };
      case 'linked-channel':
        return {
          from: { id: 777_000, is_bot: false, first_name: 'Telegram', username: '' },
          sender: channel,
          automatic: true,
        };
    }
  }

  #find(chatId: number): StoredChat {
    const chat = this.#chats.find(chatId);
    if (chat !== undefined) return chat;
    throw new Refusal(`There is no chat ${chatId}. The private chat with a person has that person's id.`);
  }

  #enter(chatId: number, userId: number): { readonly chat: StoredChat; readonly person: Person } {
    const chat = this.#find(chatId);
    const today = this.#chats.groupId;
    if (this.#chats.isGroup(chat) && chat.id !== today)
      throw new Refusal(`The group ${chat.id} is a supergroup now: its number is ${today}.`);
    const person = this.#chats.person(userId);
    if (person === undefined) {
      const known = this.#chats.people.map(({ id, firstName }) => `${id} (${firstName})`).join(', ');
      throw new Refusal(`There is no person ${userId}. Known are ${known}.`);
    }
    if (!this.#chats.isGroup(chat) && this.#chats.standing(userId) === 'blocked')
      throw new Refusal(`${person.firstName} has blocked the bot.`);
    if (!this.#chats.isMember(chat, userId))
      throw new Refusal(`${person.firstName} is not in chat ${chatId}.`);
    return { chat, person };
  }

  /**
   * Privacy mode: of a group's talk a bot hears commands that are not another bot's, replies to what it wrote, and
   * mentions (core.telegram.org/bots/features#privacy-mode). An administrator has none.
   */
  #botHears(chat: StoredChat, { content, replyTo, ephemeral }: StoredMessage): boolean {
    if (this.#chats.isGroup(chat) && !this.#chats.botIsThere) return false;
    if (ephemeral !== undefined) return true;
    if (!this.#chats.isGroup(chat) || this.#chats.botIsAdmin) return true;
    if (replyTo !== undefined && chat.messages.get(replyTo)?.from.id === this.#chats.bot.id) return true;
    if (!('entities' in content)) return false;
    const me = `@${this.#chats.bot.username}`.toLowerCase();
    return content.entities.some(({ type, offset, length }) => {
      const part = content.text.slice(offset, offset + length).toLowerCase();
      if (type === 'mention') return part === me;
      return type === 'bot_command' && offset === 0 && (!part.includes('@') || part.endsWith(me));
    });
  }
}

function maySee({ ephemeral, from }: StoredMessage, viewer: number | undefined): boolean {
  return (
    viewer === undefined || ephemeral === undefined || viewer === ephemeral.receiver.id || viewer === from.id
  );
}

/** The callback data of the button that is meant. @throws Refusal naming the buttons there are. */
function dataOf(chatId: number, id: number, message: StoredMessage | undefined, wanted: string): string {
  if (message === undefined) throw new Refusal(`There is no message ${id} in chat ${chatId}.`);
  const { markup, content } = message;
  const below = markup !== undefined && 'inline_keyboard' in markup ? markup.inline_keyboard.flat() : [];
  const buttons = [...(content.kind === 'rich' ? buttonsIn(content.rich.blocks) : []), ...below];
  const found = findButton(buttons, wanted);
  const there = buttons.map(({ text }) => `"${text}"`).join(', ') || 'none';
  if (found === undefined) {
    throw new Refusal(`Message ${id} has no single button that "${wanted}" names. Its buttons: ${there}.`);
  }
  if (found.disabled !== undefined) {
    throw new Refusal(`The button "${found.text}" of message ${id} is disabled: nothing comes of a press.`);
  }
  if (found.callback_data === undefined) {
    throw new Refusal(
      `The button "${found.text}" of message ${id} opens a link or copies a text: no bot hears of it.`,
    );
  }
  return found.callback_data;
}

/** The callback data first, then the exact text, then the one whose text starts with or holds what is wanted. */
function findButton(buttons: readonly RichButton[], wanted: string): RichButton | undefined {
  if (wanted === '') return undefined;
  const exact =
    buttons.find(({ callback_data: data }) => data === wanted) ?? buttons.find(({ text }) => text === wanted);
  if (exact !== undefined) return exact;
  const lower = wanted.toLowerCase();
  const starting = buttons.filter(({ text }) => text.toLowerCase().startsWith(lower));
  const holding = buttons.filter(({ text }) => text.toLowerCase().includes(lower));
  const candidates = starting.length > 0 ? starting : holding;
  return candidates.length === 1 ? candidates[0] : undefined;
}
