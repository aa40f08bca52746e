import { type FileHandle, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Past } from '../rollout/past.ts';
import { saidOfDisk } from './disk-error.ts';
import { syncFolder, writeDurably } from './durable.ts';
import { BadFile } from './safe-file.ts';

/** Bytes read at a time, from the end of the file on. */
const CHUNK = 64 * 1024;
const LINE_END = 0x0a;

/**
 * The rollouts that were closed, one line of JSON each, in the order in which they were. The file only grows at its end,
 * and is only read from there.
 */
export class HistoryFile {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Length in bytes; 0 while there is no file. */
  async size(): Promise<number> {
    return (await this.#use('r', async (file) => (await file.stat()).size)) ?? 0;
  }

  /**
   * Sees to it that the rollout has its line, once, on disk.
   * @param from where the file ended before anybody tried: its line is after that, or missing. A line that was cut short
   * there is taken away.
   */
  async ensure(past: Past, from: number): Promise<void> {
    await this.#use('a+', async (file) => {
      const { size } = await file.stat();
      const start = Math.min(from, size);
      const tail = await readAt(file, start, size - start);
      const whole = tail.lastIndexOf(LINE_END) + 1;
      const lines = tail.subarray(0, whole).toString('utf8').split('\n').filter(Boolean);
      if (whole < tail.length) await file.truncate(start + whole);
      if (!lines.some((line) => this.#parse(line).id === past.id)) {
        await file.appendFile(`${JSON.stringify(past)}\n`);
      }
      await file.sync();
      if (size === 0) await syncFolder(dirname(this.#path));
    });
  }

  /** Newest first. Reads no further than it is asked to go. */
  async *newestFirst(): AsyncGenerator<Past> {
    let end = await this.size();
    let rest: Buffer = Buffer.alloc(0);
    while (end > 0) {
      const start = Math.max(0, end - CHUNK);
      const chunk = (await this.#use('r', (file) => readAt(file, start, end - start))) ?? Buffer.alloc(0);
      const bytes = Buffer.concat([chunk, rest]);
      end = start;
      // The first line of the piece may begin further up.
      const first = start === 0 ? 0 : bytes.indexOf(LINE_END) + 1;
      if (first === 0 && start > 0) {
        rest = bytes;
        continue;
      }
      const lines = bytes.subarray(first).toString('utf8').split('\n').filter(Boolean);
      rest = bytes.subarray(0, first);
      for (const line of lines.toReversed()) yield this.#parse(line);
    }
  }

  /** Whether the lines at its end are whole; where nothing was ever closed there is no file, and nothing is wrong. */
  async isSound(): Promise<boolean> {
    try {
      await this.newestFirst().next();
      return true;
    } catch (error) {
      if (error instanceof BadFile) return false;
      throw error;
    }
  }

  /** The lines that can be read, the first one first. */
  async salvage(): Promise<Past[]> {
    const text = await readFile(this.#path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw saidOfDisk(error, this.#path);
    });
    return text.split('\n').flatMap((line) => {
      try {
        return line === '' ? [] : [this.#parse(line)];
      } catch {
        return [];
      }
    });
  }

  /** Writes the whole of it anew. */
  async rewrite(all: readonly Past[]): Promise<void> {
    await writeDurably(this.#path, all.map((past) => `${JSON.stringify(past)}\n`).join(''));
  }

  #parse(line: string): Past {
    try {
      const past = JSON.parse(line) as Past;
      if (typeof past?.id === 'string') return past;
      throw new Error('it has no id');
    } catch (error) {
      throw new BadFile(
        this.#path,
        line,
        `${this.#path} should hold a line of JSON for each rollout, but has '${line.slice(0, 60)}' (${(error as Error).message}). Cut that line.`,
      );
    }
  }

  /** Undefined when there is no such file and it is only to be read. */
  async #use<T>(flags: 'r' | 'a+', work: (file: FileHandle) => Promise<T>): Promise<T | undefined> {
    let file: FileHandle;
    try {
      file = await open(this.#path, flags);
    } catch (error) {
      if (flags === 'r' && (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw saidOfDisk(error, this.#path);
    }
    try {
      return await work(file);
    } catch (error) {
      throw saidOfDisk(error, this.#path);
    } finally {
      await file.close();
    }
  }
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await file.read(bytes, 0, length, position);
  return bytes.subarray(0, bytesRead);
}
