import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { MadeFile } from './made-files.ts';

const run = promisify(execFile);

export const SOURCE_CONTEXT = 'source-context.json';

/**
 * source-context.json: where the source comes from, for Google's diagnostic tools. gcloud adds it for a folder in a git
 * repository that has a remote and a commit. Unlike gcloud, a user and a password in the remote's address stay at home.
 * @returns undefined where there is no repository, or no git on this machine.
 */
export async function sourceContext(folder: string): Promise<MadeFile | undefined> {
  const remotes = await git(folder, 'config', '--get-regexp', String.raw`remote\.(.*)\.url`);
  if (remotes === undefined) return undefined;
  const revision = (await git(folder, 'rev-parse', 'HEAD'))?.trim();
  const best = bestOf(remotesIn(remotes));
  if (!revision || !best) return undefined;
  const context = contextOf(best.url, revision);
  return { path: SOURCE_CONTEXT, text: pythonJson(context) };
}

interface Remote {
  readonly name: string;
  readonly url: string;
}

function remotesIn(output: string): Remote[] {
  return output.split('\n').flatMap((line) => {
    const [key = '', url, more] = line.split(' ');
    const name = /^remote\.(.*)\.url/.exec(key)?.[1];
    return name === undefined || url === undefined || more !== undefined ? [] : [{ name, url }];
  });
}

/** The address that says most; among equals origin, then the last by name. */
function bestOf(remotes: readonly Remote[]): Remote | undefined {
  return remotes.reduce<Remote | undefined>((best, next) => {
    if (!best) return next;
    const step = worthOf(next.url) - worthOf(best.url);
    if (step !== 0) return step > 0 ? next : best;
    if (best.name === 'origin') return best;
    return next.name === 'origin' || next.name > best.name ? next : best;
  }, undefined);
}

const CLOUD_REPOSITORY = /^https:\/\/[^/]*\/(p|id)\/([^/?#]+)(?:\/r\/([^/?#]+))?(?:[/#?].*)?/;

/** Google's own, then known hosts, those with https before ssh, then the rest. */
function worthOf(url: string): number {
  const match = CLOUD_REPOSITORY.exec(url);
  if (match && (match[1] === 'p' || match[3] === undefined)) return 4;
  const full = /^\w+:/.test(url) ? url : `ssh://${url}`;
  const domain = /^\w+:\/\/(?:[^/]*[.@])?(\w+\.\w+)[/:]/.exec(full)?.[1];
  if (domain === 'google.com') return 4;
  if (domain !== 'github.com' && domain !== 'bitbucket.org') return 1;
  return full.startsWith('ssh:') ? 2 : 3;
}

function contextOf(url: string, revisionId: string): object {
  const [, kind, id = '', repoName] = CLOUD_REPOSITORY.exec(url) ?? [];
  if (kind === 'p') {
    const projectRepoId = { projectId: id, repoName: repoName ?? 'default' };
    return { cloudRepo: { repoId: { projectRepoId }, revisionId } };
  }
  if (kind === 'id' && repoName === undefined) return { cloudRepo: { repoId: { uid: id }, revisionId } };
  return { git: { url: url.replace(/^(https?:\/\/)[^/@]*@/, '$1'), revisionId } };
}

/** As Python's json prints it, so that the content, and with it the SHA-1, is the same. */
function pythonJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) {
    return JSON.stringify(value).replace(
      /[\u007f-\uffff]/g,
      (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
  }
  const entries = Object.entries(value).map(([key, inner]) => `${JSON.stringify(key)}: ${pythonJson(inner)}`);
  return `{${entries.join(', ')}}`;
}

async function git(folder: string, ...args: string[]): Promise<string | undefined> {
  try {
    return (await run('git', args, { cwd: folder })).stdout;
  } catch {
    // No git here, no repository, or nothing to say: gcloud goes on without it, and so do we.
    return undefined;
  }
}
