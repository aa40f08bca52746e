import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CloudError } from '../../google/cloud-error.ts';
import type { Rest } from '../../google/rest.ts';
import type { ZipOrigin } from '../../plan/origin.ts';
import { type BucketObject, openObject } from './bucket-object.ts';
import { listZip, unzip, type ZipEntry } from './zip.ts';

/** As App Engine has it for all versions. */
const MOST_FILES = 10_000;
/** Assumed: App Engine's reference names no limit. What is larger is hardly an app, and would fail after minutes only. */
const MOST_BYTES = 1024 ** 3;
/** Settings are small; whatever says otherwise is no file of settings. */
const MOST_SETTINGS = 100;
const SETTINGS_BYTES = 1024 * 1024;

/** A zip's settings on this machine. */
export interface ZipApp {
  /** Holds app.yaml and the other .yaml files of the zip, where they stand in it. */
  readonly folder: string;
  readonly files: number;
}

/** Whether a zip has its own app.yaml. @throws CloudError with a sentence when it is no good as a source. */
export async function lookAtZip(
  rest: Rest,
  url: string,
  signal?: AbortSignal,
): Promise<{ readonly generation: string; readonly hasApp: boolean }> {
  const object = await openObject(rest, url, signal);
  const entries = await entriesOf(object, url);
  return {
    generation: object.generation,
    hasApp: entries.some(({ path }) => path === 'app.yaml'),
  };
}

/**
 * Brings a zip's settings to a folder, which appears as a whole or not at all. The rest of the zip stays where it is.
 * @throws CloudError `conflict` when the object was written anew since it was chosen.
 */
export async function bringZip(
  rest: Rest,
  { url, generation }: ZipOrigin,
  folder: string,
  signal?: AbortSignal,
): Promise<ZipApp> {
  const known = await readFile(join(folder, 'files'), 'utf8').catch(() => undefined);
  const app = join(folder, 'app');
  if (known !== undefined) return { folder: app, files: Number(known) };
  const object = await openObject(rest, url, signal);
  mustBe(url, object.generation, generation);
  const entries = await entriesOf(object, url);
  const aside = `${folder}.new`;
  await rm(aside, { recursive: true, force: true });
  await mkdir(join(aside, 'app'), { recursive: true });
  for (const entry of entries.filter(isSettings).slice(0, MOST_SETTINGS)) {
    const target = join(aside, 'app', entry.path);
    const content = await saying(url, () => unzip(object.read, entry));
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, content);
  }
  await writeFile(join(aside, 'files'), String(entries.length));
  await rm(folder, { recursive: true, force: true });
  await rename(aside, folder);
  return { folder: app, files: entries.length };
}

/** What was approved is what goes out. @throws CloudError `conflict` */
export async function mustBeUnchanged(
  rest: Rest,
  { url, generation }: ZipOrigin,
  signal?: AbortSignal,
): Promise<void> {
  mustBe(url, (await openObject(rest, url, signal)).generation, generation);
}

function mustBe(url: string, now: string, chosen: string): void {
  if (now === chosen) return;
  throw new CloudError(
    'conflict',
    `${url} was written anew since this release began. Cancel it and begin another one, so that people know what they approve.`,
  );
}

async function entriesOf(object: BucketObject, url: string): Promise<ZipEntry[]> {
  if (object.bytes > MOST_BYTES)
    throw new CloudError(
      'invalid',
      `${url} has ${object.bytes} bytes, and ${MOST_BYTES} are taken at most: leave out what the app does not need.`,
    );
  const entries = await saying(url, () => listZip(object.read, object.bytes));
  if (entries.length > MOST_FILES)
    throw new CloudError(
      'invalid',
      `${url} has ${entries.length} files, and App Engine takes ${MOST_FILES} at most.`,
    );
  return entries;
}

/** Paths that lead out of the folder are none. */
function isSettings({ path, bytes }: ZipEntry): boolean {
  const parts = path.split(/[/\\]/);
  return (
    /\.ya?ml$/.test(path) &&
    bytes <= SETTINGS_BYTES &&
    parts.every((part) => part !== '' && part !== '..' && !part.includes('\0'))
  );
}

async function saying<T>(url: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof CloudError) throw error;
    throw new CloudError('invalid', `${url} is ${(error as Error).message}. Pack it anew.`);
  }
}
