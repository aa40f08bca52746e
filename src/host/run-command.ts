import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { fillWords, splitCommand } from '../plan/command-words.ts';
import { sayDuration } from '../plan/duration.ts';
import type { OwnCommand } from '../plan/terms.ts';
import { listedEnvironment } from './environment.ts';
import { LineReader } from './lines.ts';
import { forget, remember, signalGroup } from './process-group.ts';

export interface CommandPlace {
  readonly cwd: string;
  /** Added to what of this process's environment commands get; variables of a rollout. */
  readonly env: Readonly<Record<string, string>>;
  /** Names of this process's environment that they get besides the common ones. */
  readonly asked?: readonly string[];
}

export interface CommandHooks {
  readonly signal?: AbortSignal | undefined;
  /** Both outputs in the order written, without colours and blank lines. */
  onLine?(line: string): void;
}

export interface CommandResult {
  readonly ok: boolean;
  /** Absent when it did not end by itself. */
  readonly code: number | undefined;
  /** How it failed, as it follows its name: "ended with 3". Empty when it did not. */
  readonly why: string;
  /** The last 4,000 characters of both outputs. */
  readonly tail: string;
  /** Real milliseconds. */
  readonly ms: number;
}

export type RunCommand = (
  command: OwnCommand,
  where: CommandPlace,
  hooks: CommandHooks,
) => Promise<CommandResult>;

const TAIL = 4_000;
/** From asking to end to making it end. */
const GRACE_MS = 5_000;
/** What a command leaves running may hold its output open; this long is waited for the rest of it. */
const DRAIN_MS = 500;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** {@link runCommand} with these variables of this process's environment for every command. */
export function commandRunner(asked: readonly string[]): RunCommand {
  return (command, where, hooks) => runCommand(command, { ...where, asked }, hooks);
}

/**
 * Runs a command of the team's, by the shell where it asks for one, in a process group of its own that ends with it, whatever it started.
 * Never throws: a command that fails, that cannot be started or that is stopped by the signal is a result. Its time
 * limit is in real milliseconds, because a command does not run faster when a clock does.
 */
export async function runCommand(
  command: OwnCommand,
  { cwd, env, asked = [] }: CommandPlace,
  { signal, onLine }: CommandHooks,
): Promise<CommandResult> {
  const { within } = command;
  const begun = performance.now();
  const lines = new LineReader(TAIL, (line) => onLine?.(line));
  const result = (code: number | undefined, why: string): CommandResult => ({
    ok: why === '',
    code,
    why,
    tail: lines.tail,
    ms: Math.round(performance.now() - begun),
  });
  const { execa } = await import('execa');
  if (signal?.aborted) return result(undefined, 'was not started: it was stopped');

  const start = startOf(command, env);
  if ('fault' in start) return result(undefined, `could not be started: ${start.fault}`);
  const child = execa(start.program, start.args, {
    shell: start.shell,
    cwd,
    env: listedEnvironment(asked, env),
    extendEnv: false,
    detached: true,
    stdin: 'ignore',
    all: true,
    buffer: false,
    reject: false,
  });
  const { pid, all } = child;
  if (pid === undefined) {
    const { originalMessage = 'no reason given', code } = await child;
    const [reason] = originalMessage.split('\n');
    const absent = code === 'ENOENT' ? `there is no program ${start.program}` : reason;
    return result(
      undefined,
      `could not be started: ${existsSync(cwd) ? absent : `there is no folder ${cwd}`}`,
    );
  }
  remember(pid);
  all.setEncoding('utf8').on('data', (text: string) => lines.push(text));
  const drained = once(all, 'end').catch(() => {});
  const exited = once(child, 'exit');

  let ended: string | undefined;
  const over = new AbortController();
  const end = (why: string) => {
    if (ended !== undefined) return;
    ended = why;
    endGroup(pid, over.signal);
  };
  const limit = setTimeout(
    () => end(`took longer than ${sayDuration(within)} and was ended`),
    Math.min(within, LONGEST_TIMER_MS),
  );
  const stopped = () => end('was stopped');
  signal?.addEventListener('abort', stopped, { once: true });
  try {
    const [code, by] = await exited;
    const patience = ended === undefined ? DRAIN_MS : GRACE_MS + DRAIN_MS;
    await Promise.race([drained, delay(patience, undefined, { signal: over.signal }).catch(() => {})]);
    lines.end();
    if (ended !== undefined) return result(undefined, ended);
    if (typeof code !== 'number') return result(undefined, `was ended by ${by}`);
    return result(code, code === 0 ? '' : `ended with ${code}`);
  } finally {
    clearTimeout(limit);
    signal?.removeEventListener('abort', stopped);
    over.abort();
    signalGroup(pid, 'SIGKILL');
    forget(pid);
    all.destroy();
  }
}

type Start =
  | { readonly program: string; readonly args: readonly string[]; readonly shell: boolean }
  | { readonly fault: string };

function startOf({ run, shell = true }: OwnCommand, env: Readonly<Record<string, string>>): Start {
  // One pipe keeps the order; what the shell itself complains about before that still comes by the other.
  if (shell) return { program: `exec 2>&1; ${run}`, args: [], shell };
  const split = splitCommand(run);
  if ('fault' in split) return { fault: `${split.fault}. Add shell: true in the plan` };
  const [program = '', ...args] = fillWords(split.words, env);
  return { program, args, shell };
}

/** Asks the whole group to end, and makes it end when it does not. */
function endGroup(leader: number, over: AbortSignal): void {
  if (!signalGroup(leader, 'SIGTERM')) return;
  const timer = setTimeout(() => signalGroup(leader, 'SIGKILL'), GRACE_MS);
  over.addEventListener('abort', () => clearTimeout(timer), { once: true });
}
