import { CloudError, isLost } from '../google/cloud-error.ts';
import type { Endpoint } from '../google/endpoint.ts';
import { operationsOn, parseOperation, waitForOperation } from '../google/operations.ts';
import type { Clock } from '../plan/clock.ts';
import { type AppEngine, resource } from './app-engine.ts';
import { readAppYaml } from './app-yaml/read.ts';
import { stagingBucket } from './application.ts';
import type { Hooks } from './hooks.ts';
import { readSource } from './source-files.ts';
import { openStaging } from './staging.ts';
import { versionBody } from './version-body.ts';
import { checkVersionId } from './version-id.ts';
import { findVersion, type VersionSummary } from './versions.ts';

export interface DeployRequest {
  readonly service: string;
  readonly version: string;
  /** Holds app.yaml and the source. */
  readonly folder: string;
  /** Name of the operation that an earlier process started for this deploy. */
  readonly operation?: string;
  /** When the intent was recorded, in milliseconds since the epoch. */
  readonly startedAt: number;
  /** An earlier process may have sent the request already. */
  readonly resumed: boolean;
}

export interface DeployProgress {
  readonly phase: 'reading' | 'uploading' | 'building' | 'checking';
  /** Files so far and in all; both 0 where nothing is counted. */
  readonly done: number;
  readonly total: number;
}

export interface Deployed {
  readonly versionUrl: string;
  readonly files: number;
  /** Of these, how many the staging bucket lacked. */
  readonly uploaded: number;
}

type DeployHooks = Hooks & { onProgress(progress: DeployProgress): void };

/** App Engine stamps whole seconds, and its clock is not ours. */
const STAMP_SLACK_MS = 2_000;
/** How long a lost request, or another operation on the version, may keep us looking, by the clock. */
const PATIENCE_MS = 5 * 60_000;

/**
 * Brings a folder to App Engine as a new version without traffic. Posting to an id that exists would replace that
 * version on the spot, traffic included; so an id that is taken is refused, and a request whose answer was lost is
 * looked for before anything is sent again.
 * @throws CloudError
 */
export async function deploy(
  app: AppEngine,
  storage: Endpoint,
  clock: Clock,
  request: DeployRequest,
  hooks: DeployHooks,
): Promise<Deployed> {
  const { service, version, folder, startedAt } = request;
  const doing = `deploy version ${version} of ${service}`;
  const fault = checkVersionId(version);
  if (fault !== undefined) throw new CloudError('invalid', fault);

  hooks.onProgress({ phase: 'reading', done: 0, total: 0 });
  const settings = await readAppYaml(folder);
  if (settings.service !== service) {
    throw new CloudError(
      'invalid',
      `app.yaml in ${folder} is for the service ${settings.service}, and this rollout is for ${service}: correct one of them.`,
    );
  }
  const files = await readSource(settings, hooks.signal);

  let uploaded = 0;
  const begun = await findEarlier(app, request, hooks.signal);
  if (begun.kind === 'operation') await follow(begun.name, request.operation === undefined);
  else if (begun.kind === 'nothing') {
    const staging = openStaging(
      app.project,
      storage,
      await stagingBucket(app.rest, app.project, hooks.signal),
    );
    uploaded = await staging.upload(
      files,
      (done, total) => hooks.onProgress({ phase: 'uploading', done, total }),
      hooks.signal,
    );
    const body = versionBody(version, settings, files, staging.urlOf);
    const operation = await createOnce(
      app,
      clock,
      { service, version, startedAt, resumed: request.resumed, body, doing },
      hooks.signal,
    );
    if (operation !== undefined) await follow(operation, true);
  }

  hooks.onProgress({ phase: 'checking', done: 0, total: 0 });
  const { versionUrl } = await untilServing(app, clock, service, version, doing, hooks.signal);
  return { versionUrl, files: files.length, uploaded };

  async function follow(operation: string, isNew: boolean) {
    if (isNew) await hooks.onOperation(operation);
    hooks.onProgress({ phase: 'building', done: 0, total: 0 });
    await waitForOperation(app.rest, operation, doing, clock, hooks.signal);
  }
}

