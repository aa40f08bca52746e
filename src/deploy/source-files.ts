import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import pLimit from 'p-limit';
import { CloudError } from '../google/cloud-error.ts';
import { DEFAULT_RULES, type Ignores, readIgnoreRules } from './ignore-rules.ts';

/** A file that belongs to a version. */
export interface SourceFile {
  /** Inside the app, with forward slashes. */
  readonly path: string;
  /** On this machine. */
  readonly location: string;
  readonly bytes: number;
  /** Hexadecimal; also its name in the staging bucket. */
  readonly sha1: string;
}

/** "New versions are limited to 10000 files for this app", as App Engine says after the upload; we say it before. */
const MOST_FILES = 10_000;
/** Two disks' worth of parallel reads; hashing itself is one thread's work. */
const READERS = 8;

/**
 * The files of a folder that App Engine is to get, sorted by path.
 * @throws CloudError `invalid` for too many files, a link that points nowhere and links that go round in circles.
 */
export async function readSource(folder: string, signal?: AbortSignal): Promise<SourceFile[]> {
  const found = await walk(folder, await rulesOf(folder));
  if (found.length > MOST_FILES) {
    throw new CloudError(
      'invalid',
      `${folder} has ${found.length} files to upload, and App Engine takes ${MOST_FILES} at most: list what the app does not need in .gcloudignore.`,
    );
  }
  const limit = pLimit(READERS);
  const hashed = found.map((file) =>
    limit(async () => {
      signal?.throwIfAborted();
      return { ...file, sha1: await sha1Of(file.location) };
    }),
  );
  return (await Promise.all(hashed)).toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

async function rulesOf(folder: string): Promise<Ignores> {
  try {
    return readIgnoreRules(await readFile(join(folder, '.gcloudignore'), 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      return readIgnoreRules(DEFAULT_RULES);
    throw new CloudError('invalid', `Could not read ${join(folder, '.gcloudignore')}: ${String(error)}.`);
  }
}

type Found = Omit<SourceFile, 'sha1'>;

async function walk(top: string, ignored: Ignores): Promise<Found[]> {
  const files: Found[] = [];

  /** @param above real paths of the folders that lead here. */
  async function visit(folder: string, prefix: string, above: readonly string[]): Promise<void> {
    const real = await realpath(folder);
    if (above.includes(real)) {
      throw new CloudError(
        'invalid',
        `${folder} is a link to a folder above itself: remove it, or list it in .gcloudignore.`,
      );
    }
    for (const name of await readdir(folder)) {
      const path = prefix + name;
      const location = join(folder, name);
      const info = await stat(location).catch(() => undefined);
      if (ignored(path, info?.isDirectory() ?? false)) continue;
      if (!info) {
        throw new CloudError(
          'invalid',
          `${location} is a link that points nowhere: remove it, or list it in .gcloudignore.`,
        );
      }
      if (info.isDirectory()) await visit(location, `${path}/`, [...above, real]);
      else if (info.isFile()) files.push({ path, location, bytes: info.size });
    }
  }

  await visit(top, '', []);
  return files;
}

async function sha1Of(location: string): Promise<string> {
  const hash = createHash('sha1');
  await pipeline(createReadStream(location), hash);
  return hash.digest('hex');
}
