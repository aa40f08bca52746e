import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sayGitFault } from './git-faults.ts';
import { addressOf } from './git-remote.ts';
import { runGit } from './git-run.ts';

/** Real milliseconds for a whole tree. */
const FETCH_MS = 10 * 60_000;
/** Commits that come along, so that it can be said what is new in a release. */
const HISTORY = 200;
/** Where {@link fetchCommit} puts the files of the commit. */
export const TREE = 'tree';
const REPOSITORY = 'repository';
/** Stands beside them once the repository has the commit, so that the next attempt need not ask for it again. */
const FETCHED = 'fetched';

/** git would tidy up in the background, out of reach of who ends it. */
const NO_TIDYING = ['-c', 'gc.auto=0', '-c', 'maintenance.auto=false'];

export interface WantedCommit {
  readonly repository: string;
  readonly ref: string;
  readonly commit: string;
}

/**
 * Makes a folder hold a commit of a repository: its files in {@link TREE}, and beside them, so that nobody uploads it, as
 * much history as it takes to say what is new. The folder appears as a whole or not at all. What an attempt that was
 * killed had fetched is used, the rest of it taken away; git never outlives the process that started it.
 * @throws Error with a sentence, and the signal's reason.
 */
export async function fetchCommit(wanted: WantedCommit, folder: string, signal?: AbortSignal): Promise<void> {
  const aside = `${folder}.new`;
  if (!(await goOn(wanted, aside, signal))) {
    await begin(wanted, aside, signal);
    await checkOut(wanted, aside, signal);
  }
  await rm(folder, { recursive: true, force: true });
  await rename(aside, folder);
}

/** @returns false where there is nothing to go on with, or nothing that is any good. */
async function goOn(wanted: WantedCommit, aside: string, signal?: AbortSignal): Promise<boolean> {
  if (!(await isThere(join(aside, FETCHED)))) return false;
  // Whoever held these was killed.
  const repository = join(aside, REPOSITORY);
  const names = await readdir(repository, { recursive: true }).catch(() => []);
  for (const name of names) if (name.endsWith('.lock')) await rm(join(repository, name), { force: true });
  const ran = await runCheckOut(wanted, aside, signal);
  return ran.ok;
}

async function begin(
  { repository, ref, commit }: WantedCommit,
  aside: string,
  signal?: AbortSignal,
): Promise<void> {
  await rm(aside, { recursive: true, force: true });
  const tree = join(aside, TREE);
  await mkdir(tree, { recursive: true });
  const git = (...args: string[]) => runGit(tree, [...NO_TIDYING, ...args], { within: FETCH_MS, signal });
  const must = async (...args: string[]) => {
    const ran = await git(...args);
    if (!ran.ok) throw new Error(sayGitFault(repository, `fetch ${ref}`, ran));
  };
  await must('init', '-q', '--template=', `--separate-git-dir=../${REPOSITORY}`);
  // Seen from here, so that it holds when the folder gets its name.
  await writeFile(join(tree, '.git'), `gitdir: ../${REPOSITORY}\n`);
  await must('remote', 'add', '--', 'origin', addressOf(repository));
  // Files of other commits stay where they are.
  const fetch = ['fetch', '-q', '--no-tags', `--depth=${HISTORY}`, '--filter=blob:none', 'origin'];
  const direct = await git(...fetch, commit);
  // Some servers hand out what has a name only.
  if (!direct.ok) await must(...fetch, ref);
  await writeFile(join(aside, FETCHED), `${commit}\n`);
}

async function checkOut(wanted: WantedCommit, aside: string, signal?: AbortSignal): Promise<void> {
  const ran = await runCheckOut(wanted, aside, signal);
  if (!ran.ok) throw new Error(sayGitFault(wanted.repository, `fetch ${wanted.ref}`, ran));
}

/** Brings the files that are still elsewhere, and writes all of them. */
async function runCheckOut({ commit }: WantedCommit, aside: string, signal?: AbortSignal) {
  const tree = join(aside, TREE);
  const git = (...args: string[]) => runGit(tree, [...NO_TIDYING, ...args], { within: FETCH_MS, signal });
  const ran = await git('checkout', '-q', '--force', '--detach', commit);
  if (!ran.ok || !(await isThere(join(tree, '.gitmodules')))) return ran;
  return git('submodule', '-q', 'update', '--init', '--recursive', '--force', '--depth=1');
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
