import {
  appendFileSync,
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { isObject, type Json, type JsonObject } from './json.ts';

/** Mutations after which the file is rewritten with only what still lives. */
const COMPACT_AFTER = 20_000;

/**
 * Small JSON documents by key, in memory and in one append-only file: each change is a line written before the caller
 * goes on, so a killed process loses nothing it has answered for. A last line that was cut off is dropped.
 */
export class Documents {
  readonly #path: string;
  readonly #live = new Map<string, JsonObject>();
  #lines = 0;

  constructor(path: string) {
    this.#path = path;
    if (existsSync(path)) this.#replay(readFileSync(path, 'utf8'));
    this.#compact();
  }

  get(key: string): JsonObject | undefined {
    return this.#live.get(key);
  }

  put(key: string, value: JsonObject): void {
    this.#write(key, value);
    this.#live.set(key, value);
  }

  delete(key: string): void {
    if (!this.#live.has(key)) return;
    this.#write(key, null);
    this.#live.delete(key);
  }

  /** The documents whose keys begin with `prefix`, in the order in which they came. */
  list(prefix: string): JsonObject[] {
    const found: JsonObject[] = [];
    for (const [key, value] of this.#live) if (key.startsWith(prefix)) found.push(value);
    return found;
  }

  #write(key: string, value: Json): void {
    appendFileSync(this.#path, line(key, value));
    this.#lines++;
    if (this.#lines > COMPACT_AFTER + this.#live.size) this.#compact();
  }

  #replay(text: string): void {
    const lines = text.split('\n');
    lines.pop();
    for (const one of lines) {
      const { key, value } = JSON.parse(one) as { key: string; value: Json };
      if (isObject(value)) this.#live.set(key, value);
      else this.#live.delete(key);
    }
  }

  #compact(): void {
    const aside = `${this.#path}.new`;
    const text = [...this.#live].map(([key, value]) => line(key, value)).join('');
    writeFileSync(aside, text);
    const file = openSync(aside, 'r');
    fsyncSync(file);
    closeSync(file);
    renameSync(aside, this.#path);
    this.#lines = this.#live.size;
  }
}

function line(key: string, value: Json): string {
  return `${JSON.stringify({ key, value })}\n`;
}
