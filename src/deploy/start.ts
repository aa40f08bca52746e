import { CloudError } from '../google/cloud-error.ts';
import { parseOperation, waitForOperation } from '../google/operations.ts';
import type { Clock } from '../plan/clock.ts';
import { type AppEngine, resource } from './app-engine.ts';
import { scalingOf } from './scaling.ts';
import { mustReadVersion, type RawVersion } from './versions.ts';

/** A version that is to run before it gets traffic. */
export interface Start {
  readonly version: string;
  /** Of a manually scaled one; absent: as many as it has. */
  readonly instances?: number;
}

/** How long another operation on a version may keep us waiting, and a version that was started may take to show it. */
const PATIENCE_MS = 5 * 60_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

/**
 * Starts versions that are stopped and gives manually scaled ones their instances. Level-triggered: one that runs as it
 * should is left alone.
 * @returns whether anything was written.
 * @throws CloudError `not-found` when one was deleted, with what is left to do.
 */
export async function startVersions(
  app: AppEngine,
  clock: Clock,
  service: string,
  starts: readonly Start[],
  signal?: AbortSignal,
): Promise<boolean> {
  const started = await Promise.all(starts.map((start) => startVersion(app, clock, service, start, signal)));
  return started.includes(true);
}

async function startVersion(
  app: AppEngine,
  clock: Clock,
  service: string,
  start: Start,
  signal?: AbortSignal,
): Promise<boolean> {
  const doing = `start version ${start.version} of ${service}`;
  let until = clock.now() + PATIENCE_MS;
  /** What the last operation that ended well has changed. */
  let changed: string | undefined;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    let trouble: CloudError;
    try {
      const version = await findToStart(app, service, start.version, signal);
      const change = changeFor(version, start);
      if (change === undefined) return changed !== undefined;
      if (change.mask !== changed) {
        await update(app, clock, service, start.version, change, doing, signal);
        changed = change.mask;
        until = clock.now() + PATIENCE_MS;
        continue;
      }
      trouble = new CloudError(
        'failed',
        `Could not ${doing}: the operation has ended well, but App Engine does not show it. Look at it in the console.`,
      );
    } catch (error) {
      if (!(error instanceof CloudError && error.retryable)) throw error;
      trouble = error;
    }
    if (clock.now() + pause > until) throw trouble;
    await clock.sleep(pause, signal);
  }
}

async function update(
  app: AppEngine,
  clock: Clock,
  service: string,
  version: string,
  { mask, body }: Change,
  doing: string,
  signal?: AbortSignal,
): Promise<void> {
  const path = `/v1/${resource(app.project, service, version)}?updateMask=${mask}`;
  const operation = await app.rest.write(
    doing,
    async () => parseOperation(await app.rest.json('PATCH', path, body)).name,
    signal,
  );
  await waitForOperation(app.rest, operation, doing, clock, signal);
}

async function findToStart(
  app: AppEngine,
  service: string,
  id: string,
  signal?: AbortSignal,
): Promise<RawVersion> {
  try {
    return await mustReadVersion(app, service, id, signal);
  } catch (error) {
    if (!(error instanceof CloudError && error.kind === 'not-found')) throw error;
    throw new CloudError(
      'not-found',
      `${error.message} It cannot get its traffic back. Deploy its source again under another id, or move the traffic to a version that is there.`,
    );
  }
}

interface Change {
  readonly mask: string;
  readonly body: object;
}

/** One difference at a time: App Engine takes one update of a version after the other. */
function changeFor(version: RawVersion, { instances }: Start): Change | undefined {
  const scaling = scalingOf(version);
  if (scaling.kind === 'manual' && instances !== undefined && scaling.instances !== instances) {
    return { mask: 'manualScaling.instances', body: { manualScaling: { instances } } };
  }
  if (version.servingStatus === 'STOPPED')
    return { mask: 'servingStatus', body: { servingStatus: 'SERVING' } };
  return undefined;
}
