import { checkVersionId } from '../../deploy/version-id.ts';

/**
 * Stands in for the project where the environment names none; it shows up in the addresses of the files only. Angle
 * brackets or capitals would make them look like something that was left unfilled by mistake.
 */
const NO_PROJECT = 'your-project';

export interface DryRunOptions {
  readonly version: string;
  /** The body of the request alone, on standard output. */
  readonly json?: true;
}

/**
 * Shows what a deployment of a folder would make, and sends nothing: no network, no account, no setting is needed.
 * Warnings go to standard error.
 * @throws CloudError `invalid`, as the deployment itself would.
 */
export async function dryRun(folder: string, options: DryRunOptions): Promise<void> {
  const { version } = options;
  const fault = checkVersionId(version);
  if (fault !== undefined) throw new Error(fault);
  const [{ readAppYaml }, { readSource }, { versionBody }] = await Promise.all([
    import('../../deploy/app-yaml/read.ts'),
    import('../../deploy/source-files.ts'),
    import('../../deploy/version-body.ts'),
  ]);
  const app = await readAppYaml(folder);
  const files = await readSource(app);
  for (const warning of app.warnings) process.stderr.write(`${warning}\n`);
  if (options.json) {
    const body = versionBody(version, app, files, stagingUrl(projectOf(process.env)));
    process.stdout.write(`${JSON.stringify(body, undefined, 2)}\n`);
    return;
  }
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  process.stdout.write(
    `Version ${version} of ${app.service} would be made from ${files.length} files (${bytes} bytes in all) for ${app.runtime}, ${app.environment} environment. Nothing was sent.\n`,
  );
}

/** The bucket that App Engine gives a project for this. */
function stagingUrl(project: string): (sha1: string) => string {
  return (sha1) => `https://storage.googleapis.com/staging.${project}.appspot.com/${sha1}`;
}

function projectOf(env: NodeJS.ProcessEnv): string {
  return env.GOOGLE_CLOUD_PROJECT || env.CLOUDSDK_CORE_PROJECT || NO_PROJECT;
}
