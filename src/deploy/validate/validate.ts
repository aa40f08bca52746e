import { CloudError } from '../../google/cloud-error.ts';
import type { Endpoint } from '../../google/endpoint.ts';
import { connectRest } from '../../google/rest.ts';
import type { BuiltInCheck, Check } from '../../plan/terms.ts';
import type { AppEngine } from '../app-engine.ts';
import { type Application, readApplication } from '../application.ts';
import type { Packed } from '../sources/packed.ts';
import { checkBucket, checkPermissions, checkRegion, checkService } from './app-checks.ts';
import { checkFiles, checkGit } from './folder-checks.ts';
import { checkVersions } from './version-checks.ts';

export interface ValidateRequest {
  readonly service: string;
  /** The id that the new version is to have. */
  readonly version: string;
  /** Holds app.yaml and the source; absent when the version is at App Engine already. */
  readonly folder?: string;
  /** What App Engine fetches by itself; the folder is for app.yaml alone then. */
  readonly packed?: Packed;
  /** Path of cron.yaml, seen from the folder; absent: cron.yaml there, if there is one. */
  readonly cronFile?: string;
  /** Where the app must be, such as us-central1; absent: anywhere. */
  readonly region?: string;
  readonly checks: readonly BuiltInCheck[];
}

export interface ValidateEndpoints {
  readonly appengine: Endpoint;
  readonly storage: Endpoint;
  readonly cloudresourcemanager: Endpoint;
  readonly iam: Endpoint;
}

/** A check that holds, in words; one that does not is a {@link CloudError}. */
export type Look = () => Promise<string>;

const NAMES: Readonly<Record<BuiltInCheck, string>> = {
  permissions: 'Permissions',
  region: 'Region',
  service: 'Service',
  versions: 'Versions',
  bucket: 'Staging bucket',
  files: 'Files',
  git: 'Git',
};

/**
 * Looks at everything side by side, in the order asked for. Changes nothing.
 * @returns one check for each; what could not be looked at is not ok, and says why.
 * @throws the signal's reason only.
 */
export async function validate(
  app: AppEngine,
  endpoints: ValidateEndpoints,
  request: ValidateRequest,
  signal?: AbortSignal,
): Promise<Check[]> {
  const gates = {
    cloudresourcemanager: connectRest(endpoints.cloudresourcemanager),
    storage: connectRest(endpoints.storage),
    iam: connectRest(endpoints.iam),
  };
  let reading: Promise<Application> | undefined;
  const home = () => {
    reading ??= readApplication(app.rest, app.project, signal);
    return reading;
  };
  const looks: Readonly<Record<BuiltInCheck, Look>> = {
    permissions: async () =>
      checkPermissions(gates, endpoints.appengine, app.project, await home(), request, signal),
    region: async () => checkRegion(app.project, (await home()).locationId, request.region),
    service: async () => checkService(app, await home(), request.service, signal),
    versions: () => checkVersions(app, request, signal),
    bucket: async () => checkBucket(gates.storage, app.project, await home(), signal),
    files: () => checkFiles(request, signal),
    git: () => checkGit(request),
  };
  return Promise.all(request.checks.map((name) => take(NAMES[name], looks[name], signal)));
}

async function take(name: string, look: Look, signal?: AbortSignal): Promise<Check> {
  signal?.throwIfAborted();
  try {
    return { name, ok: true, detail: await look() };
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof CloudError) return { name, ok: false, detail: error.message };
    throw error;
  }
}
