import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { SandboxClock } from '../clock.ts';
import { startCommand } from './command.ts';
import type { Figures, Gauge } from './figures.ts';
import { forward } from './forward.ts';
import { dropForged, present } from './headers.ts';
import { Instance } from './instance.ts';
import { objectAt } from './json.ts';
import type { Logs, Source } from './logs.ts';
import type { Version } from './registry.ts';

/** Milliseconds of the sandbox's clock without a request after which an idle instance ends. */
const IDLE = 15 * 60_000;
const PAGE_BYTES = 4096;

interface Member {
  readonly source: Source;
  readonly instance: Instance;
  /** The listener behind `versionUrl`. */
  readonly server: Server;
  readonly keepsRunning: boolean;
  readonly since: Since;
  lastRequest: number;
  stopped: boolean;
}

/** What an instance did since it started. */
interface Since {
  startedAt: number;
  requests: number;
  errors: number;
}

export interface Running {
  readonly id: string;
  /** Milliseconds of the sandbox's clock. */
  readonly startedAt: number;
  readonly requests: number;
  readonly errors: number;
  /** Resident bytes. */
  readonly memory: number;
}

export interface FleetOptions {
  readonly folder: string;
  readonly project: string;
  readonly clock: SandboxClock;
  readonly logs: Logs;
  readonly figures: Figures;
  readonly defaultHostname: () => string;
  readonly log: (line: string) => void;
}

/** The versions that exist as processes and listeners: one process each, started by its first request. */
export class Fleet {
  readonly #options: FleetOptions;
  readonly #members = new Map<string, Member>();
  readonly #sweeper: NodeJS.Timeout;

  constructor(options: FleetOptions) {
    this.#options = options;
    this.#sweeper = setInterval(() => this.#endIdle(), IDLE / 3 / options.clock.speed);
    this.#sweeper.unref();
  }

  /** Where a version's files lie. */
  folderOf(service: string, version: string): string {
    return join(this.#options.folder, service, version);
  }

  /**
   * Makes a version reachable at a URL of its own.
   * @param port wanted for it, 0 for any
   * @returns the port it got
   */
  async open(version: Version, port: number): Promise<number> {
    const { service, id } = version;
    const source = { service, version: id, instance: randomBytes(20).toString('hex') };
    const server = createServer((request, response) => {
      dropForged(request);
      void this.serve(service, id, request, response);
    });
    const got = await listen(server, port).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE') throw error;
      return listen(server, 0);
    });
    const since = { startedAt: this.#options.clock.now(), requests: 0, errors: 0 };
    const instance = this.#instance(version, source, since);
    const { stopped, spec } = version;
    const scheduler = objectAt(objectAt(spec, 'automaticScaling'), 'standardSchedulerSettings');
    const keepsRunning =
      'manualScaling' in spec ||
      Number(scheduler.minInstances ?? 0) > 0 ||
      Number(objectAt(spec, 'automaticScaling').minIdleInstances ?? 0) > 0;
    const member: Member = {
      source,
      instance,
      server,
      keepsRunning,
      stopped,
      since,
      lastRequest: since.startedAt,
    };
    this.#members.set(key(service, id), member);
    if (keepsRunning && !stopped) this.warm(service, id);
    return got;
  }

