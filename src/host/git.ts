import { runGit } from './git-run.ts';

export interface GitState {
  /** Full hash of the commit that the folder stands on. */
  readonly commit: string;
  /** First line of its message. */
  readonly subject: string;
  /** Nothing in the folder differs from the commit. */
  readonly clean: boolean;
  /** Paths that differ, from the repository's root. */
  readonly changes: readonly string[];
}

const LIMIT_MS = 30_000;

/**
 * Where a folder stands; changes elsewhere in its repository do not count.
 * @returns undefined where git is absent, where the folder is in no repository, and before the first commit.
 * @throws Error with git's own words when git cannot tell for another reason.
 */
export async function gitState(folder: string): Promise<GitState | undefined> {
  const [head, status] = await Promise.all([
    git(folder, ['log', '-1', '--format=%H%n%s']),
    git(folder, ['status', '--porcelain', '-z', '--', '.']),
  ]);
  if (head === undefined || status === undefined) return undefined;
  const [commit = '', subject = ''] = head.split('\n');
  const changes = changedPaths(status);
  return { commit, subject, clean: changes.length === 0, changes };
}

/**
 * Subjects of the commits that touched a folder after `from`, up to `to`; newest first, at most `limit`.
 * @returns undefined where {@link gitState} has nothing to tell, and when the repository lacks one of the commits.
 * @throws Error as {@link gitState}.
 */
export async function commitsBetween(
  folder: string,
  from: string,
  to: string,
  limit: number,
): Promise<string[] | undefined> {
  const range = `${from}..${to}`;
  const log = await git(folder, [
    'log',
    `--max-count=${limit}`,
    '--format=%s',
    '--end-of-options',
    range,
    '--',
    '.',
  ]);
  return log?.split('\n').filter((subject) => subject !== '');
}

/** "XY path", each ended by a zero; after a path that was renamed or copied comes the old one. */
function changedPaths(status: string): string[] {
  const paths: string[] = [];
  const entries = status.split('\0').values();
  for (const entry of entries) {
    if (entry === '') continue;
    paths.push(entry.slice(3));
    if (/^[RC]|^.[RC]/.test(entry)) entries.next();
  }
  return paths;
}

/** What git says when there is nothing to ask about. */
const NOTHING_THERE = [
  /not a git repository/,
  /does not have any commits yet/,
  /unknown revision/,
  /bad (revision|object)/,
  /Invalid (revision range|symmetric difference)/,
];

async function git(folder: string, args: readonly string[]): Promise<string | undefined> {
  const ran = await runGit(folder, args, { within: LIMIT_MS });
  if (ran.ok) return ran.out;
  if (ran.absent || NOTHING_THERE.some((known) => known.test(ran.why))) return undefined;
  throw new Error(`git cannot tell where ${folder} stands: ${ran.why}`);
}
