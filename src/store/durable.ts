import { mkdir, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Writes a file that is never seen half written: aside first, synced, and renamed over the old one. The folder is synced
 * too, so that the rename itself survives a power cut. Of one path, one write at a time.
 */
export async function writeDurably(path: string, data: string | Uint8Array): Promise<void> {
  // No name that is asked for ends so.
  const aside = `${path}~`;
  const file = await open(aside, 'w');
  try {
    await file.writeFile(data);
    await file.sync();
  } finally {
    await file.close();
  }
  await moveDurably(aside, path);
}

/** Renames a file; when it resolves, a power cut does not undo it. */
export async function moveDurably(from: string, to: string): Promise<void> {
  await rename(from, to);
  await syncFolder(dirname(to));
  if (dirname(from) !== dirname(to)) await syncFolder(dirname(from));
}

/** Makes a folder, with those above it, so that a power cut does not take it away again. */
export async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  if (first === undefined) return;
  for (let made = path; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made));
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
