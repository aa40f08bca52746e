import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { apply, emptyState, type Mutation, type State, snapshot } from './state.ts';

const FORMAT = { format: 'sandbox-telegram', version: 1 };

/**
 * The server's memory: a state, and an append-only journal of what led to it. A mutation is written before it is applied
 * and before anybody hears of it, so that a killed server comes back with all that it had ever told anyone. Lines are not
 * forced to the disk one by one: a machine that loses its power may lose the last seconds.
 */
export class Ledger {
  readonly state: State;
  readonly #fd: number;
  readonly #listeners = new Set<(mutation: Mutation) => void>();

  private constructor(state: State, fd: number) {
    this.state = state;
    this.#fd = fd;
  }

  /**
   * Reads the journal in `dir` and writes it anew, as short as it can be.
   * @throws when a line other than the last cannot be read, or when the journal is of another format.
   */
  static open(dir: string, log: (line: string) => void): Ledger {
    mkdirSync(dir, { recursive: true });
    const path = join(dir, 'chat.ndjson');
    const state = replay(path, log);
    const lines = [JSON.stringify(FORMAT)];
    for (const mutation of snapshot(state)) lines.push(JSON.stringify(mutation));
    writeAside(path, `${lines.join('\n')}\n`);
    return new Ledger(state, openSync(path, 'a'));
  }

  /** Writes the mutations in one go, then applies them in order. */
  commit(...mutations: readonly Mutation[]): void {
    if (mutations.length === 0) return;
    const lines = mutations.map((mutation) => `${JSON.stringify(mutation)}\n`);
    writeFileSync(this.#fd, lines.join(''));
    for (const mutation of mutations) apply(this.state, mutation);
    for (const mutation of mutations) for (const listener of [...this.#listeners]) listener(mutation);
  }

  /** @returns a function that ends the listening. */
  listen(listener: (mutation: Mutation) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    closeSync(this.#fd);
  }
}

function replay(path: string, log: (line: string) => void): State {
  const state = emptyState();
  const lines = readIfThere(path).split('\n');
  // What follows the last line feed is a write that a crash cut short: nobody was told of it.
  const torn = lines.pop();
  if (torn)
    log(`The chat's journal ends in the middle of a line (${torn.length} characters): that line is dropped.`);
  for (const [index, line] of lines.entries()) {
    const value = parseLine(line, path, index + 1);
    if (index === 0) checkFormat(value, path);
    else apply(state, value as Mutation);
  }
  return state;
}

function parseLine(line: string, path: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new Error(
      `${path}, line ${number}: expected JSON. The chat's journal is damaged; move the file away to start with an empty chat.`,
      { cause },
    );
  }
}

function checkFormat(value: unknown, path: string): void {
  if (JSON.stringify(value) === JSON.stringify(FORMAT)) return;
  throw new Error(
    `${path}, line 1: expected ${JSON.stringify(FORMAT)}, got ${JSON.stringify(value)}. ` +
      'The file is of another version of the sandbox; move it away to start with an empty chat.',
  );
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}

/** Replaces the file as a whole: a crash leaves the old one or the new one. */
function writeAside(path: string, text: string): void {
  const aside = `${path}.new`;
  const fd = openSync(aside, 'w');
  try {
    writeFileSync(fd, text);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(aside, path);
}
