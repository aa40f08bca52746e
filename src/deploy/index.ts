import { parseEndpoint } from '../google/endpoint.ts';
import type { Clock } from '../plan/clock.ts';
import type { Cloud } from './cloud.ts';

export { CloudError, type CloudErrorKind } from '../google/cloud-error.ts';
export { type AppYaml, readAppYaml } from './app-yaml/read.ts';
export type { Backup, BackupRequest, Running } from './backup.ts';
export type { Cloud, VerifyRequest } from './cloud.ts';
export type { CronRequest } from './cron/apply.ts';
export { type CronChange, type CronJob, describeJob } from './cron/job.ts';
export type { Deployed, DeployHooks, DeployProgress, DeployRequest } from './deploy.ts';
export { describeChange } from './describe-change.ts';
export { type DispatchChange, describeRule } from './dispatch/rules.ts';
export type { LogLine, LogRequest } from './error-logs.ts';
export type { Hooks } from './hooks.ts';
export type { PutBackHooks, PutBackRequest } from './put-back.ts';
export type { UploadSessions } from './send-file.ts';
export type { SplitChange, SplitOutcome } from './set-split.ts';
export { readSource, type SourceFile } from './source-files.ts';
export type { Start } from './start.ts';
export type { ServiceTraffic } from './traffic.ts';
export type { ValidateRequest } from './validate/validate.ts';
export { versionBody } from './version-body.ts';
export { checkVersionId } from './version-id.ts';
export type { VersionSummary } from './versions.ts';

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
    readonly cloudscheduler?: string | undefined;
    readonly cloudresourcemanager?: string | undefined;
    readonly iam?: string | undefined;
  };
  readonly clock: Clock;
  readonly log: (message: string, details?: object) => void;
}

/**
 * @throws CloudError `invalid` for an endpoint that is no good. Nothing is sent, and next to nothing loaded, before the
 * first call.
 */
export function connectCloud(options: CloudOptions): Cloud {
  const { project, clock, log } = options;
  const { appengine, logging, storage, cloudscheduler, cloudresourcemanager, iam } = options.endpoints;
  const endpoints = {
    appengine: parseEndpoint('App Engine', appengine, 'appengine.googleapis.com'),
    logging: parseEndpoint('Cloud Logging', logging, 'logging.googleapis.com'),
    storage: parseEndpoint('Cloud Storage', storage, 'storage.googleapis.com', '/storage/v1/'),
    cloudscheduler: parseEndpoint('Cloud Scheduler', cloudscheduler, 'cloudscheduler.googleapis.com'),
    cloudresourcemanager: parseEndpoint(
      'Cloud Resource Manager',
      cloudresourcemanager,
      'cloudresourcemanager.googleapis.com',
    ),
    iam: parseEndpoint('IAM', iam, 'iam.googleapis.com'),
  };
  let opening: Promise<Cloud> | undefined;
  const open = () => {
    opening ??= import('./cloud.ts').then(({ openCloud }) => openCloud(project, endpoints, clock, log));
    return opening;
  };
  return {
    listServices: async (signal) => (await open()).listServices(signal),
    readSplit: async (service, signal) => (await open()).readSplit(service, signal),
    readTraffic: async (signal) => (await open()).readTraffic(signal),
    listVersions: async (service, signal) => (await open()).listVersions(service, signal),
    findVersion: async (service, version, signal) => (await open()).findVersion(service, version, signal),
    readVersion: async (service, version, signal) => (await open()).readVersion(service, version, signal),
    deleteVersion: async (service, version, signal) => (await open()).deleteVersion(service, version, signal),
    stopVersion: async (service, version, signal) => (await open()).stopVersion(service, version, signal),
    setSplit: async (change, hooks) => (await open()).setSplit(change, hooks),
    deploy: async (request, hooks) => (await open()).deploy(request, hooks),
    validate: async (request, signal) => (await open()).validate(request, signal),
    backUp: async (request, signal) => (await open()).backUp(request, signal),
    putBack: async (request, hooks) => (await open()).putBack(request, hooks),
    compareCron: async (file, signal) => (await open()).compareCron(file, signal),
    deployCron: async (request, hooks) => (await open()).deployCron(request, hooks),
    compareDispatch: async (file, signal) => (await open()).compareDispatch(file, signal),
    listRules: async (signal) => (await open()).listRules(signal),
    setDispatch: async (rules, signal) => (await open()).setDispatch(rules, signal),
    verify: async (request, hooks) => (await open()).verify(request, hooks),
    errorLogs: async (request, signal) => (await open()).errorLogs(request, signal),
  };
}
