import type { Endpoint } from '../google/endpoint.ts';
import { connectRest } from '../google/rest.ts';
import { runPageTest } from '../host/page-test.ts';
import type { Clock } from '../plan/clock.ts';
import type { Split } from '../plan/split.ts';
import type { Check, PageTest } from '../plan/terms.ts';
import { openAppEngine } from './app-engine.ts';
import { readApplication } from './application.ts';
import { type Backup, type BackupRequest, backUp } from './backup.ts';
import { type CronRequest, compareCron, deployCron } from './cron/apply.ts';
import type { CronChange, CronJob } from './cron/job.ts';
import { openScheduler } from './cron/scheduler.ts';
import { type Deployed, type DeployHooks, type DeployRequest, deploy } from './deploy.ts';
import { bringRulesTo, compareDispatch } from './dispatch/apply.ts';
import { type DispatchChange, type DispatchRule, ruleOf } from './dispatch/rules.ts';
import { errorLogs, type LogLine, type LogRequest } from './error-logs.ts';
import type { Hooks } from './hooks.ts';
import { type PutBackHooks, type PutBackRequest, putBack } from './put-back.ts';
import { deleteVersion, stopVersion } from './remove-version.ts';
import { listServices, readSplit } from './services.ts';
import { type SplitChange, type SplitOutcome, setSplit } from './set-split.ts';
import { readTraffic, type ServiceTraffic } from './traffic.ts';
import { type ValidateRequest, validate } from './validate/validate.ts';
import { checkLogs, checkVersion } from './verify.ts';
import { findVersion, listVersions, readVersion, type VersionSummary } from './versions.ts';

export interface VerifyRequest {
  readonly service: string;
  readonly version: string;
  readonly smoke: readonly PageTest[];
  /** Error logs from here on count, in milliseconds since the epoch. */
  readonly since: number;
}

/** What an effect without a long-running operation is told. */
export type Abortable = Pick<Hooks, 'signal'>;

/** App Engine, as one rollout needs it. Every failure is a {@link CloudError}; an aborted signal throws its reason. */
export interface Cloud {
  listServices(signal?: AbortSignal): Promise<string[]>;
  /** Undefined when there is no such service; one that exists always has a split. */
  readSplit(service: string, signal?: AbortSignal): Promise<Split | undefined>;
  /** All services with their versions, newest first. */
  readTraffic(signal?: AbortSignal): Promise<ServiceTraffic[]>;
  /** Newest first. */
  listVersions(service: string, signal?: AbortSignal): Promise<VersionSummary[]>;
  findVersion(service: string, version: string, signal?: AbortSignal): Promise<VersionSummary | undefined>;
  /** The whole resource, for {@link describeChange}. */
  readVersion(service: string, version: string, signal?: AbortSignal): Promise<object | undefined>;
  /** For good, unless it has traffic; one that is gone is fine. */
  deleteVersion(service: string, version: string, signal?: AbortSignal): Promise<void>;
  /** Unless it has traffic. It stays, and can be started again. */
  stopVersion(service: string, version: string, signal?: AbortSignal): Promise<void>;
  /** Moves the traffic of one service from a split that is known to another; safe to run again at any moment. */
  setSplit(change: SplitChange, hooks: Hooks): Promise<SplitOutcome>;
  /** Creates a version from a folder; never touches traffic. */
  deploy(request: DeployRequest, hooks: DeployHooks): Promise<Deployed>;
  /** What must hold before anything is changed; changes nothing. A failed look is a check that is not ok. */
  validate(request: ValidateRequest, signal?: AbortSignal): Promise<Check[]>;
  /** Everything that a rollback needs. Changes nothing, but for the clone when one is asked for. */
  backUp(request: BackupRequest, signal?: AbortSignal): Promise<Backup>;
  /** Cron jobs and config files as they were; traffic is {@link setSplit}'s. Safe to run again at any moment. */
  putBack(request: PutBackRequest, hooks: PutBackHooks): Promise<Check[]>;
  /** What {@link deployCron} would do with this cron.yaml, or what going back to these jobs would. */
  compareCron(fileOrJobs: string | readonly CronJob[], signal?: AbortSignal): Promise<CronChange>;
  /** Makes the app's cron jobs those of a file; if that fails halfway, the jobs of before are put back. */
  deployCron(request: CronRequest, hooks: Abortable): Promise<CronChange>;
  /** What a dispatch.yaml would change; undefined when the rules are those of the file already. */
  compareDispatch(file: string, signal?: AbortSignal): Promise<DispatchChange | undefined>;
  /** The app's routing rules; the first that fits counts. */
  listRules(signal?: AbortSignal): Promise<DispatchRule[]>;
  /** Makes the app's routing these rules, in one request. @returns whether anything was sent. */
  setDispatch(rules: readonly object[], signal?: AbortSignal): Promise<boolean>;
  /** Looks at a version that has no traffic: is it there, does it answer, did it log errors. */
  verify(request: VerifyRequest, hooks: Abortable): Promise<Check[]>;
  errorLogs(request: LogRequest, signal?: AbortSignal): Promise<LogLine[]>;
}

