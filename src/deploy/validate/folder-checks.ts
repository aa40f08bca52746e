import { CloudError } from '../../google/cloud-error.ts';
import { gitState } from '../../host/git.ts';
import { readAppYaml } from '../app-yaml/read.ts';
import { fromFolder, hasCron, locateApp } from '../config-files.ts';

interface Source {
  readonly service: string;
  readonly folder?: string;
  readonly cronFile?: string;
}

const ELSEWHERE = 'The version is at App Engine already; nothing is uploaded.';
/** More changes than these are counted. */
const NAMED = 5;

/** app.yaml and cron.yaml are right, and all that is to be uploaded is within App Engine's limits. */
export async function checkFiles(
  { service, folder, cronFile }: Source,
  signal?: AbortSignal,
): Promise<string> {
  if (folder === undefined) return ELSEWHERE;
  const app = await readAppYaml(folder);
  if (app.service !== service) {
    throw new CloudError(
      'invalid',
      `${app.file} in ${app.folder} is for the service ${app.service}, and this release is for ${service}: correct one of them.`,
    );
  }
  signal?.throwIfAborted();
  const { measureSource } = await import('../source-files.ts');
  const { files, bytes } = await measureSource(app);
  const jobs = await countJobs(app.folder, cronFile);
  const size = `${files} ${files === 1 ? 'file' : 'files'}, ${sayBytes(bytes)}, for ${app.runtime}`;
  const cron = jobs === undefined ? '' : ` cron.yaml has ${jobs} ${jobs === 1 ? 'job' : 'jobs'}.`;
  const warnings = app.warnings.map((warning) => ` ${warning}`).join('');
  return `${size}.${cron}${warnings}`;
}

async function countJobs(folder: string, cronFile: string | undefined): Promise<number | undefined> {
  if (cronFile === undefined && !(await hasCron(folder))) return undefined;
  const { readCronYaml } = await import('../cron/read.ts');
  return (await readCronYaml(fromFolder(folder, cronFile ?? 'cron.yaml'))).length;
}

function sayBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1e6 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** What goes out is what is committed, so that it can be found again. */
export async function checkGit(source: string | undefined): Promise<string> {
  if (source === undefined) return ELSEWHERE;
  const { folder } = await locateApp(source);
  const state = await gitState(folder).catch((error: Error) => {
    throw new CloudError('failed', error.message);
  });
  if (!state) return `${folder} is in no git repository, so that there is nothing to compare with.`;
  const { commit, subject, clean, changes } = state;
  const at = `${commit.slice(0, 7)} "${subject}"`;
  if (clean) return `Nothing differs from ${at}.`;
  const more = changes.length > NAMED ? ` and ${changes.length - NAMED} more` : '';
  throw new CloudError(
    'invalid',
    `Not as in ${at}: ${changes.slice(0, NAMED).join(', ')}${more}. Commit that, or put it aside.`,
  );
}
