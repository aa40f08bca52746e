import { Refusal } from '../door.ts';
import type { Chats } from './chats.ts';
import type { Ledger } from './ledger.ts';
import type { Membership, Standing, UpdateContent, User } from './model.ts';
import type { StoredChat, StoredMessage, TopicState } from './state.ts';
import type { Updates } from './updates.ts';

/** What befalls the group as a whole, for tests. */
export class Happenings {
  readonly #chats: Chats;
  readonly #ledger: Ledger;
  readonly #updates: Updates;

  constructor(chats: Chats, ledger: Ledger, updates: Updates) {
    this.#chats = chats;
    this.#ledger = ledger;
    this.#updates = updates;
  }

  /**
   * The group goes on as a supergroup of that number, without its messages; both sides get a service message about it.
   * @throws Refusal for a number that is taken.
   */
  migrate(to: number): void {
    const from = this.#chats.groupId;
    if (this.#chats.find(to) !== undefined) throw new Refusal(`There is a chat ${to} already.`);
    const leaving = this.#service(from, { kind: 'migration', to });
    this.#ledger.commit({ do: 'put', chat: from, message: leaving }, ...this.#told(from, leaving));
    this.#ledger.commit({ do: 'migrate', from, to });
    const arriving = this.#service(to, { kind: 'migration', from });
    this.#ledger.commit({ do: 'put', chat: to, message: arriving }, ...this.#told(to, arriving));
  }

  /** @throws Refusal for a topic in which nobody has written. */
  setTopic(thread: number, is: TopicState): void {
    const chat = this.#group();
    if (!chat.topics.has(thread)) throw new Refusal(`There is no topic ${thread} in the group.`);
    this.#ledger.commit({ do: 'topic', chat: chat.id, thread, is });
  }

  /** The bot is thrown out, muted, made a member or an administrator; it is told so. */
  setMembership(status: Membership): void {
    const chat = this.#group();
    const [owner] = this.#chats.people;
    const change = {
      chat: this.#chats.describe(chat),
      from: (owner && this.#chats.whoIs(owner.id)) ?? this.#chats.bot,
      date: this.#chats.now(),
      old_chat_member: { status: this.#chats.membership, user: this.#chats.bot },
      new_chat_member: { status, user: this.#chats.bot },
    };
    this.#ledger.commit({ do: 'membership', status }, ...this.#updates.enqueue({ my_chat_member: change }));
  }

  /**
   * A person leaves the group, or blocks the bot, or is no more, or is back. The bot is told of its own private chat; of
   * others in the group only as an administrator that has asked for `chat_member`.
   * @throws Refusal for a stranger.
   */
  setStanding(userId: number, is: Standing): void {
    const user = this.#chats.person(userId) && this.#chats.whoIs(userId);
    if (user === undefined) throw new Refusal(`There is no person ${userId}.`);
    const was = this.#chats.standing(userId);
    this.#ledger.commit({ do: 'standing', person: userId, is });
    const date = this.#chats.now();
    const change = (chat: StoredChat, who: User, before: boolean, now: boolean, out: Membership) => ({
      chat: this.#chats.describe(chat),
      from: user,
      date,
      old_chat_member: { status: before ? ('member' as const) : out, user: who },
      new_chat_member: { status: now ? ('member' as const) : out, user: who },
    });
    const reachable = (standing: Standing) => standing !== 'blocked' && standing !== 'deactivated';
    const inGroup = (standing: Standing) => standing !== 'left' && standing !== 'deactivated';
    const own = this.#chats.find(userId);
    if (own !== undefined && own.lastId > 0 && reachable(was) !== reachable(is)) {
      const told = change(own, this.#chats.bot, reachable(was), reachable(is), 'kicked');
      this.#ledger.commit(...this.#updates.enqueue({ my_chat_member: told }));
    }
    if (this.#chats.botIsAdmin && inGroup(was) !== inGroup(is)) {
      const told = change(this.#group(), user, inGroup(was), inGroup(is), 'left');
      this.#ledger.commit(...this.#updates.enqueue({ chat_member: told }));
    }
  }

  /** Hands the bot updates that nobody here could have caused, those of the kinds that it has asked for. */
  deliver(contents: readonly UpdateContent[]): void {
    for (const content of contents) this.#ledger.commit(...this.#updates.enqueue(content));
  }

  #group() {
    const chat = this.#chats.find(this.#chats.groupId);
    if (chat === undefined) throw new Error('The group has no record.');
    return chat;
  }

  #service(chatId: number, content: StoredMessage['content']): StoredMessage {
    const chat = this.#chats.find(chatId);
    const [owner] = this.#chats.people;
    return {
      id: (chat?.lastId ?? 0) + 1,
      from: (owner && this.#chats.whoIs(owner.id)) ?? this.#chats.bot,
      date: this.#chats.now(),
      content,
    };
  }

  #told(chatId: number, message: StoredMessage) {
    const chat = this.#chats.find(chatId);
    if (chat === undefined) return [];
    return this.#updates.enqueue({ message: this.#chats.render(chat, message, 'bot') });
  }
}
