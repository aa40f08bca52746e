import { stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { CloudError } from '../google/cloud-error.ts';
import { goPackage } from './go-package.ts';

/** What Google's stager for Go makes of a folder. */
export interface GoSource {
  /** All below it is uploaded: the whole module, which may begin above the folder of app.yaml. */
  readonly root: string;
  /** Where the main package lies in there, for the builder; undefined outside of modules. */
  readonly mainPackage: string | undefined;
}

/** @throws CloudError `invalid` for a folder that is neither in a module nor holds a main package alone. */
export async function goSource(folder: string): Promise<GoSource> {
  const root = await moduleRoot(resolve(folder));
  if (root !== undefined) {
    const inside = relative(root, resolve(folder)).split(sep).join('/');
    return { root: inside === '' ? folder : root, mainPackage: inside === '' ? '.' : inside };
  }
  const found = await goPackage(folder);
  if (found === 'main') return { root: folder, mainPackage: undefined };
  throw new CloudError(
    'invalid',
    found === undefined
      ? `${folder} is in no Go module, and holds no Go file that App Engine would build: run "go mod init" there, or name the folder of the main package.`
      : `${folder} is in no Go module, and holds the Go package ${found} instead of main: name the folder of the main package, or run "go mod init" there.`,
  );
}

async function moduleRoot(folder: string): Promise<string | undefined> {
  const found = await stat(join(folder, 'go.mod')).catch(() => undefined);
  if (found?.isFile()) return folder;
  return dirname(folder) === folder ? undefined : moduleRoot(dirname(folder));
}
