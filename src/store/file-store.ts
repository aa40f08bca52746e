import { readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Past } from '../rollout/past.ts';
import type { Store } from '../rollout/ports.ts';
import { makeFolder, writeDurably } from './durable.ts';
import { HistoryFile } from './history-file.ts';
import { Journals } from './journals.ts';
import { SafeFile } from './safe-file.ts';

/** The rollout that was closed last, or is being closed. */
interface Closing {
  readonly past: Past;
  /** Length of the history before it had its line. */
  readonly from: number;
}

/**
 * Everything as files under `folder`: journals under `rollouts`, the closed ones listed in `rollouts/history.jsonl`;
 * documents beside them, and files under `kept`. One process at a time.
 */
export function openFileStore(folder: string): Store {
  const journals = new Journals(join(folder, 'rollouts'));
  const closedOnes = new HistoryFile(join(folder, 'rollouts', 'history.jsonl'));
  const closing = new SafeFile<Closing>(join(folder, 'rollouts', 'closing.json'));
  const turns = new Map<string, Promise<unknown>>();
  let recovery: Promise<void> | undefined;

  return {
    append: (rollout, expected, events) => inTurn(rollout, () => journals.append(rollout, expected, events)),
    read: (rollout) => journals.read(rollout),

    async live() {
      await recovered();
      return journals.live();
    },

    close(rollout, past) {
      return inTurn('history', async () => {
        await recovered();
        if (!journals.isLive(rollout)) return;
        const intent = { past, from: await closedOnes.size() };
        await closing.write(intent);
        await finish(intent);
      });
    },

    history: (limit, before) =>
      inTurn('history', async () => {
        await recovered();
        return before === undefined ? take(limit, () => true) : take(limit, after(before));
      }),

    listBackups: (limit) =>
      inTurn('history', async () => {
        await recovered();
        return take(limit, (past) => past.backup !== undefined);
      }),

    async readDocument<T>(name: string) {
      return ((await documentFile<T>(name).read()) ?? undefined) as T | undefined;
    },

    writeDocument(name, value) {
      return inTurn(`document ${name}`, async () => {
        await makeFolder(dirname(documentPath(name)));
        await documentFile(name).write(value);
      });
    },

    removeDocument(name) {
      return inTurn(`document ${name}`, () => rm(documentPath(name), { force: true }));
    },

    keep(name, bytes) {
      return inTurn(`kept ${name}`, async () => {
        const path = keptPath(name);
        await makeFolder(dirname(path));
        await writeDurably(path, bytes);
      });
    },

    async kept(name) {
      try {
        return await readFile(keptPath(name));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
    },
  };

  /** A process that died while it closed a rollout left word of it. One rollout is closed at a time, so one it is. */
  function recovered(): Promise<void> {
    recovery ??= closing.read().then((left) => (left ? finish(left) : undefined));
    return recovery;
  }

  /** Every step of it may be done again. */
  async function finish({ past, from }: Closing): Promise<void> {
    await closedOnes.ensure(past, from);
    await inTurn(past.id, async () => {
      if (journals.isLive(past.id)) await journals.moveToPast(past.id);
    });
  }

  async function take(limit: number, fits: (past: Past) => boolean): Promise<readonly Past[]> {
    const found: Past[] = [];
    for await (const past of closedOnes.newestFirst()) {
      if (found.length >= limit) break;
      if (fits(past)) found.push(past);
    }
    return found;
  }

  function documentPath(name: string): string {
    if (!/^[\w-]+(\/[\w-]+)*$/.test(name)) throw new Error(`'${name}' cannot name a document.`);
    return join(folder, `${name}.json`);
  }

  function keptPath(name: string): string {
    if (!/^\w[\w.-]*(\/\w[\w.-]*)*$/.test(name)) throw new Error(`'${name}' cannot name a kept file.`);
    return join(folder, 'kept', name);
  }

  function documentFile<T>(name: string): SafeFile<T> {
    return new SafeFile<T>(documentPath(name));
  }

  /** Work on one journal, document or file is done one after another. */
  function inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
    const turn = (turns.get(key) ?? Promise.resolve()).then(work, work);
    const settled = turn.catch(() => {});
    turns.set(key, settled);
    settled.then(() => turns.get(key) === settled && turns.delete(key));
    return turn;
  }
}

/** Passes whatever comes after the one with this id. */
function after(id: string): (past: Past) => boolean {
  let passed = false;
  return (past) => {
    if (passed) return true;
    passed = past.id === id;
    return false;
  };
}
