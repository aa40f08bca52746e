import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { kindOfFile } from './kinds.ts';
import type { Points } from './points.ts';

const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const PRELOAD = new URL('preload.mjs', import.meta.url).href;

/** A bot in a process of its own, which is started anew each time that it is killed. */
export interface Victim {
  /** How often it was killed. */
  kills(): number;
  /** What it said on its standard error, all lives together. */
  log(): string;
  /** Kills it on the spot; the next one is started once it is gone. */
  kill(): void;
  /** @throws Error when it has ended by itself */
  check(): void;
  /** Ends it for good. Rejects when it ended by itself before. */
  end(): Promise<void>;
}

/** @param env of the process, with `SLUICE_DATA_DIR` as a whole path. */
export function startVictim(cwd: string, env: Record<string, string>, points: Points): Victim {
  let killed = 0;
  let log = '';
  let over = false;
  let fault: Error | undefined;
  let child = begin();

  return {
    kills: () => killed,
    log: () => log,
    kill: () => void child.kill('SIGKILL'),
    check,
    async end() {
      over = true;
      if (child.exitCode === null && child.signalCode === null) {
        const ended = once(child, 'exit');
        child.kill('SIGKILL');
        await ended;
      }
      check();
    },
  };

  function check(): void {
    if (fault) throw fault;
  }

  function begin(): ChildProcess {
    const next = spawn(process.execPath, ['--import', PRELOAD, CLI, 'run'], {
      cwd,
      env: {
        PATH: process.env.PATH ?? '',
        HOME: cwd,
        ...env,
        ...(env.SLUICE_DATA_DIR && { TORTURE_FOLDER: env.SLUICE_DATA_DIR }),
      },
      stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
    });
    next.stderr?.on('data', (chunk) => {
      log += chunk;
    });
    answerPoints(next, points);
    next.once('exit', (code, signal) => {
      if (over) return;
      if (signal === 'SIGKILL') {
        killed++;
        child = begin();
      } else fault = new Error(`The bot ended by itself with ${code ?? signal}: ${log.slice(-2_000)}`);
    });
    return next;
  }
}

/** Answers the questions of the preloaded module: go on, write half of it, or die. */
function answerPoints(child: ChildProcess, points: Points): void {
  const asks = child.stdio[3] as Duplex;
  const answers = child.stdio[4] as Duplex;
  // A process that was killed leaves both ends broken.
  for (const pipe of [asks, answers]) pipe.on('error', () => {});
  let text = '';
  asks.on('data', (chunk) => {
    text += chunk;
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) {
      const [act, path, moment] = JSON.parse(line) as [string, string, 'before' | 'after' | 'half'];
      const kind = `${act} ${kindOfFile(path)}`;
      if (moment === 'half') points.strikeHalf();
      if (moment === 'half' || points.pass(kind, moment)) child.kill('SIGKILL');
      else answers.write(act === 'append' && moment === 'before' && points.diesOfHalf() ? 'h' : 'g');
    }
  });
}
