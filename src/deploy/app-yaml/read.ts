import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Node } from 'yaml';
import { CloudError } from '../../google/cloud-error.ts';
import type { YamlFile } from './document.ts';

/** What app.yaml says. */
export interface AppYaml {
  /** "default" when the file names none. */
  readonly service: string;
  readonly runtime: string;
  /** The fields of App Engine's version resource that come from the file, as gcloud sends them. */
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * Reads `app.yaml` of a folder. Nothing of Google's is loaded for it, and the YAML parser only now.
 * @throws CloudError `invalid` with file, line and key for whatever is wrong.
 */
export async function readAppYaml(folder: string): Promise<AppYaml> {
  const path = join(folder, 'app.yaml');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) {
      throw new CloudError(
        'invalid',
        `There is no app.yaml in ${folder}: name the folder that holds it, or write one ("runtime: nodejs20" is enough).`,
      );
    }
    throw new CloudError('invalid', `Could not read ${path}: ${String(error)}.`);
  }
  const [{ openYaml }, { readSettings }] = await Promise.all([
    import('./document.ts'),
    import('./settings.ts'),
  ]);
  const file: YamlFile = openYaml(path, text);
  return readSettings(file, path);
}

export type ReadField = (file: YamlFile, key: string, node: Node | null) => unknown;
