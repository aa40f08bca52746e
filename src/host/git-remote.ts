import { stat } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { sayGitFault } from './git-faults.ts';
import { runGit } from './git-run.ts';

/** Real milliseconds. */
const ASK_MS = 20_000;

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
  if (!ran.ok) throw new Error(sayGitFault(repository, `look ${ref} up`, ran));
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

/** git runs elsewhere, so a path on this machine is told from the root. */
export function addressOf(repository: string): string {
  return /^[a-z+]+:\/\/|^[^/]+:/i.test(repository) ? repository : resolve(repository);
}
