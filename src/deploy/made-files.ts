import type { AppYaml } from './app-yaml/read.ts';
import type { GoSource } from './go-module.ts';
import type { Ignores } from './ignore-rules.ts';
import { sourceContext } from './source-context.ts';

/** A file that is uploaded with the source although it is not in the folder. */
export interface MadeFile {
  readonly path: string;
  readonly text: string;
}

/**
 * What gcloud adds: for Go, where the main package lies; else, where the source comes from. A file of the same name
 * among those found in the folder comes first.
 */
export async function madeFiles(
  app: AppYaml,
  go: GoSource | undefined,
  ignored: Ignores,
  found: readonly { readonly path: string }[],
): Promise<MadeFile[]> {
  // Go is staged in a folder of its own, which is in no repository.
  const made = go ? mainPackagePath(go, ignored) : await sourceContext(app.folder);
  return made && !found.some((file) => file.path === made.path) ? [made] : [];
}

function mainPackagePath({ mainPackage }: GoSource, ignored: Ignores): MadeFile | undefined {
  const path = '_main-package-path';
  return mainPackage === undefined || ignored(path, false) ? undefined : { path, text: mainPackage };
}