  /** Starts a version ahead of its first request. */
  warm(service: string, version: string): void {
    this.#members
      .get(key(service, version))
      ?.instance.ready()
      .catch((error: Error) => this.#options.log(`${service}/${version} did not start: ${error.message}`));
  }

  /** Starts or stops a manually scaled version. */
  async setStopped(service: string, version: string, stopped: boolean): Promise<void> {
    const member = this.#members.get(key(service, version));
    if (!member) return;
    member.stopped = stopped;
    if (stopped) await member.instance.stop();
    else if (member.keepsRunning) this.warm(service, version);
  }

  /** Ends a version's process and listener and removes its files. */
  async remove(service: string, version: string): Promise<void> {
    const member = this.#members.get(key(service, version));
    this.#members.delete(key(service, version));
    if (member) await shut(member);
    await rm(this.folderOf(service, version), { recursive: true, force: true });
  }

  /** Answers a request by this version, counts it and writes the request log. */
  async serve(
    service: string,
    version: string,
    request: IncomingMessage,
    response: ServerResponse,
    cookie?: string,
  ): Promise<void> {
    const { clock, logs, figures, defaultHostname } = this.#options;
    const member = this.#members.get(key(service, version));
    if (!member || member.stopped) {
      response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' });
      response.end(
        `Version '${version}' of service '${service}' ${member ? 'is stopped' : 'does not exist'}.\n`,
      );
      return;
    }
    member.lastRequest = clock.now();
    const { id, ip, headers } = present(request, clock.now(), defaultHostname());
    const { status, latency, loading, size } = await forward(
      request,
      response,
      member.instance,
      headers,
      cookie,
    );
    member.since.requests++;
    if (status >= 500) member.since.errors++;
    figures.count(service, version, status, loading, latency);
    logs.request(member.source, {
      id,
      ip,
      method: request.method ?? 'GET',
      path: request.url ?? '/',
      host: request.headers.host ?? '',
      agent: request.headers['user-agent'] ?? '',
      status,
      size,
      latency,
      loading,
    });
  }

  /** Versions with a running process. */
  gauges(): Gauge[] {
    return [...this.#members.values()].flatMap(({ source, instance }) => {
      if (instance.port === undefined) return [];
      const { service, version } = source;
      return [{ service, version, instances: 1, memory: residentBytes(instance.pid) }];
    });
  }

  /** The running instances of a version: none or one. */
  running(service: string, version: string): Running[] {
    const member = this.#members.get(key(service, version));
    if (member?.instance.port === undefined) return [];
    return [{ id: member.source.instance, ...member.since, memory: residentBytes(member.instance.pid) }];
  }

  async close(): Promise<void> {
    clearInterval(this.#sweeper);
    await Promise.all([...this.#members.values()].map(shut));
    this.#members.clear();
  }

  #instance(version: Version, source: Source, since: Since): Instance {
    const { clock, logs, project, log } = this.#options;
    const { service, id, spec } = version;
    const folder = this.folderOf(service, id);
    const env = {
      NODE_ENV: 'production',
      GAE_APPLICATION: `s~${project}`,
      GAE_DEPLOYMENT_ID: String(version.createdAt),
      GAE_ENV: 'standard',
      GAE_INSTANCE: source.instance,
      GAE_MEMORY_MB: '384',
      GAE_RUNTIME: String(spec.runtime),
      GAE_SERVICE: service,
      GAE_VERSION: id,
      GOOGLE_CLOUD_PROJECT: project,
      ...(objectAt(spec, 'envVariables') as Record<string, string>),
    };
    return new Instance({
      folder,
      command: () => startCommand(spec, folder),
      env,
      onLine: (stream, line) => logs.line(source, stream, line),
      onStart: () => Object.assign(since, { startedAt: clock.now(), requests: 0, errors: 0 }),
      onCrash: (how) => {
        logs.crash(
          source,
          `The process of ${service}/${id} ended with ${how}. The next request starts another.`,
        );
        log(`${service}/${id} ended with ${how}`);
      },
    });
  }

  #endIdle(): void {
    const since = this.#options.clock.now() - IDLE;
    for (const { instance, keepsRunning, lastRequest } of this.#members.values()) {
      if (instance.port === undefined || keepsRunning || lastRequest > since) continue;
      void instance.stop();
    }
  }
}

function key(service: string, version: string): string {
  return `${service}/${version}`;
}

async function shut({ server, instance }: Member): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await Promise.all([closed, instance.stop()]);
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** Resident memory of a process; 0 where /proc does not tell. */
function residentBytes(pid: number | undefined): number {
  if (pid === undefined) return 0;
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE_BYTES;
  } catch {
    // Not Linux, or the process has just ended.
    return 0;
  }
}
