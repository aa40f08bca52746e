import type { AppYaml } from '../../deploy/app-yaml/read.ts';
import { checkVersionId } from '../../deploy/version-id.ts';

/**
 * Stands in for the project where the environment names none; it shows up in the addresses of the files only. Angle
 * brackets or capitals would make them look like something that was left unfilled by mistake.
 */
const NO_PROJECT = 'your-project';

export interface DryRunOptions {
  readonly version: string;
  /** Takes the place of the folder's files, which is there for its app.yaml alone. */
  readonly image?: string;
  /** The body of the request alone, on standard output. */
  readonly json?: true;
}

/**
 * Shows what a deployment of a folder would make, and sends nothing: no network, no account, no setting is needed.
 * Warnings go to standard error.
 * @throws CloudError `invalid`, as the deployment itself would.
 */
export async function dryRun(folder: string, options: DryRunOptions): Promise<void> {
  const { version, image } = options;
  const fault = checkVersionId(version);
  if (fault !== undefined) throw new Error(fault);
  const { readAppYaml } = await import('../../deploy/app-yaml/read.ts');
  const app = await readAppYaml(folder);
  const { body, size } =
    image === undefined ? await ofFiles(app, version) : await ofImage(app, version, image);
  for (const warning of app.warnings) process.stderr.write(`${warning}\n`);
  process.stdout.write(
    options.json
      ? `${JSON.stringify(body, undefined, 2)}\n`
      : `Version ${version} of ${app.service} would be made from ${size} for ${app.runtime}, ${app.environment} environment. Nothing was sent.\n`,
  );
}

interface Request {
  readonly body: object;
  /** "3 files (120 bytes in all)". */
  readonly size: string;
}

async function ofFiles(app: AppYaml, version: string): Promise<Request> {
  const [{ readSource }, { versionBody }] = await Promise.all([
    import('../../deploy/source-files.ts'),
    import('../../deploy/version-body.ts'),
  ]);
  const files = await readSource(app);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return {
    body: versionBody(version, app, files, stagingUrl(projectOf(process.env))),
    size: `${files.length} files (${bytes} bytes in all)`,
  };
}

async function ofImage(app: AppYaml, version: string, url: string): Promise<Request> {
  const [{ isImage }, { mustSuit, packedBody }] = await Promise.all([
    import('../../deploy/image.ts'),
    import('../../deploy/sources/packed.ts'),
  ]);
  if (!isImage(url)) {
    throw new Error(
      `A dry run sends nothing, and so it cannot look up "${url}": name a folder instead, or with --from an image such as us-docker.pkg.dev/PROJECT/REPOSITORY/IMAGE:TAG.`,
    );
  }
  const packed = { kind: 'image', url } as const;
  mustSuit(app, packed);
  return { body: packedBody(version, app, packed), size: `the image ${url}` };
}

/** The bucket that App Engine gives a project for this. */
function stagingUrl(project: string): (sha1: string) => string {
  return (sha1) => `https://storage.googleapis.com/staging.${project}.appspot.com/${sha1}`;
}

function projectOf(env: NodeJS.ProcessEnv): string {
  return env.GOOGLE_CLOUD_PROJECT || env.CLOUDSDK_CORE_PROJECT || NO_PROJECT;
}
