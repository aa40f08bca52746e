import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

interface Segment<T> {
  readonly file: string;
  readonly records: T[];
}

export interface Retention {
  /** Records per file. */
  readonly segment: number;
  /** Files kept at most; older ones go first. */
  readonly segments: number;
  /** Milliseconds of the sandbox's clock after which a record may go. */
  readonly age: number;
}

/**
 * Records in the order of time, in memory and in a handful of append-only files. The oldest file goes as a whole when
 * all of it is too old or there are too many: neither memory, disk nor start-up grow with history.
 */
export class Segments<T extends { readonly at: number }> {
  readonly #folder: string;
  readonly #retention: Retention;
  readonly #segments: Segment<T>[] = [];
  #next = 1;
  #open: number | undefined;
  #closed = false;

  constructor(folder: string, retention: Retention) {
    this.#folder = folder;
    this.#retention = retention;
    mkdirSync(folder, { recursive: true });
    for (const file of readdirSync(folder).toSorted()) {
      const lines = readFileSync(join(folder, file), 'utf8').split('\n');
      lines.pop();
      this.#segments.push({ file, records: lines.map((line) => JSON.parse(line) as T) });
      this.#next = Number(file.split('.')[0]) + 1;
    }
  }

  /** After {@link close} nothing more is kept. */
  append(record: T): void {
    if (this.#closed) return;
    let last = this.#segments.at(-1);
    if (last === undefined || this.#open === undefined || last.records.length >= this.#retention.segment) {
      last = this.#begin(record.at);
    }
    last.records.push(record);
    if (this.#open !== undefined) writeSync(this.#open, `${JSON.stringify(record)}\n`);
  }

  /** From the oldest to the newest. */
  *forward(): Generator<T> {
    for (const { records } of this.#segments) yield* records;
  }

  /** From the newest to the oldest. */
  *backward(): Generator<T> {
    for (const { records } of this.#segments.toReversed()) {
      for (let i = records.length - 1; i >= 0; i--) {
        const record = records[i];
        if (record !== undefined) yield record;
      }
    }
  }

  close(): void {
    this.#closed = true;
    this.#closeFile();
  }

  #closeFile(): void {
    if (this.#open !== undefined) closeSync(this.#open);
    this.#open = undefined;
  }

  #begin(now: number): Segment<T> {
    this.#closeFile();
    const { segments, age } = this.#retention;
    const tooOld = (s: Segment<T>) => (s.records.at(-1)?.at ?? 0) < now - age;
    for (let first = this.#segments[0]; first; first = this.#segments[0]) {
      if (this.#segments.length < segments && !tooOld(first)) break;
      rmSync(join(this.#folder, first.file));
      this.#segments.shift();
    }
    const file = `${String(this.#next++).padStart(8, '0')}.ndjson`;
    this.#open = openSync(join(this.#folder, file), 'a');
    const segment = { file, records: [] };
    this.#segments.push(segment);
    return segment;
  }
}
