import { mkdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { getRequestListener } from '@hono/node-server';

import type { SandboxClock } from '../clock.ts';
import { Faults } from '../faults.ts';
import { faultyListener } from '../faulty-listener.ts';
import { Buckets } from './buckets.ts';
import { apply, asChange } from './changes.ts';
import { CronJobs } from './cron/jobs.ts';
import { cronVisit } from './cron/visit.ts';
import { CustomMetrics } from './custom-metrics.ts';
import { Documents } from './documents.ts';
import { Figures } from './figures.ts';
import { Fleet } from './fleet.ts';
import { frontDoor } from './front-door.ts';
import { listen, shut } from './listen.ts';
import { type Live, liveView } from './live.ts';
import { LoadGenerator } from './load.ts';
import { LogMetrics } from './log-metrics.ts';
import { Logs } from './logs.ts';
import { Operations } from './operations.ts';
import { Registry } from './registry.ts';
import { restApi } from './rest-api.ts';
import { migrationIn, Routing } from './routing.ts';
import { seedProject } from './seed.ts';
import { Troubles } from './troubles.ts';

export interface AppEngineOptions {
  /** Everything the stand-in keeps; it survives a kill and a restart. */
  readonly dataDir: string;
  readonly clock: SandboxClock;
  /** The one project there is, such as "demo". */
  readonly project: string;
  /** Port of the REST API on 127.0.0.1; 0 for any free one. */
  readonly port: number;
  /** Port of the traffic proxy on 127.0.0.1; 0 for any free one. */
  readonly proxyPort: number;
  /** How long an operation takes, in milliseconds of the sandbox's clock. */
  readonly operationMs: number;
  /** Age at which a minute becomes visible in Monitoring, in milliseconds of the sandbox's clock. */
  readonly ingestionDelayMs: number;
  /**
   * How long after a split's operation has ended some requests still go by the split before: fewer and fewer, none after
   * so many milliseconds of the sandbox's clock. 0 without it.
   */
  readonly propagationMs?: number;
  /** What goes wrong at the wire; `/_sandbox/faults` adds to it. */
  readonly faults?: Faults;
  readonly log: (line: string) => void;
}

export interface AppEngine {
  /** Base URL of the REST APIs: Admin, Storage, Logging, Monitoring, Scheduler. */
  readonly url: string;
  /**
   * Where users come in. The default service answers; another one by the Host header `SERVICE.localhost` (or
   * `VERSION-dot-SERVICE.localhost`) or by a dispatch rule.
   */
  readonly proxyUrl: string;
  /**
   * Installs a folder as a serving version with all traffic, and its cron jobs, unless the service exists already; and
   * the log-based metrics of its folder `metrics` that do not.
   */
  seed(service: string, version: string, folder: string): Promise<void>;
  readonly load: Pick<LoadGenerator, 'setRate' | 'rate' | 'counts'>;
  /** What is wrong with its versions. */
  readonly troubles: Pick<Troubles, 'set' | 'get' | 'clear'>;
  /** What there is and how it does, with the figures of the last `minutes`. */
  live(minutes: number): Live;
  /** Ends every child process, keeps everything on disk. */
  close(): Promise<void>;
}

/**
 * A local App Engine: the REST APIs of Google's that a deployment needs, on one base URL, in front of real processes,
 * a traffic proxy and the figures that its requests make.
 * @throws Error when a port is taken or `dataDir` cannot be written
 */
export async function startAppEngine(options: AppEngineOptions): Promise<AppEngine> {
  const { dataDir, clock, project, faults = new Faults(), log } = options;
  mkdirSync(dataDir, { recursive: true });
  const documents = new Documents(join(dataDir, 'resources.ndjson'));
  const registry = new Registry(project, documents);
  const buckets = new Buckets(
    [registry.codeBucket, `${project}.appspot.com`],
    join(dataDir, 'objects'),
    documents,
    clock,
  );
  const logs = new Logs(project, join(dataDir, 'logs'), clock);

  let proxyUrl = '';
  const defaultHostname = () => new URL(proxyUrl).host;
  const figures: Figures = new Figures(join(dataDir, 'minutes'), clock, () => fleet.gauges());
  const logMetrics = new LogMetrics(project, documents, figures, logs, clock);
  const customMetrics = new CustomMetrics(join(dataDir, 'custom-metrics'), documents, clock);
  const troubles = new Troubles(clock);
  const fleet = new Fleet({
    folder: join(dataDir, 'versions'),
    project,
    clock,
    logs,
    figures,
    troubles,
    defaultHostname,
    log,
  });
  // A request may come before what it may meet is resumed.
  let resumed: Operations | undefined;
  const routing = new Routing(clock, options.propagationMs ?? 0, (service) =>
    migrationIn(resumed?.underWay(`services/${service}`)),
  );
  const door = frontDoor(registry, fleet, routing);
  const stop = async () => {
    await fleet.close();
    figures.close();
    customMetrics.close();
    logs.close();
  };

  try {
    proxyUrl = await bind(door, options.proxyPort);
    await reopen(registry, fleet);
    const parts = { registry, buckets, fleet, clock, defaultHostname };
    const operations = new Operations(project, documents, clock, options.operationMs, (change) =>
      apply(parts, asChange(change)),
    );
    resumed = operations;
    const cron = new CronJobs(
      project,
      documents,
      clock,
      cronVisit(() => proxyUrl),
    );
    const api = restApi({
      ...parts,
      cron,
      logMetrics,
      customMetrics,
      operations,
      figures,
      logs,
      faults,
      log,
      ingestionDelayMs: options.ingestionDelayMs,
    });
    const server = createServer(faultyListener(faults, 'app-engine', getRequestListener(api.fetch)));
    const url = await bind(server, options.port);
    const load = new LoadGenerator(proxyUrl, clock);
    return {
      url,
      proxyUrl,
      seed: (service, version, folder) =>
        seedProject({ ...parts, cron, logMetrics }, service, version, folder),
      load,
      troubles,
      live: (minutes) => liveView({ registry, fleet, figures, troubles, clock }, minutes),
      async close() {
        load.close();
        cron.close();
        await Promise.all([shut(server), shut(door)]);
        await operations.close();
        await stop();
      },
    };
  } catch (error) {
    door.close();
    await stop();
    throw error;
  }
}

/** Brings back the versions that a former process left; those with traffic are warm at once. */
async function reopen(registry: Registry, fleet: Fleet): Promise<void> {
  for (const version of registry.versions()) {
    const port = await fleet.open(version, version.port);
    if (port !== version.port) registry.putVersion({ ...version, port });
    const serves = registry.findService(version.service)?.allocations[version.id] !== undefined;
    if (serves && !version.stopped) fleet.warm(version.service, version.id);
  }
}

async function bind(server: Server, port: number): Promise<string> {
  const got = await listen(server, port).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
    throw new Error(`Port ${port} on 127.0.0.1 is taken: stop what listens there or choose another port.`);
  });
  return `http://127.0.0.1:${got}`;
}
