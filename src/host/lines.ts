import { stripVTControlCharacters } from 'node:util';

/** Longer lines are told in parts, so that a program that never ends its line fills no memory. */
const LONGEST_LINE = 2_000;

/** Cuts output that comes in any pieces into lines without colours; what is kept is bounded. */
export class LineReader {
  readonly #kept: number;
  readonly #onLine: (line: string) => void;
  #open = '';
  #tail = '';

  /** @param kept characters of the end that {@link tail} holds. */
  constructor(kept: number, onLine: (line: string) => void) {
    this.#kept = kept;
    this.#onLine = onLine;
  }

  push(text: string): void {
    // A progress bar writes over its own line with a lone carriage return.
    const lines = (this.#open + text).split(/\r\n|[\n\r]/);
    this.#open = lines.pop() ?? '';
    for (const line of lines) this.#take(this.#takeParts(line));
    this.#open = this.#takeParts(this.#open);
  }

  /** Takes what is left without a line's end. */
  end(): void {
    if (this.#open !== '') this.#take(this.#open);
    this.#open = '';
  }

  /** The last lines, at most as many characters as are to be kept. */
  get tail(): string {
    return this.#tail.slice(-this.#kept).trimEnd();
  }

  /** @returns what is left of a long line. */
  #takeParts(line: string): string {
    let at = 0;
    for (; line.length - at > LONGEST_LINE; at += LONGEST_LINE) this.#take(line.slice(at, at + LONGEST_LINE));
    return line.slice(at);
  }

  #take(raw: string): void {
    const line = stripVTControlCharacters(raw).trimEnd();
    if (line === '' && (this.#tail === '' || this.#tail.endsWith('\n\n'))) return;
    this.#tail += `${line}\n`;
    if (this.#tail.length > 4 * this.#kept) this.#tail = this.#tail.slice(-this.#kept);
    if (line !== '') this.#onLine(line);
  }
}
