import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CloudError } from '../google/cloud-error.ts';
import { matchesStart, pythonRegExp } from './app-yaml/python-regexp.ts';
import type { AppYaml } from './app-yaml/read.ts';
import { ignoredByDefault, largestFile, SKIPPED_IN_FLEX, SKIPPED_IN_STANDARD } from './app-yaml/runtimes.ts';
import { type Ignores, ignoreRules, readIgnoreFile } from './ignore-rules.ts';

export interface UploadRules {
  readonly ignored: Ignores;
  /** A link that points nowhere is passed over, or told. */
  readonly brokenLinks: 'skip' | 'refuse';
  /** In bytes, for a single file. */
  readonly largest: number | undefined;
}

/**
 * What of the source folder stays at home. Runtimes of the second generation go by .gcloudignore, and where there is
 * none by the rules that gcloud would write into the folder; they name that file too, so that nothing is uploaded
 * differently and the folder stays as it is. The older ones and flex go by .gcloudignore if it is there, else by
 * skip_files.
 * @throws CloudError `invalid` where the two contradict each other.
 */
export async function uploadRules(app: AppYaml): Promise<UploadRules> {
  const standard = app.environment === 'standard';
  const byDefault = standard ? ignoredByDefault(app.runtime) : undefined;
  const explicit = app.skipFiles !== undefined || app.mentionsSkipFiles;
  const path = join(app.folder, app.file);
  if (byDefault !== undefined) {
    if (explicit) {
      throw new CloudError(
        'invalid',
        `${path} mentions skip_files, which ${app.runtime} does not take, not even in a comment: list the files in .gcloudignore, and delete the word.`,
      );
    }
    const ignored = (await readIgnoreFile(app.folder)) ?? ignoreRules(byDefault);
    return { ignored, brokenLinks: 'refuse', largest: undefined };
  }
  const largest = standard ? largestFile(app.runtime) : undefined;
  if (await stat(join(app.folder, '.gcloudignore')).catch(() => undefined)) {
    if (explicit) {
      throw new CloudError(
        'invalid',
        `${path} has skip_files, and beside it is a .gcloudignore: keep one of the two.`,
      );
    }
    const ignored = (await readIgnoreFile(app.folder)) ?? (() => false);
    return { ignored, brokenLinks: 'refuse', largest };
  }
  const byPattern = skipped(app, standard, explicit);
  return { ignored: byPattern, brokenLinks: 'skip', largest };
}

function skipped(app: AppYaml, standard: boolean, explicit: boolean): Ignores {
  const fallback = standard || explicit ? SKIPPED_IN_STANDARD : SKIPPED_IN_FLEX;
  const regex = pythonRegExp(app.skipFiles ?? fallback);
  if (!regex) {
    throw new CloudError(
      'invalid',
      `${join(app.folder, app.file)}: skip_files is no regular expression: "${app.skipFiles}".`,
    );
  }
  return matchesStart(regex);
}
