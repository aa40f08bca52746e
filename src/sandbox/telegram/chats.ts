import type { SandboxClock } from '../clock.ts';
import { badRequest, forbidden, upgraded } from './errors.ts';
import { viewOf } from './file-types.ts';
import { documentOf, photoSize } from './files.ts';
import type { Ledger } from './ledger.ts';
import type { Chat, InaccessibleMessage, Membership, Message, Standing, User } from './model.ts';
import type { BotIdentity, Person, TelegramOptions } from './options.ts';
import type { Params } from './params.ts';
import { type Content, chatRecord, type StoredChat, type StoredMessage } from './state.ts';

/** Who a message is drawn for: the bot hears of fewer things than people see. */
export type Audience = 'bot' | 'people';

/** The group and the private chats: who is in them, and their messages as the Bot API shows them. */
export class Chats {
  readonly bot: User;
  readonly people: readonly Person[];
  readonly #group: { readonly id: number; readonly title: string };
  readonly #ledger: Ledger;
  readonly #clock: SandboxClock;
  readonly #placeAtFirst: Membership;

  constructor(options: Pick<TelegramOptions, 'bot' | 'people' | 'chat' | 'clock'>, ledger: Ledger) {
    this.bot = botUser(options.bot);
    this.#placeAtFirst = options.bot.admin ? 'administrator' : 'member';
    this.people = options.people;
    this.#group = options.chat;
    this.#clock = options.clock;
    this.#ledger = ledger;
  }

