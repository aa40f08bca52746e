import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

export interface Process {
  readonly child: ChildProcess;
  /** What it has printed so far. */
  out(): string;
  err(): string;
  /** Waits for a line on standard output. */
  line(words: RegExp): Promise<string>;
  /** Waits for its end, with the exit code; null after a signal. */
  ended(): Promise<number | null>;
}

export const tempFolder = () => mkdtemp(join(tmpdir(), 'sluice-process-'));

/** Starts the built command line in a folder of its own, with nothing of this machine's configuration. */
export function sluice(args: string[], cwd: string, env: Record<string, string> = {}): Process {
  const child = spawn(process.execPath, [CLI, ...args], {
    cwd,
    env: { PATH: process.env.PATH ?? '', HOME: cwd, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const exit = once(child, 'exit').then(([code]) => code as number | null);
  return {
    child,
    out: () => out,
    err: () => err,
    ended: () => exit,
    async line(words) {
      for (;;) {
        const line = out.split('\n').find((text) => words.test(text));
        if (line) return line;
        const over = await Promise.race([
          exit.then(() => true),
          once(child.stdout, 'data').then(() => false),
        ]);
        if (over && !words.test(out)) throw new Error(`It ended without ${words}: ${out}${err}`);
      }
    },
  };
}

/** The variables that `sluice sandbox` prints for a shell. */
export function exported(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/^export (\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]),
  );
}

/** Waits until `look` gives something. */
export async function until<T>(look: () => Promise<T | undefined> | T | undefined, ms = 30_000): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error('Waited in vain.');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
