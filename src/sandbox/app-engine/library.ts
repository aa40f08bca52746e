import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SandboxClock } from '../clock.ts';
import { Faults } from '../faults.ts';
import { type AppEngine, startAppEngine } from './index.ts';

export type { SandboxClock } from '../clock.ts';
export type { FaultRule, Faults, StandingRule } from '../faults.ts';

/** All of it may be left out. */
export interface LocalAppEngineOptions {
  /** Keeps the project across restarts. Without it, it lies in a temporary folder that goes with the server. */
  readonly dataDir?: string;
  /** Of the REST APIs and of the app, on 127.0.0.1; any free ones without them. */
  readonly port?: number;
  readonly proxyPort?: number;
  /** "demo" without it. */
  readonly project?: string;
  /** How many times as fast as life its clock runs; 1 without it. */
  readonly speed?: number;
  /** How long an operation takes, and how old a minute is when Monitoring shows it, in milliseconds of the clock; 0 without them. */
  readonly operationMs?: number;
  readonly ingestionDelayMs?: number;
  /** How long after a split's operation has ended some requests still go by the split before; 0 without it. */
  readonly propagationMs?: number;
  readonly log?: (line: string) => void;
}

export interface LocalAppEngineServer
  extends Pick<AppEngine, 'url' | 'proxyUrl' | 'seed' | 'load' | 'troubles' | 'live' | 'close'> {
  readonly project: string;
  readonly clock: SandboxClock;
  /** What goes wrong at the wire; the same as `/_sandbox/faults`. */
  readonly faults: Faults;
}

/**
 * A local App Engine for the tests of whatever deploys to one. Its versions are processes of this machine: `close` ends them.
 * @throws Error when a port is taken.
 */
export async function startLocalAppEngine(
  options: LocalAppEngineOptions = {},
): Promise<LocalAppEngineServer> {
  const {
    port = 0,
    proxyPort = 0,
    project = 'demo',
    speed = 1,
    operationMs = 0,
    ingestionDelayMs = 0,
    propagationMs = 0,
    log = () => {},
  } = options;
  const clock = new SandboxClock(speed);
  const faults = new Faults();
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'local-app-engine-')));
  const clear = async () => {
    if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
  };
  const all = {
    dataDir,
    clock,
    project,
    port,
    proxyPort,
    operationMs,
    ingestionDelayMs,
    propagationMs,
    faults,
    log,
  };
  const server = await startAppEngine(all).catch(async (error: unknown) => {
    await clear();
    throw error;
  });
  const { url, proxyUrl, load, troubles } = server;
  return {
    url,
    proxyUrl,
    load,
    troubles,
    seed: (service, version, folder) => server.seed(service, version, folder),
    live: (minutes) => server.live(minutes),
    project,
    clock,
    faults,
    async close() {
      await server.close();
      await clear();
    },
  };
}
