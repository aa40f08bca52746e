import { inflateRawSync } from 'node:zlib';

/** A file inside a zip. */
export interface ZipEntry {
  readonly path: string;
  /** Unpacked. */
  readonly bytes: number;
  readonly packed: number;
  readonly method: number;
  readonly encrypted: boolean;
  /** Where its local header begins. */
  readonly at: number;
}

/** The bytes from `from` up to, and without, `to`. */
export type ReadBytes = (from: number, to: number) => Promise<Buffer>;

/** The end record, 22 bytes and a comment of 65,535 at most (APPNOTE 4.3.16). */
const END_BYTES = 22 + 65_535;
const END = 0x06054b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
/** In a field that would be too small: the true value is in a record of the 64-bit kind. */
const ELSEWHERE = 0xffffffff;

/**
 * The files of a zip, folders left out, by reading its end and its directory only (PKWARE's APPNOTE 6.3, 4.3).
 * @throws Error as it follows the file's name and "is".
 */
export async function listZip(read: ReadBytes, size: number): Promise<ZipEntry[]> {
  const tail = await read(Math.max(0, size - END_BYTES), size);
  let end = tail.length - 22;
  while (end >= 0 && tail.readUInt32LE(end) !== END) end--;
  if (end < 0) throw new Error('no zip file: it has no directory at its end');
  const bytes = tail.readUInt32LE(end + 12);
  const at = tail.readUInt32LE(end + 16);
  if (at === ELSEWHERE || bytes === ELSEWHERE || tail.readUInt16LE(end + 10) === 0xffff)
    throw new Error('a zip of the 64-bit kind, which is for more than App Engine takes');
  if (at + bytes > size) throw new Error('a zip that was cut off');
  return entriesOf(await read(at, at + bytes));
}

function entriesOf(directory: Buffer): ZipEntry[] {
  const found: ZipEntry[] = [];
  for (let at = 0; at + 46 <= directory.length && directory.readUInt32LE(at) === ENTRY; ) {
    const nameBytes = directory.readUInt16LE(at + 28);
    const path = directory.toString('utf8', at + 46, at + 46 + nameBytes);
    found.push({
      path,
      encrypted: (directory.readUInt16LE(at + 8) & 1) === 1,
      method: directory.readUInt16LE(at + 10),
      packed: directory.readUInt32LE(at + 20),
      bytes: directory.readUInt32LE(at + 24),
      at: directory.readUInt32LE(at + 42),
    });
    at += 46 + nameBytes + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return found.filter(({ path }) => !path.endsWith('/'));
}

/** What a file in a zip holds. @throws Error as {@link listZip}. */
export async function unzip(read: ReadBytes, entry: ZipEntry): Promise<Buffer> {
  const { path, at, packed, bytes, method, encrypted } = entry;
  if (encrypted || (method !== 0 && method !== 8))
    throw new Error(`packed in a way that is not known here (${path}): use "deflate", without a password`);
  const header = await read(at, at + 30);
  if (header.length < 30 || header.readUInt32LE(0) !== LOCAL) throw new Error(`damaged (${path})`);
  const from = at + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  const content = await read(from, from + packed);
  if (method === 0) return content;
  try {
    return inflateRawSync(content, { maxOutputLength: Math.max(1, bytes) });
  } catch {
    throw new Error(`damaged (${path})`);
  }
}
