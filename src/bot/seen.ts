/** So many messages of a chat are remembered as sent by this process, and so many chats. */
const MESSAGES = 200;
const CHATS = 100;

/** What this process knows of the messages in a chat. */
export interface Seen {
  readonly chat: number;
  /** The highest number of a message that it has heard of. */
  readonly last: number | undefined;
  /** Whether this process sent it and had Telegram's answer. */
  sent(message: number): boolean;
}

export interface SeenChats {
  in(chat: number): Seen;
  /** @param own it is the answer to a send of ours. */
  note(chat: number, message: number, own: boolean): void;
}

interface Known {
  last: number;
  readonly own: Set<number>;
}

/** Bounded: what was heard of longest ago is forgotten first. */
export function createSeenChats(): SeenChats {
  const chats = new Map<number, Known>();
  return {
    in(chat) {
      return {
        chat,
        last: chats.get(chat)?.last,
        sent: (message) => chats.get(chat)?.own.has(message) ?? false,
      };
    },
    note(chat, message, own) {
      const known = chats.get(chat) ?? { last: 0, own: new Set() };
      chats.delete(chat);
      chats.set(chat, known);
      known.last = Math.max(known.last, message);
      if (own) known.own.add(message);
      forgetOldest(known.own, MESSAGES);
      forgetOldest(chats, CHATS);
    },
  };
}

function forgetOldest<K>(
  kept: { size: number; keys(): Iterator<K>; delete(key: K): boolean },
  most: number,
): void {
  if (kept.size <= most) return;
  const { value, done } = kept.keys().next();
  if (!done) kept.delete(value);
}
