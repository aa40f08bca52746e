import { createHash } from 'node:crypto';
import { createReadStream, type Dirent } from 'node:fs';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import pLimit from 'p-limit';
import { CloudError } from '../google/cloud-error.ts';
import type { AppYaml } from './app-yaml/read.ts';
import { isStagedGo } from './app-yaml/runtimes.ts';
import { goSource } from './go-module.ts';
import type { Ignores } from './ignore-rules.ts';
import { madeFiles } from './made-files.ts';
import { type UploadRules, uploadRules } from './upload-rules.ts';

/** A file that belongs to a version. */
export interface SourceFile {
  /** Inside the app, with forward slashes. */
  readonly path: string;
  readonly content: Content;
  readonly bytes: number;
  /** Hexadecimal; also its name in the staging bucket. */
  readonly sha1: string;
}

/** On this machine, or made for the upload. */
export type Content =
  | {
      readonly kind: 'disk';
      readonly location: string;
      /** What was read there, of a small file: opening thousands of them twice takes longer than all else. */
      readonly held?: Buffer;
    }
  | { readonly kind: 'made'; readonly text: string };

/** "New versions are limited to 10000 files for this app", as App Engine says after the upload; we say it before. */
const MOST_FILES = 10_000;
/** Enough to keep the threads that Node reads with busy; hashing itself is one thread's work. */
const READERS = 32;
/** In bytes: what is kept in memory of small files, of each and of all. */
const HELD_OF_ONE = 64 * 1024;
const HELD_IN_ALL = 32 * 1024 * 1024;
/** In bytes: up to here a file is read in one go, because a stream costs more than it spares. */
const AT_ONCE = 1024 * 1024;

/**
 * The files of an app that App Engine is to get, sorted by path: the very set that gcloud uploads.
 * @throws CloudError `invalid` for too many files and too large ones, for links that point nowhere or go round in
 * circles, and for names that are no text.
 */
export async function readSource(app: AppYaml, signal?: AbortSignal): Promise<SourceFile[]> {
  const { found, made } = await findSource(app);
  const limit = pLimit(READERS);
  let room = HELD_IN_ALL;
  const hashed = found.map((file) =>
    limit(async () => {
      signal?.throwIfAborted();
      const { path, bytes, location } = file;
      if (bytes > HELD_OF_ONE || bytes > room) {
        return { path, bytes, content: { kind: 'disk' as const, location }, sha1: await sha1Of(file) };
      }
      room -= bytes;
      const held = await readFile(location);
      const sha1 = createHash('sha1').update(held).digest('hex');
      return { path, bytes: held.length, content: { kind: 'disk' as const, location, held }, sha1 };
    }),
  );
  const texts = made.map(({ path, text }) => ({
    path,
    bytes: Buffer.byteLength(text),
    content: { kind: 'made' as const, text },
    sha1: createHash('sha1').update(text).digest('hex'),
  }));
  return [...(await Promise.all(hashed)), ...texts].toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** How much that is, without reading it: for a look beforehand. @throws CloudError as {@link readSource}. */
export async function measureSource(app: AppYaml): Promise<{ files: number; bytes: number }> {
  const { found, made } = await findSource(app);
  const sizes = [...found.map(({ bytes }) => bytes), ...made.map(({ text }) => Buffer.byteLength(text))];
  return { files: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}

async function findSource(app: AppYaml) {
  const rules = await uploadRules(app);
  const go = isStagedGo(app.runtime, app.environment) ? await goSource(app.folder) : undefined;
  const found = await walk(go?.root ?? app.folder, go ? withoutGit(rules) : rules);
  const made = await madeFiles(app, go, rules.ignored, found);
  const total = found.length + made.length;
  if (total > MOST_FILES) {
    throw new CloudError(
      'invalid',
      `${app.folder} has ${total} files to upload, and App Engine takes ${MOST_FILES} at most: list what the app does not need in .gcloudignore.`,
    );
  }
  checkFiles(app, rules, found);
  return { found, made };
}

/** Google's stager for Go leaves every .git folder behind, whatever .gcloudignore says. */
function withoutGit(rules: UploadRules): UploadRules {
  const ignored: Ignores = (path, isFolder) =>
    (isFolder && /(?:^|\/)\.git$/.test(path)) || rules.ignored(path, isFolder);
  return { ...rules, ignored };
}

function checkFiles(app: AppYaml, rules: UploadRules, found: readonly Found[]): void {
  const { largest } = rules;
  const large = largest === undefined ? undefined : found.find((file) => file.bytes > largest);
  if (large && largest !== undefined) {
    throw new CloudError(
      'invalid',
      `${large.location} has ${large.bytes} bytes, and with ${app.runtime} App Engine takes ${largest} at most in one file: leave it out by skip_files.`,
    );
  }
  if (app.environment === 'flexible' && !found.some((file) => file.path === app.file)) {
    throw new CloudError(
      'invalid',
      `${app.file} is among the files that are not uploaded, and flex needs it: take it out of .gcloudignore or skip_files.`,
    );
  }
}

interface Found {
  readonly path: string;
  readonly location: string;
  readonly bytes: number;
}

async function walk(top: string, rules: UploadRules): Promise<Found[]> {
  const files: Found[] = [];
  const realTop = await realpath(top);

  /** @param above real paths of the folders that lead here, this one included. */
  async function visit(folder: string, prefix: string, above: readonly string[]): Promise<void> {
    const entries = await readdir(folder, { withFileTypes: true });
    await Promise.all(entries.map((entry) => look(entry, folder, prefix, above)));
  }

  async function look(
    entry: Dirent,
    folder: string,
    prefix: string,
    above: readonly string[],
  ): Promise<void> {
    const { name } = entry;
    const path = prefix + name;
    const location = join(folder, name);
    // A link is what it points to.
    const info = entry.isDirectory() ? undefined : await stat(location).catch(() => undefined);
    const isFolder = entry.isDirectory() || info?.isDirectory() === true;
    if (rules.ignored(path, isFolder)) return;
    if (isFolder) return enter(location, path, above);
    if (info?.isFile()) files.push({ path, location, bytes: info.size });
    if (info) return;
    if (name.includes('\uFFFD')) throw badName(folder, name);
    if (rules.brokenLinks === 'skip') return;
    throw new CloudError(
      'invalid',
      `${location} is a link that points nowhere: remove it, or list it in .gcloudignore.`,
    );
  }

  async function enter(location: string, path: string, above: readonly string[]): Promise<void> {
    const real = await realpath(location);
    if (above.includes(real) || `${realTop}${sep}`.startsWith(real.endsWith(sep) ? real : `${real}${sep}`)) {
      throw new CloudError(
        'invalid',
        `${location} is a link to a folder above itself: remove it, or list it in .gcloudignore.`,
      );
    }
    await visit(location, `${path}/`, [...above, real]);
  }

  await visit(top, '', [realTop]);
  return files;
}

function badName(folder: string, name: string): CloudError {
  return new CloudError(
    'invalid',
    `The name of ${name} in ${folder} is not written in UTF-8, and App Engine takes no other: rename it, or leave it out.`,
  );
}

/** Reads a file that may be large. @returns hexadecimal. */
export async function sha1Of({ location, bytes }: Pick<Found, 'location' | 'bytes'>): Promise<string> {
  const hash = createHash('sha1');
  if (bytes <= AT_ONCE) return hash.update(await readFile(location)).digest('hex');
  await pipeline(createReadStream(location), hash);
  return hash.digest('hex');
}
