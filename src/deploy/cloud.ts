import type { Endpoint } from '../google/endpoint.ts';
import { connectRest } from '../google/rest.ts';
import type { Clock } from '../plan/clock.ts';
import type { SmokeTest } from '../plan/schema.ts';
import type { Split } from '../plan/split.ts';
import { openAppEngine } from './app-engine.ts';
import { type Backup, backUp } from './backup.ts';
import { type Deployed, type DeployProgress, type DeployRequest, deploy } from './deploy.ts';
import { errorLogs, type LogLine, type LogRequest } from './error-logs.ts';
import type { Hooks } from './hooks.ts';
import { listServices, readSplit } from './services.ts';
import { type SplitChange, type SplitOutcome, setSplit } from './set-split.ts';
import { type Check, checkLogs, checkVersion, runSmokeTest } from './verify.ts';
import { findVersion, listVersions, type VersionSummary } from './versions.ts';

export interface VerifyRequest {
  readonly service: string;
  readonly version: string;
  readonly smoke: readonly SmokeTest[];
  /** Error logs from here on count, in milliseconds since the epoch. */
  readonly since: number;
}

/** App Engine, as one rollout needs it. Every failure is a {@link CloudError}; an aborted signal throws its reason. */
export interface Cloud {
  listServices(signal?: AbortSignal): Promise<string[]>;
  /** Undefined when there is no such service; one that exists always has a split. */
  readSplit(service: string, signal?: AbortSignal): Promise<Split | undefined>;
  /** Newest first. */
  listVersions(service: string, signal?: AbortSignal): Promise<VersionSummary[]>;
  findVersion(service: string, version: string, signal?: AbortSignal): Promise<VersionSummary | undefined>;
  /** Moves the traffic of one service from a split that is known to another; safe to run again at any moment. */
  setSplit(change: SplitChange, hooks: Hooks): Promise<SplitOutcome>;
  /** Creates a version from a folder; never touches traffic. */
  deploy(
    request: DeployRequest,
    hooks: Hooks & { onProgress(progress: DeployProgress): void },
  ): Promise<Deployed>;
  backUp(service: string, signal?: AbortSignal): Promise<Backup>;
  /** Looks at a version that has no traffic: is it there, does it answer, did it log errors. */
  verify(request: VerifyRequest, hooks: { readonly signal?: AbortSignal }): Promise<Check[]>;
  errorLogs(request: LogRequest, signal?: AbortSignal): Promise<LogLine[]>;
}

export interface CloudEndpoints {
  readonly appengine: Endpoint;
  readonly logging: Endpoint;
  readonly storage: Endpoint;
}

export function openCloud(
  project: string,
  endpoints: CloudEndpoints,
  clock: Clock,
  log: (message: string, details?: object) => void,
): Cloud {
  const { storage } = endpoints;
  const logging = connectRest(endpoints.logging);
  const app = openAppEngine(project, connectRest(endpoints.appengine));

  async function verify(
    request: VerifyRequest,
    { signal }: { readonly signal?: AbortSignal },
  ): Promise<Check[]> {
    const { service, version, smoke, since } = request;
    const found = await findVersion(app, service, version, signal);
    const checks = [checkVersion(version, found)];
    if (found?.servingStatus !== 'SERVING') return checks;
    for (const test of smoke) checks.push(await runSmokeTest(found.versionUrl, test, clock, signal));
    const lines = await errorLogs(
      logging,
      project,
      { service, versions: [version], since, limit: 20 },
      signal,
    );
    return [...checks, checkLogs(lines)];
  }

  return {
    listServices: (signal) => listServices(app, signal),
    readSplit: (service, signal) => readSplit(app, service, signal),
    listVersions: (service, signal) => listVersions(app, service, signal),
    findVersion: (service, version, signal) => findVersion(app, service, version, signal),
    setSplit: (change, hooks) => setSplit(app, clock, log, change, hooks),
    deploy: (request, hooks) => deploy(app, storage, clock, request, hooks),
    backUp: (service, signal) => backUp(app, clock, service, signal),
    verify,
    errorLogs: (request, signal) => errorLogs(logging, project, request, signal),
  };
}
