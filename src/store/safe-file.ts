import { readFile } from 'node:fs/promises';
import type { Adapter } from 'lowdb';
import { writeDurably } from './durable.ts';

/** lowdb's adapter for a file of JSON that is never seen half written. */
export class SafeFile<T> implements Adapter<T> {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  async read(): Promise<T | null> {
    let text: string;
    try {
      text = await readFile(this.#path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
    try {
      return JSON.parse(text) as T;
    } catch (error) {
      throw new Error(
        `${this.#path} should hold JSON but does not (${(error as Error).message}). Restore it or move it away.`,
      );
    }
  }

  async write(data: T): Promise<void> {
    await writeDurably(this.#path, JSON.stringify(data));
  }
}
