import { CloudError } from '../google/cloud-error.ts';
import { waitForOperation } from '../google/operations.ts';
import type { Rest } from '../google/rest.ts';
import type { Clock } from '../plan/clock.ts';
import type { AppEngine } from './app-engine.ts';
import { readAppYaml } from './app-yaml/read.ts';
import { stagingBucket } from './application.ts';
import { createOnce, type Traces, tracesOf, untilServing } from './create-version.ts';
import type { Hooks } from './hooks.ts';
import type { UploadSessions } from './send-file.ts';
import { readSource } from './source-files.ts';
import { mustSuit, type Packed, packedBody } from './sources/packed.ts';
import { openStaging } from './staging.ts';
import type { UploadProgress } from './upload-progress.ts';
import { versionBody } from './version-body.ts';
import { checkVersionId } from './version-id.ts';
import { findVersion } from './versions.ts';

export interface DeployRequest {
  readonly service: string;
  readonly version: string;
  /** Holds app.yaml and the source. */
  readonly folder: string;
  /** Takes the place of the source: the folder is for app.yaml alone, and nothing is uploaded. */
  readonly packed?: Packed;
  /** Name of the operation that an earlier process started for this deploy. */
  readonly operation?: string;
  /** When the intent was recorded, in milliseconds since the epoch. */
  readonly startedAt: number;
  /** An earlier process may have sent the request already. */
  readonly resumed: boolean;
  /** When the first attempt was intended, if this is not the first: what it made counts as made, like the time above. */
  readonly firstAt?: number;
}

export type DeployProgress =
  | { readonly phase: 'reading' | 'building' | 'checking' }
  | ({ readonly phase: 'uploading' } & UploadProgress);

export interface Deployed {
  readonly versionUrl: string;
  readonly files: number;
  /** Of these, how many the staging bucket lacked. */
  readonly uploaded: number;
}

export interface DeployHooks extends Hooks {
  onProgress(progress: DeployProgress): void;
  /** Absent: see `UploadHooks`. */
  readonly sessions?: UploadSessions;
}

/**
 * Brings a folder to App Engine as a new version without traffic. Posting to an id that exists would replace that
 * version on the spot, traffic included; so an id that is taken is refused, and a request whose answer was lost is
 * looked for before anything is sent again.
 * @throws CloudError
 */
export async function deploy(
  app: AppEngine,
  storage: Rest,
  clock: Clock,
  request: DeployRequest,
  hooks: DeployHooks,
): Promise<Deployed> {
  const { service, version, folder, packed, startedAt } = request;
  const doing = `deploy version ${version} of ${service}`;
  const fault = checkVersionId(version);
  if (fault !== undefined) throw new CloudError('invalid', fault);

  hooks.onProgress({ phase: 'reading' });
  const settings = await readAppYaml(folder);
  if (settings.service !== service) {
    throw new CloudError(
      'invalid',
      `app.yaml in ${folder} is for the service ${settings.service}, and this rollout is for ${service}: correct one of them.`,
    );
  }
  if (packed) mustSuit(settings, packed);
  const files = packed ? [] : await readSource(settings, hooks.signal);

  let uploaded = 0;
  const begun = await findEarlier(app, request, hooks.signal);
  if (begun.kind === 'operation') await follow(begun.name, begun.name !== request.operation);
  else if (begun.kind === 'nothing') {
    const body = packed ? packedBody(version, settings, packed) : await uploadedBody();
    const operation = await createOnce(
      app,
      clock,
      { service, version, startedAt, resumed: request.resumed, body, doing },
      hooks,
    );
    if (operation !== undefined) await follow(operation, true);
  }

  hooks.onProgress({ phase: 'checking' });
  const { versionUrl } = await untilServing(app, clock, service, version, doing, hooks.signal);
  return { versionUrl, files: packed?.kind === 'zip' ? packed.files : files.length, uploaded };

  async function uploadedBody(): Promise<object> {
    const staging = openStaging(storage, await stagingBucket(app.rest, app.project, hooks.signal));
    const onProgress = (progress: UploadProgress) => hooks.onProgress({ phase: 'uploading', ...progress });
    uploaded = await staging.upload(files, clock, { ...hooks, onProgress });
    return versionBody(version, settings, files, staging.urlOf);
  }

  async function follow(operation: string, isNew: boolean) {
    if (isNew) await hooks.onOperation(operation);
    hooks.onProgress({ phase: 'building' });
    await waitForOperation(app.rest, operation, doing, clock, hooks.signal);
  }
}

/** What an earlier process, or a request whose answer was lost, has left at App Engine. */
async function findEarlier(
  app: AppEngine,
  request: DeployRequest,
  signal?: AbortSignal,
): Promise<Traces | { readonly kind: 'operation'; readonly name: string }> {
  if (request.operation !== undefined) return { kind: 'operation', name: request.operation };
  const { service, version, startedAt, firstAt, resumed } = request;
  if (resumed || firstAt !== undefined) {
    const traces = await tracesOf(app, service, version, firstAt ?? startedAt, signal);
    // How an attempt before this one failed was told then.
    const isPast = traces.kind === 'operation' && traces.failed && traces.at < startedAt;
    if (traces.kind !== 'nothing' && !isPast) return traces;
  }
  const taken = await findVersion(app, service, version, signal);
  if (!taken) return { kind: 'nothing' };
  throw new CloudError(
    'conflict',
    `Version ${version} of ${service} is there already, made ${new Date(taken.createTime).toISOString()}: take an id that is not in use, because deploying onto this one would replace it at once.`,
  );
}
