import { readFile, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Clock } from '../plan/clock.ts';
import type { Event } from '../rollout/events.ts';
import type { Past } from '../rollout/past.ts';
import type { Store } from '../rollout/ports.ts';
import { DiskError } from './disk-error.ts';
import { makeFolder, writeDurably } from './durable.ts';
import { HistoryFile } from './history-file.ts';
import { Journals } from './journals.ts';
import { type Damage, mendDocuments, mendJournal, putAside } from './mend.ts';
import { BadFile, SafeFile } from './safe-file.ts';

/** The rollout that was closed last, or is being closed. */
interface Closing {
  readonly past: Past;
  /** Length of the history before it had its line. */
  readonly from: number;
}

export interface FileStore extends Store {
  /**
   * To be called before anything else, by the process that holds the folder: puts aside what cannot be used, and makes anew
   * what the journals still know, so that one bad file does not keep the rest from being served.
   * @param now names what is put aside, in milliseconds since the epoch.
   * @param pastOf the line of a closed journal in the history.
   * @param later told of what only comes to light while it is worked with; absent: that is thrown.
   * @throws DiskError when nothing can be read or moved at all.
   */
  mend(now: number, pastOf: PastOf, later?: Later): Promise<readonly Damage[]>;
}

type PastOf = (events: readonly Event[]) => Past;

/** What becomes of damage that no start looks for, as its cost would grow with the history. */
export interface Later {
  readonly clock: Pick<Clock, 'now'>;
  /** It was found when somebody asked for it, and mended. */
  found(damage: Damage): void;
}

/**
 * Everything as files under `folder`: journals under `rollouts`, the closed ones listed in `rollouts/history.jsonl`;
 * documents beside them, and files under `kept`. One process at a time.
 */
export function openFileStore(folder: string): FileStore {
  const journals = new Journals(join(folder, 'rollouts'));
  const closedOnes = new HistoryFile(join(folder, 'rollouts', 'history.jsonl'));
  const closing = new SafeFile<Closing>(join(folder, 'rollouts', 'closing.json'));
  const turns = new Map<string, Promise<unknown>>();
  let recovery: Promise<void> | undefined;
  let remake: (() => Promise<void>) | undefined;

  return {
    async mend(now, pastOf, later) {
      const damages: Damage[] = [];
      for (const bad of await journals.check()) damages.push(await mendJournal(bad, now));
      damages.push(...(await mendClosing(now)));
      const missing = (await closedOnes.size()) === 0;
      await recovered();
      damages.push(...(await mendHistory(missing, now, pastOf)));
      if (later)
        remake = async () => {
          for (const damage of await remakeHistory(false, later.clock.now(), pastOf)) later.found(damage);
        };
      return [...damages, ...(await mendDocuments(folder, await journals.live(), now))];
    },

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
        return legible(() => take(limit, before === undefined ? () => true : after(before)));
      }),

    listBackups: (limit) =>
      inTurn('history', async () => {
        await recovered();
        return legible(() => take(limit, (past) => past.backup !== undefined));
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

  async function mendClosing(now: number): Promise<Damage[]> {
    try {
      await closing.read();
      return [];
    } catch (error) {
      if (!(error instanceof BadFile)) throw error;
      const kept = basename(await putAside(error.path, now));
      return [
        { file: 'rollouts/closing.json', kept, say: 'The history and the journals tell what was in it.' },
      ];
    }
  }

  async function mendHistory(missing: boolean, now: number, pastOf: PastOf): Promise<Damage[]> {
    const sound = await closedOnes.isSound();
    if (!sound || missing) return remakeHistory(sound, now, pastOf);
    // Its line is the last thing that is written before a journal is moved.
    const [last] = await take(1, () => true);
    if (last && journals.isLive(last.id)) await journals.moveToPast(last.id);
    return [];
  }

  /** A line that nobody can read may lie deep in the history, where no start looks. */
  async function legible<T>(read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof BadFile) || !remake) throw error;
      await remake();
      return read();
    }
  }

  /** From its own lines and the closed journals. @param sound all of its lines can be read. */
  async function remakeHistory(sound: boolean, now: number, pastOf: PastOf): Promise<Damage[]> {
    const [lines, ids] = [await closedOnes.salvage(), await journals.past()];
    const known = new Set(lines.map(({ id }) => id));
    const found: Past[] = [];
    for (const id of ids.filter((one) => !known.has(one))) {
      try {
        const events = await journals.read(id);
        if (events) found.push(pastOf(events));
      } catch (error) {
        // One that cannot be understood is named to whoever asks for its report.
        if (error instanceof DiskError) throw error;
      }
    }
    if (sound && found.length === 0) return [];
    const file = 'rollouts/history.jsonl';
    const kept = sound ? undefined : basename(await putAside(join(folder, file), now));
    await closedOnes.rewrite([...lines, ...found].toSorted((a, b) => a.endedAt - b.endedAt));
    const say = `It was made anew: ${lines.length} lines are its own, ${found.length} are from the journals of closed rollouts.`;
    return [{ file, ...(kept !== undefined && { kept }), say }];
  }

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
      if (fits(past)) found.push(past);
      // Not a line further: one that nobody asked for keeps nobody waiting.
      if (found.length >= limit) break;
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
