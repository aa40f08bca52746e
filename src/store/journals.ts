import { existsSync, mkdirSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Low } from 'lowdb';
import type { Event } from '../rollout/events.ts';
import { RevisionConflict } from '../rollout/ports.ts';
import { saidOfDisk } from './disk-error.ts';
import { moveDurably } from './durable.ts';
import { BadFile, SafeFile } from './safe-file.ts';

const SCHEMA = 2;

interface Journal {
  readonly schema: typeof SCHEMA;
  readonly events: readonly Event[];
}

const EMPTY: Journal = { schema: SCHEMA, events: [] };

/**
 * One file for each journal: `live/ID.json`, and `past/ID.json` once it is closed. Journals of live rollouts stay in
 * memory; those of past ones are read when asked for. Whoever calls sees to it that one journal is worked on by one at a
 * time.
 */
export class Journals {
  readonly #live: string;
  readonly #past: string;
  readonly #open = new Map<string, Low<Journal>>();

  constructor(folder: string) {
    this.#live = join(folder, 'live');
    this.#past = join(folder, 'past');
    for (const path of [this.#live, this.#past]) {
      try {
        mkdirSync(path, { recursive: true });
      } catch (error) {
        throw saidOfDisk(error, path);
      }
    }
  }

  async append(id: string, expected: number, events: readonly Event[]): Promise<void> {
    const journal = await this.#openJournal(id);
    const have = journal.data.events.length;
    if (have !== expected) {
      throw new RevisionConflict(`The journal of ${id} has ${have} events, not ${expected}.`);
    }
    const before = journal.data;
    journal.data = { ...before, events: [...before.events, ...events] };
    try {
      await journal.write();
    } catch (error) {
      // It may have come as far as the disk all the same: what the journal says is what stands there, so it is read anew.
      this.#open.delete(id);
      throw error;
    }
  }

  /** Reads the live journals, which stay in memory. @returns those that cannot be gone on with. */
  async check(): Promise<BadFile[]> {
    const bad: BadFile[] = [];
    for (const id of await this.live()) {
      try {
        await this.#openJournal(id);
      } catch (error) {
        if (!(error instanceof BadFile)) throw error;
        bad.push(error);
      }
    }
    return bad;
  }

  /** Ids of the closed ones. Costs more the more there are. */
  async past(): Promise<string[]> {
    return idsIn(this.#past);
  }

  async read(id: string): Promise<readonly Event[] | undefined> {
    const known = this.#open.get(id);
    if (known) return known.data.events;
    const path = this.#pathOf(id);
    const journal = await new SafeFile<Journal>(path).read();
    return journal === null ? undefined : checkSchema(journal, path).events;
  }

  async live(): Promise<string[]> {
    return idsIn(this.#live);
  }

  isLive(id: string): boolean {
    return existsSync(join(this.#live, fileName(id)));
  }

  async moveToPast(id: string): Promise<void> {
    this.#open.delete(id);
    await moveDurably(join(this.#live, fileName(id)), join(this.#past, fileName(id)));
  }

  async #openJournal(id: string): Promise<Low<Journal>> {
    let journal = this.#open.get(id);
    if (!journal) {
      const path = this.#pathOf(id);
      journal = new Low<Journal>(new SafeFile(path), EMPTY);
      await journal.read();
      checkSchema(journal.data, path);
      this.#open.set(id, journal);
    }
    return journal;
  }

  #pathOf(id: string): string {
    const closed = join(this.#past, fileName(id));
    return existsSync(closed) ? closed : join(this.#live, fileName(id));
  }
}

async function idsIn(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  return names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length));
}

function fileName(id: string): string {
  if (!/^[a-z0-9]+$/.test(id)) throw new Error(`'${id}' is not the id of a rollout.`);
  return `${id}.json`;
}

/** Half understood, a journal would lead to the wrong act on somebody's traffic. @throws BadFile */
function checkSchema(journal: Journal, path: string): Journal {
  const schema: unknown = journal?.schema;
  if (schema === SCHEMA && Array.isArray(journal.events)) return journal;
  const text = JSON.stringify(journal);
  if (typeof journal !== 'object' || schema === undefined || schema === SCHEMA) {
    throw new BadFile(
      path,
      text,
      `${path} should be a journal, but holds ${text.slice(0, 40)}. Restore it or move it away.`,
    );
  }
  const older = typeof schema === 'number' && schema < SCHEMA;
  const writer = older ? 'an older Sluice' : 'another Sluice';
  throw new BadFile(
    path,
    text,
    `${path} should be a journal of schema ${SCHEMA}, but has schema ${JSON.stringify(schema)}: ${writer} wrote it. Bring its rollout to an end with that one, or move the file out of the data folder. Nothing of it was changed.`,
  );
}
