import { existsSync, mkdirSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Low } from 'lowdb';
import type { Event } from '../rollout/events.ts';
import { RevisionConflict, type Store } from '../rollout/ports.ts';
import { SafeFile } from './safe-file.ts';

interface Journal {
  readonly schema: 1;
  readonly events: readonly Event[];
}

const EMPTY: Journal = { schema: 1, events: [] };

/**
 * Journals as files under `folder`: `rollouts/live/ID.json` while a rollout is live, `rollouts/past/ID.json` after. One
 * process at a time. The journals of live rollouts stay in memory; those of past ones are read when asked for.
 */
export function openFileStore(folder: string): Store {
  const live = join(folder, 'rollouts', 'live');
  const past = join(folder, 'rollouts', 'past');
  for (const path of [live, past]) mkdirSync(path, { recursive: true });
  const journals = new Map<string, Low<Journal>>();
  const turns = new Map<string, Promise<unknown>>();

  return {
    append(rollout, expected, events) {
      return inTurn(rollout, async () => {
        const journal = await openJournal(rollout);
        const have = journal.data.events.length;
        if (have !== expected) {
          throw new RevisionConflict(`The journal of ${rollout} has ${have} events, not ${expected}.`);
        }
        const before = journal.data;
        journal.data = { ...before, events: [...before.events, ...events] };
        try {
          await journal.write();
        } catch (error) {
          journal.data = before;
          throw error;
        }
      });
    },

    async read(rollout) {
      const known = journals.get(rollout);
      if (known) return known.data.events;
      const file = fileOf(rollout);
      if (!existsSync(file)) return undefined;
      return (await new SafeFile<Journal>(file).read())?.events;
    },

    async live() {
      const names = await readdir(live);
      return names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length));
    },

    close(rollout) {
      return inTurn(rollout, async () => {
        journals.delete(rollout);
        if (existsSync(join(live, `${rollout}.json`))) {
          await rename(join(live, `${rollout}.json`), join(past, `${rollout}.json`));
        }
      });
    },

    async readDocument<T>(name: string) {
      return ((await documentFile<T>(name).read()) ?? undefined) as T | undefined;
    },

    writeDocument(name, value) {
      return inTurn(`document ${name}`, async () => {
        await mkdir(dirname(documentPath(name)), { recursive: true });
        await documentFile(name).write(value);
      });
    },

    removeDocument(name) {
      return inTurn(`document ${name}`, () => rm(documentPath(name), { force: true }));
    },
  };

  async function openJournal(rollout: string): Promise<Low<Journal>> {
    let journal = journals.get(rollout);
    if (!journal) {
      journal = new Low<Journal>(new SafeFile(fileOf(rollout)), EMPTY);
      await journal.read();
      journals.set(rollout, journal);
    }
    return journal;
  }

  function fileOf(rollout: string): string {
    if (!/^[a-z0-9]+$/.test(rollout)) throw new Error(`'${rollout}' is not the id of a rollout.`);
    const closed = join(past, `${rollout}.json`);
    return existsSync(closed) ? closed : join(live, `${rollout}.json`);
  }

  function documentPath(name: string): string {
    if (!/^[\w-]+(\/[\w-]+)*$/.test(name)) throw new Error(`'${name}' cannot name a document.`);
    return join(folder, `${name}.json`);
  }

  function documentFile<T>(name: string): SafeFile<T> {
    return new SafeFile<T>(documentPath(name));
  }

  /** Work on one journal or document is done one after another. */
  function inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
    const turn = (turns.get(key) ?? Promise.resolve()).then(work, work);
    const settled = turn.catch(() => {});
    turns.set(key, settled);
    settled.then(() => turns.get(key) === settled && turns.delete(key));
    return turn;
  }
}
