import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { Minute } from './figures.ts';

/** Real milliseconds between two notes: what a kill may cost. */
const NOTE_MS = 1_000;

/** What the minute that is not over has so far, noted down now and then, so that the next process goes on with it. */
export class OpenMinute {
  readonly #file: string;
  readonly #now: () => Minute;
  #timer: NodeJS.Timeout | undefined;

  /** @param now what there is to note */
  constructor(file: string, now: () => Minute) {
    this.#file = file;
    this.#now = now;
  }

  /** What the process before left behind; undefined when it left nothing. */
  read(): Minute | undefined {
    let text: string;
    try {
      text = readFileSync(this.#file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      return undefined;
    }
    return JSON.parse(text) as Minute;
  }

  /** There is something new: it is noted within a second. */
  touch(): void {
    this.#timer ??= setTimeout(() => this.note(), NOTE_MS).unref();
  }

  /** Notes it down at once. */
  note(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const minute = this.#now();
    if (minute.cells.length + (minute.tallies?.length ?? 0) === 0) {
      rmSync(this.#file, { force: true });
      return;
    }
    // A kill in the middle of it must not cut off what stood there.
    const aside = `${this.#file}.new`;
    writeFileSync(aside, JSON.stringify(minute));
    renameSync(aside, this.#file);
  }
}
