import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { saidOfDisk } from './disk-error.ts';

/**
 * Writes a file that is never seen half written: aside first, synced, and renamed over the old one. The folder is synced
 * too, so that the rename itself survives a power cut. Of one path, one write at a time.
 * @throws DiskError; what was there before is there still.
 */
export async function writeDurably(path: string, data: string | Uint8Array): Promise<void> {
  // No name that is asked for ends so.
  const aside = `${path}~`;
  try {
    await writeSynced(aside, data);
  } catch (error) {
    // The half of it would only take room that is wanted elsewhere.
    await rm(aside, { force: true }).catch(() => {});
    throw saidOfDisk(error, path);
  }
  await moveDurably(aside, path);
}

async function writeSynced(path: string, data: string | Uint8Array): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.writeFile(data);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Renames a file; when it resolves, a power cut does not undo it. @throws DiskError */
export async function moveDurably(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
    await syncFolder(dirname(to));
    if (dirname(from) !== dirname(to)) await syncFolder(dirname(from));
  } catch (error) {
    throw saidOfDisk(error, to);
  }
}

/** Makes a folder, with those above it, so that a power cut does not take it away again. @throws DiskError */
export async function makeFolder(path: string): Promise<void> {
  try {
    const first = await mkdir(path, { recursive: true });
    if (first === undefined) return;
    for (let made = path; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made));
  } catch (error) {
    throw saidOfDisk(error, path);
  }
}

/** Makes names that came and went in a folder outlive a power cut. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
