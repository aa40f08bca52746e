import { type Dirent, readdirSync, realpathSync, type Stats, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { CloudError } from '../google/cloud-error.ts';
import { takeTurns } from './turns.ts';
import type { UploadRules } from './upload-rules.ts';

/** A file that the rules let through. */
export interface Found {
  /** Inside the folder, with forward slashes. */
  readonly path: string;
  readonly location: string;
  readonly bytes: number;
}

interface Visit {
  readonly folder: string;
  /** How paths in there begin: empty, or with a slash at the end. */
  readonly prefix: string;
  /** Real paths of the folders that lead here, this one included. */
  readonly above: readonly string[];
}

/**
 * The files below a folder that are uploaded; a link is what it points to.
 * @throws CloudError `invalid` for links that point nowhere or go round in circles, and for names that are no text.
 */
export async function walk(top: string, rules: UploadRules, signal?: AbortSignal): Promise<Found[]> {
  const files: Found[] = [];
  const realTop = realpathSync(top);
  const folders: Visit[] = [{ folder: top, prefix: '', above: [realTop] }];
  const turn = takeTurns(signal);

  function look(entry: Dirent, { folder, prefix, above }: Visit): void {
    const { name } = entry;
    const path = prefix + name;
    const location = join(folder, name);
    const info = entry.isDirectory() ? undefined : infoOf(location);
    const isFolder = entry.isDirectory() || info?.isDirectory() === true;
    if (rules.ignored(path, isFolder)) return;
    if (isFolder) {
      folders.push({ folder: location, prefix: `${path}/`, above: [...above, enter(location, above)] });
    } else if (info?.isFile()) files.push({ path, location, bytes: info.size });
    else if (!info) checkLost(name, folder, rules);
  }

  function enter(location: string, above: readonly string[]): string {
    const real = realpathSync(location);
    if (above.includes(real) || `${realTop}${sep}`.startsWith(real.endsWith(sep) ? real : `${real}${sep}`)) {
      throw new CloudError(
        'invalid',
        `${location} is a link to a folder above itself: remove it, or list it in .gcloudignore.`,
      );
    }
    return real;
  }

  for (let visit = folders.pop(); visit; visit = folders.pop()) {
    for (const entry of readdirSync(visit.folder, { withFileTypes: true })) {
      look(entry, visit);
      await turn();
    }
  }
  return files;
}

/** @returns undefined for what is not there, or not to be had. */
function infoOf(location: string): Stats | undefined {
  try {
    return statSync(location);
  } catch {
    // Said by whoever asks, with what it means there.
    return undefined;
  }
}

/** Something is listed in a folder that cannot be found by its name. */
function checkLost(name: string, folder: string, { brokenLinks }: UploadRules): void {
  if (name.includes('\uFFFD')) {
    throw new CloudError(
      'invalid',
      `The name of ${name} in ${folder} is not written in UTF-8, and App Engine takes no other: rename it, or leave it out.`,
    );
  }
  if (brokenLinks === 'skip') return;
  throw new CloudError(
    'invalid',
    `${join(folder, name)} is a link that points nowhere: remove it, or list it in .gcloudignore.`,
  );
}
