import type { Store } from '../rollout/ports.ts';

const DOCUMENT = 'moved-chats';

/** The document: the new numbers of groups that became supergroups, by the old ones. */
interface MovedChats {
  readonly schema: 1;
  readonly moved: Readonly<Record<string, number>>;
}

/**
 * Groups that go on under another number. Journals and plans keep the number of their day, since they are records;
 * whoever is about to use one asks here.
 */
export interface Moves {
  /** The number under which the chat is found today. */
  follow(chat: number): number;
  /** Telegram says that the chat has moved. On the disk when it resolves. */
  note(from: number, to: number): Promise<void>;
}

/** @throws Error when the document `moved-chats` cannot be read. */
export async function openMoves(store: Pick<Store, 'readDocument' | 'writeDocument'>): Promise<Moves> {
  const read = await store.readDocument<MovedChats>(DOCUMENT);
  const known = Object.entries(read?.moved ?? {}).map(([from, to]) => [Number(from), to] as const);
  return createMoves(known, (moved) => {
    const document: MovedChats = { schema: 1, moved: Object.fromEntries(moved) };
    return store.writeDocument(DOCUMENT, document);
  });
}

/** @param keep writes down what is known by now; absent: it is known for as long as the process lives. */
export function createMoves(
  known: Iterable<readonly [number, number]> = [],
  keep: (moved: ReadonlyMap<number, number>) => Promise<void> = async () => {},
): Moves {
  const moved = new Map(known);
  return {
    follow(chat) {
      const been = new Set<number>();
      let at = chat;
      // A circle would be Telegram's mistake, and must not hold the bot.
      while (!been.has(at)) {
        been.add(at);
        at = moved.get(at) ?? at;
      }
      return at;
    },
    async note(from, to) {
      if (moved.get(from) === to || from === to) return;
      moved.set(from, to);
      await keep(moved);
    },
  };
}
