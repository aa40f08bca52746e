import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { SandboxClock } from '../clock.ts';
import { startCommand } from './command.ts';
import type { Figures, Gauge } from './figures.ts';
import { forward } from './forward.ts';
import { dropForged, present } from './headers.ts';
import { Instance } from './instance.ts';
import { listen, shut } from './listen.ts';
import type { Logs, Source } from './logs.ts';
import type { Version } from './registry.ts';
import { residentBytes } from './resident.ts';
import { alwaysOn, environment } from './runtime.ts';

/** Milliseconds of the sandbox's clock without a request after which an idle instance ends. */
const IDLE = 15 * 60_000;

interface Member {
  version: Version;
  readonly source: Source;
  readonly instance: Instance;
  /** The listener behind `versionUrl`. */
  readonly server: Server;
  readonly since: Since;
  lastRequest: number;
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
  #stopSweeping = () => {};

  constructor(options: FleetOptions) {
    this.#options = options;
    this.#sweep();
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
    const member = { version, source, instance, server, since, lastRequest: since.startedAt };
    this.#members.set(key(service, id), member);
    if (alwaysOn(version)) this.warm(service, id);
    return got;
  }

  /** Starts a version ahead of its first request. */
  warm(service: string, version: string): void {
    const started = this.#members.get(key(service, version))?.instance.ready();
    // Its trouble has been told; the next request tries again.
    started?.catch(() => undefined);
  }

  /** Takes notice that a version was started or stopped. */
  async update(version: Version): Promise<void> {
    const member = this.#members.get(key(version.service, version.id));
    if (!member) return;
    member.version = version;
    if (version.stopped) await member.instance.stop();
    else if (alwaysOn(version)) this.warm(version.service, version.id);
  }

  /** Ends a version's process and listener and removes its files. */
  async remove(service: string, version: string): Promise<void> {
    const member = this.#members.get(key(service, version));
    this.#members.delete(key(service, version));
    if (member) await end(member);
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
    if (!member || member.version.stopped) {
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
    this.#stopSweeping();
    await Promise.all([...this.#members.values()].map(end));
    this.#members.clear();
  }

  #instance(version: Version, source: Source, since: Since): Instance {
    const { clock, logs, project, log } = this.#options;
    const { service, id, spec } = version;
    const folder = this.folderOf(service, id);
    return new Instance({
      folder,
      command: () => startCommand(spec, folder),
      env: environment(project, source.instance, version),
      onLine: (stream, line) => logs.line(source, stream, line),
      onStart: () => Object.assign(since, { startedAt: clock.now(), requests: 0, errors: 0 }),
      onTrouble: (sentence) => {
        logs.crash(source, sentence);
        log(`${service}/${id}: ${sentence}`);
      },
    });
  }

  #sweep(): void {
    const { clock } = this.#options;
    this.#stopSweeping = clock.alarm(clock.now() + IDLE / 3, () => {
      this.#endIdle();
      this.#sweep();
    });
  }

  #endIdle(): void {
    const since = this.#options.clock.now() - IDLE;
    for (const { instance, version, lastRequest } of this.#members.values()) {
      if (instance.port === undefined || alwaysOn(version) || lastRequest > since) continue;
      void instance.stop();
    }
  }
}

function key(service: string, version: string): string {
  return `${service}/${version}`;
}

async function end({ server, instance }: Member): Promise<void> {
  await Promise.all([shut(server), instance.stop()]);
}
