import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { saidOfDisk } from './disk-error.ts';
import { makeFolder, writeDurably } from './durable.ts';

/** Windows that are kept of each service; with three to a release those of 160 releases. */
export const MOST_WINDOWS = 500;
const ENDING = '.json.gz';

/** Judged windows, one file each: `windows/SERVICE/NAME.json.gz`. What a file holds is not known here. */
export interface WindowFiles {
  has(service: string, name: string): Promise<boolean>;
  /** @param name sorts by time. The oldest file goes when there are too many. @throws DiskError */
  keep(service: string, name: string, bytes: Uint8Array): Promise<void>;
  /** The newest first. @throws DiskError */
  names(service: string): Promise<string[]>;
  /** By name, in order. @throws DiskError */
  services(): Promise<string[]>;
  /** Undefined when it is gone, as the oldest go while others look. @throws DiskError */
  read(service: string, name: string): Promise<Uint8Array | undefined>;
}

/** @param most files of one service. Nothing is made before the first window is kept. */
export function openWindowFiles(dataDir: string, most = MOST_WINDOWS): WindowFiles {
  const root = join(dataDir, 'windows');
  const pathOf = (service: string, name: string) => join(root, service, `${name}${ENDING}`);

  async function names(service: string): Promise<string[]> {
    const files = await filesIn(join(root, service));
    return files
      .filter((file) => file.endsWith(ENDING))
      .map((file) => file.slice(0, -ENDING.length))
      .toSorted()
      .toReversed();
  }

  return {
    has: (service, name) => isThere(pathOf(service, name)),
    names,
    services: async () => (await filesIn(root)).toSorted(),

    async keep(service, name, bytes) {
      await makeFolder(join(root, service));
      await writeDurably(pathOf(service, name), bytes);
      const tooMany = (await names(service)).slice(most);
      await Promise.all(tooMany.map((old) => rm(pathOf(service, old), { force: true })));
    },

    async read(service, name) {
      const path = pathOf(service, name);
      try {
        return await readFile(path);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw saidOfDisk(error, path);
      }
    },
  };
}

async function filesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw saidOfDisk(error, folder);
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw saidOfDisk(error, path);
  }
}
