import { createReadStream } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';

const LINE_END = 0x0a;
/** Bytes read at a time from the end of a file on. */
const CHUNK = 64 * 1024;

/**
 * The lines of a file, first to last, without their ends. What stands after the last line end is a line, too.
 * @param range in bytes; `end` is that of the first byte that is not read.
 */
export async function* linesOf(
  path: string,
  range: { readonly start?: number; readonly end?: number } = {},
): AsyncGenerator<Buffer> {
  const { start = 0, end } = range;
  if (end !== undefined && end <= start) return;
  let rest: Buffer[] = [];
  for await (const chunk of createReadStream(path, { start, ...(end !== undefined && { end: end - 1 }) })) {
    const bytes = chunk as Buffer;
    let from = 0;
    for (let at = bytes.indexOf(LINE_END); at >= 0; at = bytes.indexOf(LINE_END, from)) {
      const piece = bytes.subarray(from, at);
      yield rest.length > 0 ? Buffer.concat([...rest, piece]) : piece;
      rest = [];
      from = at + 1;
    }
    if (from < bytes.length) rest.push(bytes.subarray(from));
  }
  if (rest.length > 0) yield Buffer.concat(rest);
}

/**
 * The whole lines of a file, last to first; reads no further than it is asked to go.
 * @param end of the last whole line, in bytes.
 */
export async function* linesBackwards(file: FileHandle, end: number): AsyncGenerator<Buffer> {
  // The line end of the last line.
  let stop = end - 1;
  let rest: Buffer = Buffer.alloc(0);
  while (stop > 0 || rest.length > 0) {
    const start = Math.max(0, stop - CHUNK);
    const bytes = Buffer.concat([await readAt(file, start, stop - start), rest]);
    const pieces: Buffer[] = [];
    let to = bytes.length;
    for (let at = bytes.lastIndexOf(LINE_END); at >= 0; ) {
      pieces.push(bytes.subarray(at + 1, to));
      to = at;
      at = at > 0 ? bytes.lastIndexOf(LINE_END, at - 1) : -1;
    }
    yield* pieces;
    rest = bytes.subarray(0, to);
    stop = start;
    if (start === 0) {
      yield rest;
      return;
    }
  }
}

/** Where the last whole line of a file ends, in bytes; 0 when it has none. */
export async function endOfLines(file: FileHandle, size: number): Promise<number> {
  for (let stop = size; stop > 0; stop -= CHUNK) {
    const start = Math.max(0, stop - CHUNK);
    const at = (await readAt(file, start, stop - start)).lastIndexOf(LINE_END);
    if (at >= 0) return start + at + 1;
  }
  return 0;
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await file.read(bytes, 0, length, position);
  return bytes.subarray(0, bytesRead);
}
