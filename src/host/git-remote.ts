import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { runGit } from './git.ts';

/** Real milliseconds for a question, and for bringing a whole tree. */
const ASK_MS = 20_000;
const FETCH_MS = 10 * 60_000;
/** Commits that come along, so that it can be said what is new in a release. */
const HISTORY = 200;

/** Stricter than git, which would take a ref such as "--upload-pack=…" for an option. */
const REF = /^(?![-./])(?!.*(?:\.\.|\/\/|@\{|\.lock$))[\w./+@=-]{1,200}(?<![./])$/;
const COMMIT = /^[0-9a-f]{40}$/;
const ABBREVIATED = /^[0-9a-f]{7,39}$/;

/** Whether a word could be a branch, a tag or a commit. */
export function isRef(word: string): boolean {
  return REF.test(word);
}

/** The repository that a folder is in, and where in it; undefined when it is in none. */
export async function repositoryAround(
  folder: string,
): Promise<{ readonly repository: string; readonly path: string } | undefined> {
  const ran = await runGit(folder, ['rev-parse', '--show-toplevel', '--show-prefix'], { within: ASK_MS });
  if (!ran.ok) return undefined;
  const [repository = '', path = ''] = ran.out.split('\n');
  return repository === '' ? undefined : { repository, path: relative('.', path) || '.' };
}

/**
 * The commit that a branch, a tag or a commit stands for in a repository, a URL or a path.
 * @returns undefined when the repository has none of that name.
 * @throws Error with a sentence when the repository does not answer, or when a name means two things.
 */
export async function resolveRef(
  repository: string,
  ref: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  if (!isRef(ref)) return undefined;
  if (COMMIT.test(ref)) return ref;
  const hex = ABBREVIATED.test(ref);
  const named = ['', 'refs/heads/', 'refs/tags/'].map((prefix) => prefix + ref);
  const patterns = hex ? [] : named.flatMap((name) => [name, `${name}^{}`]);
  const ran = await runGit('.', ['ls-remote', '--', addressOf(repository), ...patterns], {
    within: ASK_MS,
    signal,
  });
  if (!ran.ok) throw new Error(`The git repository ${repository} does not answer: ${ran.why}`);
  const listed = new Map(
    ran.out.split('\n').flatMap((line) => {
      const [commit, name] = line.split('\t');
      return commit && name ? [[name, commit] as const] : [];
    }),
  );
  // A tag with a message is an object of its own, and what it points to is listed beside it.
  const found = named.flatMap((name) => listed.get(`${name}^{}`) ?? listed.get(name) ?? []);
  const [first, ...others] = new Set(found);
  if (others.length > 0)
    throw new Error(
      `${repository} has a branch and a tag named '${ref}': write refs/heads/${ref} or refs/tags/${ref}.`,
    );
  if (first !== undefined || !hex) return first;
  const tips = new Set([...listed.values()].filter((commit) => commit.startsWith(ref)));
  const [tip, ...more] = tips;
  return more.length === 0 ? (tip ?? (await ofLocal(repository, ref, signal))) : undefined;
}

/** A repository on this machine can tell abbreviated commits that nothing points to. */
async function ofLocal(repository: string, ref: string, signal?: AbortSignal): Promise<string | undefined> {
  const isFolder = (await stat(repository).catch(() => undefined))?.isDirectory();
  if (!isFolder) return undefined;
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`];
  const ran = await runGit(repository, args, { within: ASK_MS, signal });
  return ran.ok && COMMIT.test(ran.out) ? ran.out : undefined;
}

/** Where {@link fetchCommit} puts the files of the commit. */
export const TREE = 'tree';

/**
 * Makes a folder hold a commit of a repository: its files in {@link TREE}, and beside them, so that nobody uploads it, as
 * much history as it takes to say what is new. The folder appears as a whole or not at all; what an earlier attempt has
 * left is taken away first.
 * @throws Error with a sentence, and the signal's reason.
 */
export async function fetchCommit(
  { repository, ref, commit }: { readonly repository: string; readonly ref: string; readonly commit: string },
  folder: string,
  signal?: AbortSignal,
): Promise<void> {
  const aside = `${folder}.new`;
  await rm(aside, { recursive: true, force: true });
  const tree = join(aside, TREE);
  await mkdir(tree, { recursive: true });
  const git = (...args: string[]) => runGit(tree, args, { within: FETCH_MS, signal });
  const must = async (...args: string[]) => {
    const ran = await git(...args);
    if (!ran.ok) throw new Error(`Could not fetch ${ref} of ${repository}: ${ran.why}`);
  };
  await must('init', '-q', '--template=', '--separate-git-dir=../repository');
  // Seen from here, so that it holds when the folder gets its name.
  await writeFile(join(tree, '.git'), 'gitdir: ../repository\n');
  await must('remote', 'add', '--', 'origin', addressOf(repository));
  // Files of other commits stay where they are.
  const fetch = ['fetch', '-q', '--no-tags', `--depth=${HISTORY}`, '--filter=blob:none', 'origin'];
  const direct = await git(...fetch, commit);
  // Some servers hand out what has a name only.
  if (!direct.ok) await must(...fetch, ref);
  await must('checkout', '-q', '--detach', commit);
  if (await stat(join(tree, '.gitmodules')).catch(() => undefined))
    await must('submodule', '-q', 'update', '--init', '--recursive', '--depth=1');
  await rm(folder, { recursive: true, force: true });
  await rename(aside, folder);
}

/** git runs elsewhere, so a path on this machine is told from the root. */
function addressOf(repository: string): string {
  return /^[a-z+]+:\/\/|^[^/]+:/i.test(repository) ? repository : resolve(repository);
}
