import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CloudError } from '../../google/cloud-error.ts';
import { locateApp } from '../config-files.ts';
import { missingAppYaml } from './missing.ts';

/** What app.yaml says. */
export interface AppYaml {
  /** The folder that holds it, and so the source. */
  readonly folder: string;
  /** Its name in there: "app.yaml", unless another one was asked for. */
  readonly file: string;
  /** "default" when the file names none. */
  readonly service: string;
  readonly environment: 'standard' | 'flexible';
  readonly runtime: string;
  /** The fields of App Engine's version resource that come from the file, as gcloud sends them. */
  readonly body: Readonly<Record<string, unknown>>;
  /** A regular expression of Python's over paths that stay at home; undefined when the file has none. */
  readonly skipFiles: string | undefined;
  /** The word skip_files stands in the file, if only in a comment: that is what gcloud goes by. */
  readonly mentionsSkipFiles: boolean;
  /** Sentences about what was taken as gcloud takes it, but is hardly meant. */
  readonly warnings: readonly string[];
}

/**
 * Reads `app.yaml` of a folder, or the .yaml file that is named, with all that it includes. Nothing of Google's is
 * loaded for it, and the YAML parser only now.
 * @throws CloudError `invalid` with file, line and key for whatever is wrong.
 */
export async function readAppYaml(folderOrFile: string): Promise<AppYaml> {
  const { folder, appYaml } = await locateApp(folderOrFile);
  const path = join(folder, appYaml);
  const text = await readText(path, folderOrFile);
  const [{ openYaml }, { readFields }, { SETTINGS }, { versionFields }] = await Promise.all([
    import('./document.ts'),
    import('./shape.ts'),
    import('./settings.ts'),
    import('./version-fields.ts'),
  ]);
  const file = openYaml(path, text);
  if (!file.root) {
    throw new CloudError(
      'invalid',
      `${path} is empty, but it must be a map of settings such as "runtime: nodejs22".`,
    );
  }
  const root = { file, key: '', node: file.root, keyNode: undefined };
  const fields = await versionFields(path, root, readFields(root, SETTINGS, 'in app.yaml'));
  return {
    folder,
    file: appYaml,
    ...fields,
    mentionsSkipFiles: text.includes('skip_files'),
    warnings: file.warnings,
  };
}

async function readText(path: string, folder: string): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) {
      throw await missingAppYaml(folder);
    }
    if (error instanceof TypeError)
      throw new CloudError('invalid', `${path} is not written in UTF-8: save it so.`);
    throw new CloudError('invalid', `Could not read ${path}: ${String(error)}.`);
  }
}