type Earlier = { kind: 'nothing' } | { kind: 'operation'; name: string } | { kind: 'version' };

/** What an earlier process, or a request whose answer was lost, has left at App Engine. */
async function findEarlier(app: AppEngine, request: DeployRequest, signal?: AbortSignal): Promise<Earlier> {
  if (request.operation !== undefined) return { kind: 'operation', name: request.operation };
  const { service, version, startedAt } = request;
  if (request.resumed) {
    const traces = await tracesOf(app, service, version, startedAt, signal);
    if (traces.kind !== 'nothing') return traces;
  }
  const taken = await findVersion(app, service, version, signal);
  if (!taken) return { kind: 'nothing' };
  throw new CloudError(
    'conflict',
    `Version ${version} of ${service} is there already, made ${new Date(taken.createTime).toISOString()}: take an id that is not in use, because deploying onto this one would replace it at once.`,
  );
}

async function tracesOf(
  app: AppEngine,
  service: string,
  version: string,
  startedAt: number,
  signal?: AbortSignal,
): Promise<Earlier> {
  const since = Math.floor(startedAt / 1000) * 1000 - STAMP_SLACK_MS;
  const operations = await operationsOn(
    app.rest,
    app.project,
    resource(app.project, service, version),
    signal,
  );
  const ours = operations.find(
    (o) =>
      /CreateVersion$/.test(o.metadata?.method ?? '') && Date.parse(o.metadata?.insertTime ?? '') >= since,
  );
  if (ours) return { kind: 'operation', name: ours.name };
  const found = await findVersion(app, service, version, signal);
  return found && found.createTime >= since ? { kind: 'version' } : { kind: 'nothing' };
}

interface Creation {
  readonly service: string;
  readonly version: string;
  readonly startedAt: number;
  /** An earlier request may have arrived. */
  readonly resumed: boolean;
  readonly body: object;
  readonly doing: string;
}

/**
 * Posts the new version. Raw JSON: the generated client would write zeros for every scaling field that is not set.
 * @returns the operation's name; undefined when the version turned out to be there without one.
 */
async function createOnce(
  app: AppEngine,
  clock: Clock,
  creation: Creation,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const { service, version, startedAt, body, doing } = creation;
  const until = clock.now() + PATIENCE_MS;
  let lost = creation.resumed;
  for (let pause = 1_000; ; pause = Math.min(pause * 2, 15_000)) {
    try {
      return await app.rest.write(
        doing,
        async () =>
          parseOperation(await app.rest.json('POST', `/v1/${resource(app.project, service)}/versions`, body))
            .name,
        signal,
      );
    } catch (error) {
      if (!(error instanceof CloudError)) throw error;
      lost ||= isLost(error);
      // Somebody else's version of this name, or a plain refusal.
      if (!lost && !error.retryable) throw error;
      if (clock.now() + pause > until) throw error;
      // A lost request may have arrived. Several looks, because what it began shows only after a while.
      for (let look = 0; look < 3; look++) {
        await clock.sleep(pause * (0.75 + Math.random() / 2), signal);
        if (!lost) break;
        const traces = await tracesOf(app, service, version, startedAt, signal);
        if (traces.kind === 'operation') return traces.name;
        if (traces.kind === 'version') return undefined;
      }
    }
  }
}

/** A new version may be missing from reads for a while after its operation has ended. */
async function untilServing(
  app: AppEngine,
  clock: Clock,
  service: string,
  version: string,
  doing: string,
  signal?: AbortSignal,
): Promise<VersionSummary> {
  const until = clock.now() + PATIENCE_MS;
  for (let pause = 500; ; pause = Math.min(pause * 2, 15_000)) {
    const found = await findVersion(app, service, version, signal);
    if (found?.servingStatus === 'SERVING') return found;
    if (clock.now() + pause > until) {
      const state = found ? `it is ${found.servingStatus}` : 'App Engine does not show it';
      throw new CloudError(
        'failed',
        `Could not ${doing}: the operation has ended well, but ${state}. Look at it in the console.`,
      );
    }
    await clock.sleep(pause, signal);
  }
}
