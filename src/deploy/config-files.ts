import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, extname, isAbsolute, join } from 'node:path';
import { CloudError } from '../google/cloud-error.ts';

/** A file that says how the app is run, as it stood. */
export interface ConfigFile {
  readonly role: 'app' | 'cron' | 'dispatch';
  /** Seen from the folder, unless it was given as a path from the root. */
  readonly path: string;
  readonly text: string;
}

/** The folder that holds the source, and the file in it that is its app.yaml. */
export async function locateApp(folderOrFile: string): Promise<{ folder: string; appYaml: string }> {
  const isYaml = ['.yaml', '.yml'].includes(extname(folderOrFile));
  if (isYaml && (await stat(folderOrFile).catch(() => undefined))?.isFile()) {
    return { folder: dirname(folderOrFile), appYaml: basename(folderOrFile) };
  }
  return { folder: folderOrFile, appYaml: 'app.yaml' };
}

/** Where a path of the plan points to that is seen from the source's folder. */
export function fromFolder(folder: string, path: string): string {
  return isAbsolute(path) ? path : join(folder, path);
}

/** Whether cron.yaml stands in a folder, in its usual place. */
export async function hasCron(folderOrFile: string): Promise<boolean> {
  return hasFile(folderOrFile, 'cron.yaml');
}

/** Whether dispatch.yaml stands in a folder. */
export async function hasDispatch(folderOrFile: string): Promise<boolean> {
  return hasFile(folderOrFile, 'dispatch.yaml');
}

async function hasFile(folderOrFile: string, name: string): Promise<boolean> {
  const { folder } = await locateApp(folderOrFile);
  return (await stat(join(folder, name)).catch(() => undefined))?.isFile() === true;
}

/**
 * The files of a folder that say how the app is run.
 * @param cronFile seen from the folder; it must be there when it is named.
 * @throws CloudError `invalid` for one that cannot be read.
 */
export async function readConfigFiles(folderOrFile: string, cronFile?: string): Promise<ConfigFile[]> {
  const { folder, appYaml } = await locateApp(folderOrFile);
  const wanted = [
    { role: 'app', path: appYaml, needed: true },
    { role: 'cron', path: cronFile ?? 'cron.yaml', needed: cronFile !== undefined },
    { role: 'dispatch', path: 'dispatch.yaml', needed: false },
  ] as const;
  const found = await Promise.all(
    wanted.map(async ({ role, path, needed }) => {
      const text = await readIfThere(fromFolder(folder, path), needed);
      return text === undefined ? [] : [{ role, path, text }];
    }),
  );
  return found.flat();
}

async function readIfThere(path: string, needed: boolean): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const gone =
      error instanceof Error && 'code' in error && ['ENOENT', 'ENOTDIR'].includes(String(error.code));
    if (gone && !needed) return undefined;
    const why = gone ? 'there is no such file' : (error as Error).message;
    throw new CloudError(
      'invalid',
      `Could not read ${path}: ${why}. Correct the path, or bring the file there.`,
    );
  }
}
