import type { Update } from 'grammy/types';
import type { Store } from '../rollout/ports.ts';

/**
 * Updates that are still worked on although Telegram was told, by a poll for the next ones, that they are done: on disk,
 * because after a death it would not hand them over again.
 */
export interface Unfinished {
  /** Resolves when it is on disk. */
  keep(update: Update): Promise<void>;
  drop(id: number): Promise<void>;
  /** Hands over what the process before this one has left, in order, each until it is done or kept anew. */
  resume(handle: (update: Update) => Promise<void>): Promise<void>;
}

interface Record {
  readonly schema: 1;
  readonly updates: readonly Update[];
}

const DOCUMENT = 'unfinished';

export function openUnfinished(store: Pick<Store, 'readDocument' | 'writeDocument'>): Unfinished {
  const own = new Set<number>();
  let known: Promise<readonly Update[]> | undefined;

  /** One change after another; what could not be written is as if it had not been tried. */
  function change(to: (all: readonly Update[]) => readonly Update[]): Promise<void> {
    const before = known ?? read();
    const after = before.then(async (all) => {
      const next = to(all);
      await store.writeDocument(DOCUMENT, { schema: 1, updates: next } satisfies Record);
      return next;
    });
    known = after.catch(() => before);
    return after.then(() => {});
  }

  async function read(): Promise<readonly Update[]> {
    return (await store.readDocument<Record>(DOCUMENT))?.updates ?? [];
  }

  async function drop(id: number): Promise<void> {
    own.delete(id);
    await change((all) => all.filter((update) => update.update_id !== id));
  }

  return {
    async keep(update) {
      own.add(update.update_id);
      await change((all) => [...all.filter(({ update_id }) => update_id !== update.update_id), update]);
    },
    drop,
    async resume(handle) {
      known ??= read();
      for (const update of await known) {
        if (own.has(update.update_id)) continue;
        await handle(update);
        if (!own.has(update.update_id)) await drop(update.update_id);
      }
    },
  };
}
