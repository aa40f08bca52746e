import { existsSync } from 'node:fs';
import { type FileHandle, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StoreProblem } from '../rollout/ports.ts';
import { saidOfDisk } from '../store/disk-error.ts';
import { syncFolder } from '../store/durable.ts';
import { BEGINNING, type End, type Entry, seal, stamp, unseal } from './line.ts';
import { endOfLines, linesBackwards } from './read-lines.ts';

/** The audit cannot be written now. Its message is a sentence that says why, and what to do. */
export class AuditUnwritable extends StoreProblem {
  override name = 'AuditUnwritable';
}

/** How a chain was found at a start. */
export type Found =
  | { readonly kind: 'none' }
  | { readonly kind: 'sound' }
  /** The last line was never finished, so nothing rests on it: it was taken away. */
  | { readonly kind: 'torn'; readonly bytes: number }
  /** It cannot be written on: it lies at `aside`, and a chain begins anew. */
  | { readonly kind: 'broken'; readonly aside: string };

/**
 * The file of a chain. It grows at its end only, and that end is all that is read at a start. One process writes it, and
 * one call of {@link append} at a time.
 */
export class ChainFile {
  readonly #path: string;
  #size: number;
  #end: End;
  /** The last append failed, and may have left a part of itself behind the end. */
  #torn = false;

  private constructor(path: string, size: number, end: End) {
    this.#path = path;
    this.#size = size;
    this.#end = end;
  }

  static async open(path: string, now: number): Promise<{ file: ChainFile; found: Found }> {
    if (!existsSync(path)) return { file: new ChainFile(path, 0, BEGINNING), found: { kind: 'none' } };
    const { size, torn, end } = await use(path, 'r+', async (file) => {
      const all = (await file.stat()).size;
      const whole = await endOfLines(file, all);
      if (whole < all) {
        await file.truncate(whole);
        await file.sync();
      }
      return { size: whole, torn: all - whole, end: await readEnd(file, whole) };
    });
    if (end) {
      const found: Found = torn > 0 ? { kind: 'torn', bytes: torn } : { kind: 'sound' };
      return { file: new ChainFile(path, size, end), found };
    }
    const aside = `${path}.broken-${stamp(now)}`;
    await rename(path, aside);
    await syncFolder(dirname(path));
    return { file: new ChainFile(path, 0, BEGINNING), found: { kind: 'broken', aside } };
  }

  /** Number and hash of the last line. */
  get end(): End {
    return this.#end;
  }

  /** @throws AuditUnwritable when an append would fail now for the file, its rights, or another hand in it. */
  async check(): Promise<void> {
    await this.#write(async () => {});
  }

  /** All of them or none. On disk when it resolves. @throws AuditUnwritable */
  async append(entries: readonly Entry[]): Promise<void> {
    let end = this.#end;
    const texts = entries.map((entry) => {
      const sealed = seal(entry, end);
      end = sealed.end;
      return `${sealed.text}\n`;
    });
    const bytes = Buffer.from(texts.join(''));
    await this.#write(async (file) => {
      this.#torn = true;
      await writeAll(file, bytes, this.#size);
      await file.datasync();
      this.#torn = false;
    });
    if (this.#size === 0) await syncFolder(dirname(this.#path));
    this.#size += bytes.length;
    this.#end = end;
  }

  async #write(work: (file: FileHandle) => Promise<void>): Promise<void> {
    try {
      await use(this.#path, this.#size === 0 ? 'a+' : 'r+', async (file) => {
        const { size } = await file.stat();
        if (size !== this.#size && !this.#torn) throw new Error(sayMeddled(this.#path, size, this.#size));
        if (size !== this.#size) await file.truncate(this.#size);
        await work(file);
      });
    } catch (error) {
      const why = (saidOfDisk(error, this.#path) as Error).message;
      throw new AuditUnwritable(
        `The audit cannot be written. ${why} What is missing is written once that is put right; until then nothing is promoted.`,
      );
    }
  }

  /** Last line first. */
  async backwards(visit: (lines: AsyncIterable<Buffer>) => Promise<void>): Promise<void> {
    if (this.#size === 0) return;
    await use(this.#path, 'r', (file) => visit(linesBackwards(file, this.#size)));
  }
}

async function readEnd(file: FileHandle, size: number): Promise<End | undefined> {
  if (size === 0) return BEGINNING;
  for await (const bytes of linesBackwards(file, size)) return unseal(bytes);
  return undefined;
}

async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
  }
}

async function use<T>(path: string, flags: string, work: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await open(path, flags, 0o600);
  try {
    return await work(file);
  } finally {
    await file.close();
  }
}

function sayMeddled(path: string, size: number, expected: number): string {
  return `${path} has ${size} bytes where I have written ${expected}, so another hand was in it. Bring the file back as it was, or start me again.`;
}
