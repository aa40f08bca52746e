import { CloudError, isLost } from '../google/cloud-error.ts';
import { OPERATION_MS, operationsOn, parseOperation } from '../google/operations.ts';
import type { Clock } from '../plan/clock.ts';
import { type AppEngine, resource } from './app-engine.ts';
import { type Hooks, sayWait } from './hooks.ts';
import { findVersion, type VersionSummary } from './versions.ts';

/** App Engine stamps whole seconds, and its clock is not ours. */
const STAMP_SLACK_MS = 2_000;
/** How long a lost request may keep us looking, by the clock; what another operation holds is waited for as long as that takes. */
const PATIENCE_MS = 5 * 60_000;

/** What an earlier process, or a request whose answer was lost, has left at App Engine. */
export type Traces =
  | { readonly kind: 'nothing' }
  | {
      readonly kind: 'operation';
      readonly name: string;
      /** Milliseconds since the epoch. */
      readonly at: number;
      readonly failed: boolean;
    }
  | { readonly kind: 'version' };

/** @param startedAt what is older is somebody else's, in milliseconds since the epoch. */
export async function tracesOf(
  app: AppEngine,
  service: string,
  version: string,
  startedAt: number,
  signal?: AbortSignal,
): Promise<Traces> {
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
  if (ours) {
    const at = Date.parse(ours.metadata?.insertTime ?? '');
    return { kind: 'operation', name: ours.name, at, failed: ours.error !== undefined };
  }
  const found = await findVersion(app, service, version, signal);
  return found && found.createTime >= since ? { kind: 'version' } : { kind: 'nothing' };
}

export interface Creation {
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
export async function createOnce(
  app: AppEngine,
  clock: Clock,
  creation: Creation,
  { signal, onWait }: Omit<Hooks, 'onOperation'>,
): Promise<string | undefined> {
  const { service, version, startedAt, body, doing } = creation;
  const last = clock.now() + OPERATION_MS;
  let until = clock.now() + PATIENCE_MS;
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
      if (error.kind === 'conflict') until = Math.min(clock.now() + PATIENCE_MS, last);
      if (clock.now() + pause > until) throw error;
      onWait?.(sayWait(`version ${version}`, error));
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
export async function untilServing(
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
