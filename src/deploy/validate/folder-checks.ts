import { join } from 'node:path';
import { CloudError } from '../../google/cloud-error.ts';
import { gitState } from '../../host/git.ts';
import { type AppYaml, readAppYaml } from '../app-yaml/read.ts';
import { fromFolder, hasCron, hasDispatch, locateApp } from '../config-files.ts';
import { mustSuit, type Packed } from '../sources/packed.ts';

interface Source {
  readonly service: string;
  readonly folder?: string;
  readonly packed?: Packed;
  readonly cronFile?: string;
}

const ELSEWHERE = 'The version is at App Engine already; nothing is uploaded.';
/** More changes than these are counted. */
const NAMED = 5;

/** app.yaml, cron.yaml and dispatch.yaml are right, and all that is to be uploaded is within App Engine's limits. */
export async function checkFiles(
  { service, folder, packed, cronFile }: Source,
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
  if (packed) mustSuit(app, packed);
  const jobs = await countJobs(app.folder, cronFile);
  const size = `${packed ? sayPacked(packed) : await sayFiles(app)}, for ${app.runtime}`;
  const cron = jobs === undefined ? '' : ` cron.yaml has ${jobs} ${jobs === 1 ? 'job' : 'jobs'}.`;
  const warnings = app.warnings.map((warning) => ` ${warning}`).join('');
  return `${size}.${cron}${await sayRules(app.folder)}${warnings}`;
}

async function sayFiles(app: AppYaml): Promise<string> {
  const { measureSource } = await import('../source-files.ts');
  const { files, bytes } = await measureSource(app);
  return `${files} ${files === 1 ? 'file' : 'files'}, ${sayBytes(bytes)}`;
}

function sayPacked(packed: Packed): string {
  return packed.kind === 'image' ? `The image ${packed.url}` : `A zip of ${packed.files} files`;
}

async function countJobs(folder: string, cronFile: string | undefined): Promise<number | undefined> {
  if (cronFile === undefined && !(await hasCron(folder))) return undefined;
  const { readCronYaml } = await import('../cron/read.ts');
  return (await readCronYaml(fromFolder(folder, cronFile ?? 'cron.yaml'))).length;
}

async function sayRules(folder: string): Promise<string> {
  if (!(await hasDispatch(folder))) return '';
  const { readDispatchYaml } = await import('../dispatch/read.ts');
  const { length } = await readDispatchYaml(join(folder, 'dispatch.yaml'));
  return ` dispatch.yaml has ${length} ${length === 1 ? 'rule' : 'rules'}.`;
}

function sayBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1e6 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** What goes out is what is committed, so that it can be found again. */
export async function checkGit({
  folder: source,
  packed,
}: Pick<Source, 'folder' | 'packed'>): Promise<string> {
  if (source === undefined) return ELSEWHERE;
  if (packed) return `${sayPacked(packed)} has no commit to compare with.`;
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
