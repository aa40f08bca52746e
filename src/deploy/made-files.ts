import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { AppYaml } from './app-yaml/read.ts';
import { isStagedGo } from './app-yaml/runtimes.ts';
import { sourceContext } from './source-context.ts';

/** A file that is uploaded with the source although it is not in the folder. */
export interface MadeFile {
  readonly path: string;
  readonly text: string;
}

/** @param found what is uploaded from the folder; a file of the same name there comes first. */
export async function madeFiles(
  app: AppYaml,
  found: readonly { readonly path: string }[],
): Promise<MadeFile[]> {
  // Go is staged in a folder of its own, which is in no repository.
  const made = [isStagedGo(app.runtime) ? await mainPackagePath(app) : await sourceContext(app.folder)];
  return made.filter((file) => file !== undefined).filter(({ path }) => !found.some((f) => f.path === path));
}

/** Tells the builder where the main package lies in a Go module. Google's stager writes it, and always this. */
async function mainPackagePath(app: AppYaml): Promise<MadeFile | undefined> {
  const module = await stat(join(app.folder, 'go.mod')).catch(() => undefined);
  return module?.isFile() ? { path: '_main-package-path', text: '.' } : undefined;
}
