import type { AppYaml } from './app-yaml/read.ts';
import type { SourceFile } from './source-files.ts';

/**
 * The body of the request that makes a version: what gcloud sends.
 * @param urlOf where a file of this SHA-1 lies in the staging bucket.
 */
export function versionBody(
  version: string,
  app: AppYaml,
  files: readonly SourceFile[],
  urlOf: (sha1: string) => string,
): object {
  const manifest = files.map((f) => [f.path, { sourceUrl: urlOf(f.sha1), sha1Sum: f.sha1 }] as const);
  const build = app.environment === 'flexible' ? { cloudBuildOptions: { appYamlPath: app.file } } : {};
  return { id: version, ...app.body, deployment: { files: Object.fromEntries(manifest), ...build } };
}
