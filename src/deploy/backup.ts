import { CloudError } from '../google/cloud-error.ts';
import type { Rest } from '../google/rest.ts';
import type { Clock } from '../plan/clock.ts';
import type { Split } from '../plan/split.ts';
import type { AppEngine } from './app-engine.ts';
import { readApplication } from './application.ts';
import { cloneVersion } from './clone.ts';
import { type ConfigFile, readConfigFiles } from './config-files.ts';
import type { CronJob } from './cron/job.ts';
import type { Scheduler } from './cron/scheduler.ts';
import { type Scaling, scalingOf } from './scaling.ts';
import { readSplit } from './services.ts';
import { mustReadVersion, type RawVersion } from './versions.ts';

/** What must be known to bring a service back to where it was. Plain JSON. */
export interface Backup {
  /** Milliseconds since the epoch. */
  readonly takenAt: number;
  readonly project: string;
  readonly service: string;
  /** Absent when the service did not exist. */
  readonly split?: Split;
  /** The versions that had traffic, as App Engine prints them in full. */
  readonly versions: readonly object[];
  /** How each of them ran. */
  readonly running: readonly Running[];
  /** The app's routing by host and path, which is shared by all services. */
  readonly dispatchRules: readonly object[];
  /** The app's cron jobs as Scheduler prints them, which are shared by all services. */
  readonly cron: { readonly kind: 'read'; readonly jobs: readonly CronJob[] } | CronUnread;
  /** Of the folder: app.yaml, cron.yaml and dispatch.yaml, as far as they are there. */
  readonly files: readonly ConfigFile[];
  /** Id of the copy that was made of the version with the most traffic. */
  readonly clone?: string;
}

/** The folder has no cron.yaml, and the account may not look at the jobs. */
export interface CronUnread {
  readonly kind: 'unread';
  readonly why: string;
}

export interface Running {
  readonly version: string;
  readonly servingStatus: string;
  readonly scaling: Scaling['kind'];
  /** Of a manually scaled version. */
  readonly instances?: number;
}

export interface BackupRequest {
  readonly service: string;
  /** Holds app.yaml and the source; absent when a version is released that was deployed elsewhere. */
  readonly folder?: string;
  /** Path of cron.yaml, seen from the folder; absent: cron.yaml there, if there is one. */
  readonly cronFile?: string;
  /** Id for a copy of the version with the most traffic; absent: none is made. */
  readonly clone?: string;
}

/**
 * Read as raw JSON: the generated client drops the fields that it does not know and writes zeros for those not set, so
 * what it gives could not be put back.
 */
export async function backUp(
  app: AppEngine,
  scheduler: Scheduler,
  storage: Rest,
  clock: Clock,
  request: BackupRequest,
  signal?: AbortSignal,
): Promise<Backup> {
  const { project, rest } = app;
  const { service, folder } = request;
  const takenAt = clock.now();
  const [split, files] = await Promise.all([
    readSplit(app, service, signal),
    folder === undefined ? [] : readConfigFiles(folder, request.cronFile),
  ]);
  const hasCron = files.some(({ role }) => role === 'cron');
  const [{ dispatchRules }, cron, ...versions] = await Promise.all([
    readApplication(rest, project, signal),
    readCron(scheduler, hasCron, signal),
    ...Object.keys(split?.shares ?? {}).map((id) => mustReadVersion(app, service, id, signal)),
  ]);
  const { clone } = request;
  if (split && clone !== undefined) {
    const source = versions.reduce((a, b) => (shareOf(split, b) > shareOf(split, a) ? b : a));
    await cloneVersion(app, storage, clock, { service, source, id: clone, split }, signal);
  }
  return {
    takenAt,
    project,
    service,
    ...(split && { split }),
    versions,
    running: versions.map(runningOf),
    dispatchRules,
    cron,
    files,
    ...(split && clone !== undefined && { clone }),
  };
}

function shareOf(split: Split, version: RawVersion): number {
  return split.shares[version.id] ?? 0;
}

/** Jobs that this release does not touch are saved where that is allowed; those that it may change must be. */
async function readCron(
  scheduler: Scheduler,
  needed: boolean,
  signal?: AbortSignal,
): Promise<Backup['cron']> {
  try {
    return { kind: 'read', jobs: await scheduler.list(signal) };
  } catch (error) {
    if (needed || !(error instanceof CloudError)) throw error;
    if (error.kind !== 'permission' && error.kind !== 'not-found') throw error;
    return { kind: 'unread', why: error.message };
  }
}

function runningOf(version: RawVersion): Running {
  const scaling = scalingOf(version);
  return {
    version: version.id,
    servingStatus: version.servingStatus,
    scaling: scaling.kind,
    ...(scaling.kind === 'manual' && { instances: scaling.instances }),
  };
}
