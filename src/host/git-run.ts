import { environmentOf } from './environment.ts';
import { forget, remember, signalGroup } from './process-group.ts';

export type GitRun =
  | { readonly ok: true; readonly out: string }
  /** In git's own words. `absent`: neither git nor the folder could be found. */
  | { readonly ok: false; readonly why: string; readonly absent: boolean };

/**
 * The watcher shares git's process group and waits for the end of the pipe on descriptor 3, whose other end only this
 * process holds: however it dies, git and all that git has started die with it, and nobody writes into a folder that the
 * next process takes over.
 */
const WATCHED = '(read _ <&3; kill -KILL 0) >/dev/null 2>&1 & exec 3<&-; exec git "$@"';
/** What the shell answers for a command that it does not find (POSIX). */
const NOT_FOUND = 127;

/**
 * Runs the git of this machine, in a session of its own, so that neither git nor ssh finds a terminal to ask anybody
 * for a password.
 * @param limits.within real milliseconds.
 * @throws the signal's reason only.
 */
export async function runGit(
  folder: string,
  args: readonly string[],
  limits: { readonly within: number; readonly signal?: AbortSignal | undefined },
): Promise<GitRun> {
  const { within, signal } = limits;
  const { execa } = await import('execa');
  signal?.throwIfAborted();
  const child = execa('sh', ['-c', WATCHED, 'sh', ...args], {
    cwd: folder,
    env: gitEnvironment(),
    extendEnv: false,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    reject: false,
  });
  const { pid } = child;
  const end = () => pid !== undefined && signalGroup(pid, 'SIGKILL');
  let isLate = false;
  const limit = setTimeout(() => {
    isLate = true;
    end();
  }, within);
  signal?.addEventListener('abort', end, { once: true });
  // The watcher is of no use any more, and must not hold the pipe that the result waits for.
  child.once('exit', end);
  if (pid !== undefined) remember(pid);
  try {
    const { exitCode, code, stdout, stderr, originalMessage, failed } = await child;
    signal?.throwIfAborted();
    if (isLate) return failure(`no answer came within ${Math.round(within / 1000)} seconds`);
    if (!failed) return { ok: true, out: stdout };
    const words = stderr.trim() || originalMessage || 'it was ended';
    return failure(words, code === 'ENOENT' || exitCode === NOT_FOUND);
  } finally {
    clearTimeout(limit);
    signal?.removeEventListener('abort', end);
    if (pid !== undefined) forget(pid);
  }
}

/** An address may hold a password, from a rewriting rule in git's own configuration, say. */
function failure(words: string, absent = false): GitRun {
  return { ok: false, why: words.replace(/(\w:\/\/)[^\s/']*@/g, '$1'), absent };
}

/**
 * English, without locks and questions (ssh would open a window where it has no terminal), and without what git itself
 * sets for a hook that may have started this process.
 */
function gitEnvironment(): Record<string, string> {
  const all = environmentOf({ LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0' });
  for (const name of ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_PREFIX', 'SSH_ASKPASS'])
    delete all[name];
  return all;
}
