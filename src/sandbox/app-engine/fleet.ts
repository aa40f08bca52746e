import { rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { SandboxClock } from '../clock.ts';
import { Crew } from './crew.ts';
import type { Figures, Gauge } from './figures.ts';
import { forward, spoil } from './forward.ts';
import { dropForged, present } from './headers.ts';
import { listen, shut } from './listen.ts';
import type { Logs } from './logs.ts';
import type { Version } from './registry.ts';
import { residentBytes } from './resident.ts';
import { alwaysOn, idleOf } from './runtime.ts';
import type { Troubles } from './troubles.ts';

/** Milliseconds of the sandbox's clock between two looks for idle instances. */
const LOOK = 5 * 60_000;
/** Milliseconds of the sandbox's clock between two looks for instances whose end has come. */
const FATE = 30_000;

interface Member {
  version: Version;
  readonly crew: Crew;
  /** The listener behind `versionUrl`. */
  readonly server: Server;
  lastRequest: number;
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
  readonly troubles: Troubles;
  readonly defaultHostname: () => string;
  readonly log: (line: string) => void;
}

/** The versions that exist as processes and listeners; a process is started by its first request. */
export class Fleet {
  readonly #options: FleetOptions;
  readonly #members = new Map<string, Member>();
  #stopSweeping = () => {};
  #stopFates = () => {};

  constructor(options: FleetOptions) {
    this.#options = options;
    this.#sweep();
    this.#seal();
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
    const server = createServer((request, response) => {
      dropForged(request);
      void this.serve(service, id, request, response);
    });
    const got = await listen(server, port).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE') throw error;
      return listen(server, 0);
    });
    const { project, clock, logs, log } = this.#options;
    const crew = new Crew(version, { folder: this.folderOf(service, id), project, clock, logs, log });
    this.#members.set(key(service, id), { version, crew, server, lastRequest: clock.now() });
    if (alwaysOn(version)) this.warm(service, id);
    return got;
  }

  /** Starts a version ahead of its first request. */
  warm(service: string, version: string): void {
    this.#members.get(key(service, version))?.crew.warm();
  }

  /** Starts a version ahead of its visitors, by the request that App Engine sends to one that asked for it. */
  async warmUp({ port }: Version): Promise<void> {
    try {
      const answer = await fetch(`http://127.0.0.1:${port}/_ah/warmup`);
      await answer.arrayBuffer();
    } catch {
      // What is wrong with the app is in its logs; its visitors meet it next.
    }
  }

  /** Takes notice that a version was started, stopped or given another number of instances. */
  async update(version: Version): Promise<void> {
    const member = this.#members.get(key(version.service, version.id));
    if (!member) return;
    member.version = version;
    await member.crew.update(version);
  }

  /** Puts a version in the place of one of the same id, all of whose processes end; another starts at once. */
  async replace(version: Version): Promise<void> {
    const member = this.#members.get(key(version.service, version.id));
    if (!member) return;
    member.version = version;
    await member.crew.replace(version);
  }

  /** Ends one instance; where its version always has one, another process takes its place. */
  async restart(service: string, version: string, instance: string): Promise<void> {
    await this.#members.get(key(service, version))?.crew.restart(instance);
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
    const { clock, logs, figures, troubles, defaultHostname } = this.#options;
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
    const hand = member.crew.next();
    const mishap = troubles.meet(service, version, hand.instance.port === undefined);
    const outcome = mishap.fails
      ? await spoil(request, response, hand.instance, mishap.wait)
      : await forward(request, response, hand.instance, headers, mishap.wait, cookie);
    const { status, latency, loading, size } = outcome;
    hand.since.requests++;
    if (status >= 500) hand.since.errors++;
    figures.count(service, version, status, loading, latency);
    logs.request(hand.source, {
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
    return [...this.#members.values()].flatMap(({ version: { service, id }, crew }) => {
      const running = crew.running();
      const instances = running.length;
      const lost = running.map(({ since }) => this.#options.troubles.leaked(service, id, since.startedAt));
      const memory = lost.reduce((sum, bytes) => sum + bytes, crew.memory());
      return instances === 0 ? [] : [{ service, version: id, instances, memory }];
    });
  }

  /** The running instances of a version. */
  running(service: string, version: string): Running[] {
    const hands = this.#members.get(key(service, version))?.crew.running() ?? [];
    return hands.map(({ source, instance, since }) => ({
      id: source.instance,
      ...since,
      memory: residentBytes(instance.pid) + this.#options.troubles.leaked(service, version, since.startedAt),
    }));
  }

  async close(): Promise<void> {
    this.#stopSweeping();
    this.#stopFates();
    await Promise.all([...this.#members.values()].map(end));
    this.#members.clear();
  }

  #sweep(): void {
    const { clock } = this.#options;
    this.#stopSweeping = clock.alarm(clock.now() + LOOK, () => {
      this.#endIdle();
      this.#sweep();
    });
  }

  #seal(): void {
    const { clock } = this.#options;
    this.#stopFates = clock.alarm(clock.now() + FATE, () => {
      this.#endDoomed();
      this.#seal();
    });
  }

  #endDoomed(): void {
    const { troubles } = this.#options;
    for (const { crew, version } of this.#members.values()) {
      for (const { instance, since } of crew.running()) {
        const why = troubles.fate(version.service, version.id, since.startedAt, () =>
          residentBytes(instance.pid),
        );
        if (why !== undefined) instance.crash(why);
      }
    }
  }

  #endIdle(): void {
    const now = this.#options.clock.now();
    for (const { crew, version, lastRequest } of this.#members.values()) {
      if (alwaysOn(version) || lastRequest > now - idleOf(version)) continue;
      void crew.stop();
    }
  }
}

function key(service: string, version: string): string {
  return `${service}/${version}`;
}

async function end({ server, crew }: Member): Promise<void> {
  await Promise.all([shut(server), crew.stop()]);
}
