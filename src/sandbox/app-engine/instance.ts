import { type ChildProcess, spawn } from 'node:child_process';
import { connect, createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** Real milliseconds that an app may take until it listens. */
const START_LIMIT = 30_000;
const CONNECT_EVERY = 20;
/** Real milliseconds between SIGTERM and SIGKILL, about what App Engine leaves. */
const GRACE_SECONDS = 2;
/** After a failed start the next one waits this long (real), so that a crash loop does not eat the machine. */
const REST_AFTER_FAILURE = 1_000;

/**
 * The watcher shares the app's process group and waits for the end of the pipe on descriptor 3. Only the sandbox holds
 * the other end, so the pipe ends when the sandbox does, however it dies, and the group goes with it.
 */
const WATCHED = `(trap '' TERM; read _ <&3; kill -TERM 0; sleep ${GRACE_SECONDS}; kill -KILL 0) >/dev/null 2>&1 & exec 3<&-; exec sh -c "$1"`;

export interface InstanceOptions {
  readonly folder: string;
  /** Asked for at each start. */
  readonly command: () => Promise<string>;
  /** Asked for at each start. */
  readonly env: () => Readonly<Record<string, string>>;
  readonly onLine: (stream: 'stdout' | 'stderr', line: string) => void;
  /** The app listens. */
  readonly onStart: () => void;
  /** It did not start, or ended, having served, though nobody stopped it. */
  readonly onTrouble: (sentence: string, served: boolean) => void;
}

/** One child process that serves one version: started when first needed, and again after it died. */
export class Instance {
  readonly #options: InstanceOptions;
  #child: ChildProcess | undefined;
  #ready: Promise<number> | undefined;
  #port: number | undefined;
  /** Grows when a start that may be under way is called off. */
  #calledOff = 0;
  #failedAt = Number.NEGATIVE_INFINITY;
  #lastWords: string | undefined;

  constructor(options: InstanceOptions) {
    this.#options = options;
  }

  /** The port while the app listens. */
  get port(): number | undefined {
    return this.#port;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** The port once the app listens; starts it when it does not run. @throws Error that says why it never listened */
  ready(): Promise<number> {
    if (this.#ready) return this.#ready;
    const started = this.#start();
    this.#ready = started;
    const mine = this.#calledOff;
    started.catch((error: Error) => {
      if (this.#ready === started) this.#ready = undefined;
      if (this.#calledOff !== mine) return;
      this.#failedAt = Date.now();
      this.#options.onTrouble(error.message, false);
    });
    return started;
  }

  /** Ends the process and all that it started. */
  async stop(): Promise<void> {
    this.#calledOff++;
    await this.#end();
  }

  /** The process dies at once, as if by itself; the next request starts another. @param why for the crash log */
  crash(why: string): void {
    this.#lastWords = why;
    endGroup(this.#child?.pid);
  }

  async #end(): Promise<void> {
    const child = this.#child;
    this.#forget();
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    // Closed is later than exited: by then its last words have been read.
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.stdio[3]?.destroy();
    await ended;
  }

  async #start(): Promise<number> {
    const mine = this.#calledOff;
    const rest = this.#failedAt + REST_AFTER_FAILURE - Date.now();
    if (rest > 0) await new Promise((resolve) => setTimeout(resolve, rest));
    const { folder, env, onLine } = this.#options;
    const command = await this.#options.command();
    const port = await freePort();
    if (this.#calledOff !== mine) throw new Error('The app was stopped while it started.');
    const child = spawn('sh', ['-c', WATCHED, 'sh', command], {
      cwd: folder,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      env: { ...hostEnv(folder), ...env(), PORT: String(port) },
    });
    this.#child = child;
    readLines(child.stdout, (line) => onLine('stdout', line));
    readLines(child.stderr, (line) => onLine('stderr', line));
    const exit = new Promise<never>((_, reject) => {
      child.once('error', (error) => reject(new Error(`The app could not be started: ${error.message}.`)));
      child.once('exit', (code, signal) => {
        const how = signal === null ? `exit status ${code}` : `signal ${signal}`;
        // The watcher outlives an app that ends by itself.
        endGroup(child.pid);
        reject(new Error(`'${command}' ended with ${how} before it listened on port ${port}.`));
        if (this.#child !== child) return;
        const served = this.#port !== undefined;
        this.#forget();
        if (served) {
          const why = this.#lastWords ?? `The process ended with ${how}.`;
          this.#options.onTrouble(`${why} The next request starts another.`, true);
        }
        this.#lastWords = undefined;
      });
    });
    exit.catch(() => undefined);
    const stop = new AbortController();
    try {
      await Promise.race([exit, listening(port, command, stop.signal)]);
    } catch (error) {
      if (this.#calledOff === mine) await this.#end();
      throw error;
    } finally {
      stop.abort();
    }
    if (this.#calledOff !== mine) throw new Error('The app was stopped while it started.');
    this.#port = port;
    this.#options.onStart();
    return port;
  }

  #forget(): void {
    this.#child = undefined;
    this.#ready = undefined;
    this.#port = undefined;
  }
}

/** The app gets nothing of the sandbox's own environment that might be a secret. */
function hostEnv(folder: string): Record<string, string> {
  const { PATH = '', HOME, TMPDIR, LANG } = process.env;
  const kept = Object.entries({ HOME, TMPDIR, LANG }).filter(([, value]) => value !== undefined);
  const path = [join(folder, 'node_modules', '.bin'), PATH].join(delimiter);
  return { ...(Object.fromEntries(kept) as Record<string, string>), PATH: path };
}

function readLines(from: Readable | null, onLine: (line: string) => void): void {
  if (from) createInterface({ input: from }).on('line', onLine);
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('No free port on 127.0.0.1.');
  return address.port;
}

/** Nothing tells when another process begins to listen, so this one asks. */
async function listening(port: number, command: string, signal: AbortSignal): Promise<void> {
  const until = Date.now() + START_LIMIT;
  while (!signal.aborted) {
    if (await accepts(port)) return;
    if (Date.now() > until) {
      throw new Error(
        `'${command}' did not listen on port ${port} ($PORT) within ${START_LIMIT / 1000} seconds.`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, CONNECT_EVERY));
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
