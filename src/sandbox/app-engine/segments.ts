import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

interface Segment<T> {
  readonly file: string;
  /** Of its first record, once it has been read or written. */
  begins?: number;
  /** Absent until somebody asks, and again when the segment has grown old: it is then read when it is needed. */
  records?: T[] | undefined;
}

export interface Retention {
  /** Records per file. */
  readonly segment: number;
  /** Files kept at most; older ones go first. */
  readonly segments: number;
  /** Milliseconds of the sandbox's clock after which a record may go. */
  readonly age: number;
  /** The newest files whose records stay in memory. */
  readonly warm: number;
}

/**
 * Records in the order of time, in append-only files, the newest in memory too. The oldest file goes as a whole when all
 * of it is too old or there are too many: neither memory, disk nor start-up grow with history.
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
    const own = readdirSync(folder).filter((file) => file.endsWith('.ndjson'));
    for (const file of own.toSorted()) {
      this.#segments.push({ file });
      this.#next = Number(file.split('.')[0]) + 1;
    }
  }

  /** After {@link close} nothing more is kept. */
  append(record: T): void {
    if (this.#closed) return;
    const last = this.#segments.at(-1);
    const room = last !== undefined && this.#recordsOf(last).length < this.#retention.segment;
    const segment = room ? last : this.#begin(record.at);
    this.#open ??= this.#resume(segment);
    this.#recordsOf(segment).push(record);
    writeSync(this.#open, `${JSON.stringify(record)}\n`);
  }

  /** From the oldest to the newest; files that end before `from` are passed over. */
  *forward(from = Number.NEGATIVE_INFINITY): Generator<T> {
    for (const [i, segment] of this.#segments.entries()) {
      const next = this.#segments[i + 1];
      if (next && this.#beginOf(next) < from) continue;
      yield* this.#recordsOf(segment);
    }
  }

  /** From the newest to the oldest. */
  *backward(): Generator<T> {
    for (const segment of this.#segments.toReversed()) {
      const records = this.#recordsOf(segment);
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

  #recordsOf(segment: Segment<T>): T[] {
    if (segment.records) return segment.records;
    const records = readRecords<T>(join(this.#folder, segment.file));
    const first = records[0];
    if (first) segment.begins = first.at;
    if (this.#segments.indexOf(segment) >= this.#segments.length - this.#retention.warm)
      segment.records = records;
    return records;
  }

  #beginOf(segment: Segment<T>): number {
    return segment.begins ?? this.#recordsOf(segment)[0]?.at ?? Number.POSITIVE_INFINITY;
  }

  #closeFile(): void {
    if (this.#open !== undefined) closeSync(this.#open);
    this.#open = undefined;
  }

  #begin(now: number): Segment<T> {
    this.#closeFile();
    const { segments, age } = this.#retention;
    const tooOld = (s: Segment<T>) => (this.#recordsOf(s).at(-1)?.at ?? 0) < now - age;
    for (let first = this.#segments[0]; first; first = this.#segments[0]) {
      if (this.#segments.length < segments && !tooOld(first)) break;
      rmSync(join(this.#folder, first.file));
      this.#segments.shift();
    }
    const file = `${String(this.#next++).padStart(8, '0')}.ndjson`;
    const segment: Segment<T> = { file, records: [], begins: now };
    this.#segments.push(segment);
    const cold = this.#segments.at(-1 - this.#retention.warm);
    if (cold) cold.records = undefined;
    return segment;
  }

  /** Opens a file to write on behind its last whole line. */
  #resume({ file }: Segment<T>): number {
    const path = join(this.#folder, file);
    if (existsSync(path)) truncateSync(path, readFileSync(path).lastIndexOf('\n') + 1);
    return openSync(path, 'a');
  }
}

/** A last line without an end was cut off when its writer was killed; it does not count. */
function readRecords<T>(path: string): T[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  lines.pop();
  return lines.map((line) => JSON.parse(line) as T);
}
