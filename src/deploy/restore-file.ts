import { randomUUID } from 'node:crypto';
import { open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { CloudError } from '../google/cloud-error.ts';
import { type ConfigFile, fromFolder, locateApp } from './config-files.ts';

/** A file that is written over. */
export interface Replaced {
  readonly path: string;
  /** What stands in it. */
  readonly text: string;
}

/**
 * Makes a file what it was, whole or not at all, and reads it back. What it says stays out of the sentences: app.yaml
 * may hold secrets.
 * @param onReplace awaited before anything is written over.
 * @returns what had to be done, in words.
 * @throws CloudError `failed` with what is left to do.
 */
export async function restoreFile(
  folderOrFile: string,
  { path, text }: ConfigFile,
  onReplace: (file: Replaced) => Promise<void>,
): Promise<string> {
  const { folder } = await locateApp(folderOrFile);
  const full = fromFolder(folder, path);
  const failed = (error: unknown) =>
    new CloudError(
      'failed',
      `Could not put ${full} back as it was: ${(error as Error).message}. Its text is in the backup; bring it there by hand.`,
    );
  const found = await readIfThere(full).catch((error) => {
    throw failed(error);
  });
  if (found === text) return `No line differs from the backup (${countLines(text)}).`;
  if (found !== undefined) await onReplace({ path: full, text: found });
  try {
    await writeWhole(full, text);
    const now = await readIfThere(full);
    if (now !== text) throw new Error('it does not read back as it was written');
  } catch (error) {
    throw failed(error);
  }
  return found === undefined
    ? 'It was gone, and is there again; no line differs from the backup.'
    : `${sayDifference(found, text)}; now no line differs from the backup.`;
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Beside it first, then over it; a link stays one, and the rights stay as they are. */
async function writeWhole(path: string, text: string): Promise<void> {
  const target = await realpath(path).catch(() => path);
  const mode = (await stat(target).catch(() => undefined))?.mode;
  const aside = `${target}.${randomUUID()}.new`;
  try {
    const file = await open(aside, 'wx', mode);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(aside, target);
  } finally {
    await rm(aside, { force: true });
  }
}

/** "2 lines had been added and 1 taken away". Lines count by what they say, wherever they stand. */
function sayDifference(found: string, text: string): string {
  const added = surplus(found, text);
  const removed = surplus(text, found);
  if (added + removed === 0) return 'Its lines stood in another order, or ended otherwise';
  const lines = (count: number) => `${count} ${count === 1 ? 'line' : 'lines'}`;
  if (removed === 0) return `${lines(added)} had been added`;
  return added === 0
    ? `${lines(removed)} had been taken away`
    : `${lines(added)} had been added and ${lines(removed)} taken away`;
}

/** How many lines of `one` are not in `other`. */
function surplus(one: string, other: string): number {
  const left = new Map<string, number>();
  for (const line of other.split(/\r?\n/)) left.set(line, (left.get(line) ?? 0) + 1);
  let count = 0;
  for (const line of one.split(/\r?\n/)) {
    const had = left.get(line) ?? 0;
    if (had === 0) count++;
    else left.set(line, had - 1);
  }
  return count;
}

function countLines(text: string): string {
  const count = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
  return `${count} ${count === 1 ? 'line' : 'lines'}`;
}