  /** Seconds since the epoch, by the sandbox's clock. */
  now(): number {
    return Math.floor(this.#clock.now() / 1000);
  }

  /** The bot's place in the group. */
  get membership(): Membership {
    return this.#ledger.state.membership ?? this.#placeAtFirst;
  }

  /** Whether the bot is an administrator of the group. */
  get botIsAdmin(): boolean {
    return this.membership === 'administrator';
  }

  /** Whether what happens in the group reaches the bot at all. */
  get botIsThere(): boolean {
    return this.membership !== 'left' && this.membership !== 'kicked';
  }

  /** The number of the group today: it may have become a supergroup. */
  get groupId(): number {
    const { migrated } = this.#ledger.state;
    let id = this.#group.id;
    for (let next = migrated.get(id); next !== undefined; next = migrated.get(id)) id = next;
    return id;
  }

  /** `undefined` when no chat has that id. A private chat bears the id of its person. */
  find(id: number): StoredChat | undefined {
    const exists = this.#isGroup(id) || this.person(id) !== undefined;
    return exists ? chatRecord(this.#ledger.state, id) : undefined;
  }

  /**
   * The chat that a call of the bot's means.
   * @throws ApiError when there is none, or the person has never written to the bot.
   */
  forBot(params: Params): StoredChat {
    const id = params.text('chat_id');
    if (id === '') throw badRequest('chat_id is empty');
    const chat = this.find(Number(id));
    if (chat === undefined) throw badRequest('chat not found');
    const moved = this.#ledger.state.migrated.get(chat.id);
    if (moved !== undefined) throw upgraded(moved);
    if (this.isGroup(chat) && !this.botIsThere) {
      const why = this.membership === 'kicked' ? 'bot was kicked from' : 'bot is not a member of';
      throw forbidden(`${why} the supergroup chat`);
    }
    if (!this.isGroup(chat) && chat.lastId === 0) {
      throw forbidden("bot can't initiate conversation with a user");
    }
    const standing = this.standing(chat.id);
    if (standing === 'blocked') throw forbidden('bot was blocked by the user');
    if (standing === 'deactivated') throw forbidden('user is deactivated');
    return chat;
  }

  /** The group under the number of today, or an earlier one. */
  isGroup(chat: StoredChat): boolean {
    return this.#isGroup(chat.id);
  }

  #isGroup(id: number): boolean {
    return id === this.groupId || this.#ledger.state.migrated.has(id);
  }

  person(id: number): Person | undefined {
    return this.people.find((person) => person.id === id);
  }

  /** As `person`, for mentions; the bot counts too. */
  readonly whoIs = (id: number): User | undefined => {
    if (id === this.bot.id) return this.bot;
    const person = this.person(id);
    return person === undefined ? undefined : userOf(person);
  };

  /** The first of the people owns the group, and is its only administrator besides the bot. */
  owns(userId: number): boolean {
    return this.people[0]?.id === userId;
  }

  standing(userId: number): Standing {
    return this.#ledger.state.standings.get(userId) ?? 'there';
  }

  /** Everybody is in the group but those who left; a private chat is its person's own. */
  isMember(chat: StoredChat, userId: number): boolean {
    if (userId === this.bot.id) return true;
    if (this.person(userId) === undefined) return false;
    if (!this.isGroup(chat)) return chat.id === userId;
    return this.standing(userId) !== 'left' && this.standing(userId) !== 'deactivated';
  }

  /** How many are in the group, the bot among them; in a private chat it is two. */
  count(chat: StoredChat): number {
    const members = this.people.filter(({ id }) => this.isMember(chat, id)).length;
    return members + (!this.isGroup(chat) || this.botIsThere ? 1 : 0);
  }

  describe(chat: StoredChat): Chat {
    if (this.isGroup(chat)) {
      const forum = chat.topics.size > 0 ? { is_forum: true as const } : {};
      return { id: chat.id, type: 'supergroup', title: this.#group.title, ...forum };
    }
    const person = this.person(chat.id);
    return {
      id: chat.id,
      type: 'private',
      first_name: person?.firstName ?? '',
      username: person?.username ?? '',
    };
  }

  render(chat: StoredChat, stored: StoredMessage, audience: Audience): Message {
    const replied = stored.replyTo === undefined ? undefined : chat.messages.get(stored.replyTo);
    const message = this.#bare(chat, stored, audience);
    if (replied === undefined) return message;
    // One level only: the message replied to is shown without what it replies to itself.
    return { ...message, reply_to_message: this.#bare(chat, replied, audience) };
  }

  #bare(chat: StoredChat, stored: StoredMessage, audience: Audience): Message {
    const { editDate, thread, markup, ephemeral } = stored;
    // Bots are shown inline keyboards only, never what asks a person's keyboard to change.
    const shown = audience === 'people' || (markup !== undefined && 'inline_keyboard' in markup);
    return {
      message_id: ephemeral !== undefined && audience === 'bot' ? 0 : stored.id,
      ...(ephemeral === undefined
        ? {}
        : { receiver_user: ephemeral.receiver, ephemeral_message_id: ephemeral.id }),
      from: stored.from,
      ...(stored.sender === undefined ? {} : { sender_chat: stored.sender }),
      chat: this.describe(chat),
      date: stored.date,
      ...(stored.automatic ? { is_automatic_forward: true as const } : {}),
      ...(stored.forwarded ? { forward_origin: FORWARD_ORIGIN } : {}),
      ...(editDate === undefined ? {} : { edit_date: editDate }),
      ...(thread === undefined ? {} : { message_thread_id: thread, is_topic_message: true as const }),
      ...(stored.protected ? { has_protected_content: true as const } : {}),
      ...this.#content(chat, stored.content, audience),
      ...(markup !== undefined && shown ? { reply_markup: markup } : {}),
      ...(stored.reactions !== undefined && audience === 'people'
        ? { reactions: this.#reactions(stored.reactions) }
        : {}),
    };
  }

  #reactions(given: Readonly<Record<string, string>>) {
    return Object.entries(given).flatMap(([id, emoji]) => {
      const user = this.whoIs(Number(id));
      return user === undefined ? [] : [{ user, emoji }];
    });
  }

  #content(chat: StoredChat, content: Content, audience: Audience): Partial<Message> {
    if (content.kind === 'pin') {
      return { pinned_message: this.#pinned(chat, content.messageId, audience) };
    }
    if (content.kind === 'migration') {
      const { from, to } = content;
      return to === undefined ? { migrate_from_chat_id: from ?? 0 } : { migrate_to_chat_id: to };
    }
    if (content.kind === 'rich') return { rich_message: content.rich };
    const { text, entities } = content;
    if (content.kind === 'text') {
      const preview = content.preview === undefined ? {} : { link_preview_options: content.preview };
      return { text, ...(entities.length > 0 ? { entities } : {}), ...preview };
    }
    const file = this.#ledger.state.files.get(content.file);
    if (file === undefined) throw new Error(`The file ${content.file} of a message is not in the journal.`);
    const url: { url?: string } = audience === 'people' ? { url: `/_user/files/${file.uniqueId}` } : {};
    const viewable = url.url !== undefined && viewOf(file.mime) !== undefined;
    const media =
      content.kind === 'photo'
        ? { photo: [{ ...photoSize(file), ...url }] }
        : { document: { ...documentOf(file), ...url, ...(viewable ? { view_url: `${url.url}/view` } : {}) } };
    const caption = text === '' ? {} : { caption: text };
    return { ...media, ...caption, ...(entities.length > 0 ? { caption_entities: entities } : {}) };
  }

  #pinned(chat: StoredChat, id: number, audience: Audience): Message | InaccessibleMessage {
    const stored = chat.messages.get(id);
    return stored === undefined ? this.inaccessible(chat, id) : this.#bare(chat, stored, audience);
  }

  inaccessible(chat: StoredChat, id: number): InaccessibleMessage {
    return { chat: this.describe(chat), message_id: id, date: 0 };
  }
}

/** Telegram does not say who wrote it first, where that person hides. */
const FORWARD_ORIGIN = { type: 'hidden_user', sender_user_name: 'Somebody', date: 0 } as const;

export function userOf(person: Person): User {
  return { id: person.id, is_bot: false, first_name: person.firstName, username: person.username };
}

function botUser({ id, firstName, username }: BotIdentity): User {
  return { id, is_bot: true, first_name: firstName, username };
}
