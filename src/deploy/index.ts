import { parseEndpoint } from '../google/endpoint.ts';
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

export { CloudError, type CloudErrorKind } from '../google/cloud-error.ts';
export { type AppYaml, readAppYaml } from './app-yaml/read.ts';
export { checkVersionId } from './version-id.ts';
export type {
  Backup,
  Check,
  Deployed,
  DeployProgress,
  DeployRequest,
  Hooks,
  LogLine,
  LogRequest,
  SplitChange,
  SplitOutcome,
  VersionSummary,
};

export interface CloudOptions {
  readonly project: string;
  /**
   * Base URLs as gcloud spells its endpoint overrides (that of storage ends in /storage/v1/); absent means Google's
   * own. Plain http is for this machine, without a credential; https uses the application default credentials.
   */
  readonly endpoints: {
    readonly appengine?: string | undefined;
    readonly logging?: string | undefined;
    readonly storage?: string | undefined;
  };
  readonly clock: Clock;
  readonly log: (message: string, details?: object) => void;
}

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

/**
 * @throws CloudError `invalid` for an endpoint that is no good. Nothing is sent, and none of Google's modules loaded,
 * before the first call.
 */
export function connectCloud(options: CloudOptions): Cloud {
  const { project, endpoints, clock, log } = options;
  const storage = parseEndpoint('Cloud Storage', endpoints.storage, 'storage.googleapis.com', '/storage/v1/');
  const logging = connectRest(parseEndpoint('Cloud Logging', endpoints.logging, 'logging.googleapis.com'));
  const app = openAppEngine(
    project,
    connectRest(parseEndpoint('App Engine', endpoints.appengine, 'appengine.googleapis.com')),
  );

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