export interface CloudEndpoints {
  readonly appengine: Endpoint;
  readonly logging: Endpoint;
  readonly storage: Endpoint;
  readonly cloudscheduler: Endpoint;
  readonly cloudresourcemanager: Endpoint;
  readonly iam: Endpoint;
}

/** A piece of a large file, on a line of half a megabit a second. */
const UPLOAD_TIMEOUT_MS = 2 * 60_000;

export function openCloud(
  project: string,
  endpoints: CloudEndpoints,
  clock: Clock,
  log: (message: string, details?: object) => void,
): Cloud {
  const storage = connectRest(endpoints.storage, UPLOAD_TIMEOUT_MS);
  const logging = connectRest(endpoints.logging);
  const app = openAppEngine(project, connectRest(endpoints.appengine));
  const scheduler = openScheduler(
    project,
    connectRest(endpoints.cloudscheduler),
    async (signal) => (await readApplication(app.rest, project, signal)).locationId,
  );

  async function verify(request: VerifyRequest, { signal }: Abortable): Promise<Check[]> {
    const { service, version, smoke, since } = request;
    const found = await findVersion(app, service, version, signal);
    const checks = [checkVersion(version, found)];
    if (found?.servingStatus !== 'SERVING') return checks;
    for (const test of smoke) checks.push(await runPageTest(found.versionUrl, test, clock, signal));
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
    readTraffic: (signal) => readTraffic(app, signal),
    listVersions: (service, signal) => listVersions(app, service, signal),
    findVersion: (service, version, signal) => findVersion(app, service, version, signal),
    readVersion: (service, version, signal) => readVersion(app, service, version, signal),
    deleteVersion: (service, version, signal) => deleteVersion(app, clock, { service, version }, signal),
    stopVersion: (service, version, signal) => stopVersion(app, clock, { service, version }, signal),
    setSplit: (change, hooks) => setSplit(app, clock, log, change, hooks),
    deploy: (request, hooks) => deploy(app, storage, clock, request, hooks),
    validate: (request, signal) => validate(app, endpoints, request, signal),
    backUp: (request, signal) => backUp(app, scheduler, storage, clock, request, signal),
    putBack: (request, hooks) => putBack(app, scheduler, clock, request, hooks),
    compareCron: (file, signal) => compareCron(project, scheduler, file, signal),
    deployCron: (request, hooks) => deployCron(project, scheduler, clock, request, hooks),
    compareDispatch: (file, signal) => compareDispatch(app, file, signal),
    listRules: async (signal) => (await readApplication(app.rest, project, signal)).dispatchRules.map(ruleOf),
    setDispatch: (rules, signal) => bringRulesTo(app, clock, rules, signal),
    verify,
    errorLogs: (request, signal) => errorLogs(logging, project, request, signal),
  };
}
