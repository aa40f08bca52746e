import { readFile } from 'node:fs/promises';
import type { Adapter } from 'lowdb';
import { saidOfDisk } from './disk-error.ts';
import { writeDurably } from './durable.ts';

/** A file that is there and can be read, but does not hold what it should. Its message is a sentence. */
export class BadFile extends Error {
  override name = 'BadFile';
  readonly path: string;
  /** What is in it, as far as it is text. */
  readonly text: string;

  constructor(path: string, text: string, message: string) {
    super(message);
    this.path = path;
    this.text = text;
  }
}

/** lowdb's adapter for a file of JSON that is never seen half written. */
export class SafeFile<T> implements Adapter<T> {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Null when there is none. @throws BadFile, DiskError */
  async read(): Promise<T | null> {
    let text: string;
    try {
      text = await readFile(this.#path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw saidOfDisk(error, this.#path);
    }
    try {
      const value = JSON.parse(text) as T | null;
      if (value === null) throw new Error('it holds nothing');
      return value;
    } catch (error) {
      throw new BadFile(
        this.#path,
        text,
        `${this.#path} should hold JSON but does not (${(error as Error).message}). Restore it or move it away.`,
      );
    }
  }

  async write(data: T): Promise<void> {
    await writeDurably(this.#path, JSON.stringify(data));
  }
}
