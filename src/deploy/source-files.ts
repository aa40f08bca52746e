import { createHash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import pLimit from 'p-limit';
import { CloudError } from '../google/cloud-error.ts';
import type { AppYaml } from './app-yaml/read.ts';
import { isStagedGo } from './app-yaml/runtimes.ts';
import { goSource } from './go-module.ts';
import type { Ignores } from './ignore-rules.ts';
import { madeFiles } from './made-files.ts';
import { type Found, walk } from './source-walk.ts';
import { takeTurns } from './turns.ts';
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
/** Of those that are not small: each is read by a thread of Node's, or as a stream. */
const READERS = 8;
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
  const { found, made } = await findSource(app, signal);
  const turn = takeTurns(signal);
  const files: SourceFile[] = made.map(({ path, text }) => ({
    path,
    bytes: Buffer.byteLength(text),
    content: { kind: 'made', text },
    sha1: createHash('sha1').update(text).digest('hex'),
  }));
  const others: Found[] = [];
  let room = HELD_IN_ALL;
  for (const file of found) {
    if (file.bytes > HELD_OF_ONE || file.bytes > room) {
      others.push(file);
      continue;
    }
    room -= file.bytes;
    files.push(holdSmall(file));
    await turn();
  }
  const limit = pLimit(READERS);
  const hashed = await limit.map(others, async (file): Promise<SourceFile> => {
    signal?.throwIfAborted();
    const { path, bytes, location } = file;
    return { path, bytes, content: { kind: 'disk', location }, sha1: await sha1Of(file) };
  });
  return files.concat(hashed).toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function holdSmall({ path, location }: Found): SourceFile {
  const held = readFileSync(location);
  const sha1 = createHash('sha1').update(held).digest('hex');
  return { path, bytes: held.length, content: { kind: 'disk', location, held }, sha1 };
}

/** How much that is, without reading it: for a look beforehand. @throws CloudError as {@link readSource}. */
export async function measureSource(app: AppYaml): Promise<{ files: number; bytes: number }> {
  const { found, made } = await findSource(app);
  const sizes = [...found.map(({ bytes }) => bytes), ...made.map(({ text }) => Buffer.byteLength(text))];
  return { files: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}

async function findSource(app: AppYaml, signal?: AbortSignal) {
  const rules = await uploadRules(app);
  const go = isStagedGo(app.runtime, app.environment) ? await goSource(app.folder) : undefined;
  const found = await walk(go?.root ?? app.folder, go ? withoutGit(rules) : rules, signal);
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

/** Google's stager for Go leaves every .git folder behind, whatever .gcloudignore says, and takes no broken link. */
function withoutGit(rules: UploadRules): UploadRules {
  const ignored: Ignores = (path, isFolder) =>
    (isFolder && /(?:^|\/)\.git$/.test(path)) || rules.ignored(path, isFolder);
  return { ...rules, ignored, brokenLinks: 'refuse' };
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

/** Reads a file that may be large. @returns hexadecimal. */
export async function sha1Of({ location, bytes }: Pick<Found, 'location' | 'bytes'>): Promise<string> {
  const hash = createHash('sha1');
  if (bytes <= AT_ONCE) return hash.update(await readFile(location)).digest('hex');
  await pipeline(createReadStream(location), hash);
  return hash.digest('hex');
}
