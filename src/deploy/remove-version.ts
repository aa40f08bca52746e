import { CloudError, isLost } from '../google/cloud-error.ts';
import { parseOperation, waitForOperation } from '../google/operations.ts';
import type { Clock } from '../plan/clock.ts';
import { type AppEngine, resource } from './app-engine.ts';
import { readSplit } from './services.ts';
import { bringVersionTo } from './update-version.ts';
import { findVersion, type RawVersion } from './versions.ts';

/** How long another operation on the version, or a lost answer, may keep us, by the clock. */
const PATIENCE_MS = 5 * 60_000;

interface At {
  readonly service: string;
  readonly version: string;
}

/**
 * Takes a version away for good, unless it has traffic; one that is gone is fine. Safe to run again at any moment.
 * @throws CloudError `conflict` when it has traffic
 */
export async function deleteVersion(
  app: AppEngine,
  clock: Clock,
  { service, version }: At,
  signal?: AbortSignal,
): Promise<void> {
  const doing = `delete version ${version} of ${service}`;
  const until = clock.now() + PATIENCE_MS;
  for (let pause = 500; ; pause = Math.min(pause * 2, 15_000)) {
    let trouble = new CloudError(
      'failed',
      `Could not ${doing}: the operation has ended well, but App Engine still shows it. Look at it in the console.`,
    );
    if (!(await findVersion(app, service, version, signal))) return;
    await mustBeIdle(app, { service, version }, doing, signal);
    try {
      const path = `/v1/${resource(app.project, service, version)}`;
      const operation = await app.rest.write(
        doing,
        async () => parseOperation(await app.rest.json('DELETE', path)).name,
        signal,
      );
      await waitForOperation(app.rest, operation, doing, clock, signal);
      if (!(await findVersion(app, service, version, signal))) return;
    } catch (error) {
      if (!(error instanceof CloudError && (error.retryable || isLost(error)))) throw error;
      trouble = error;
    }
    if (clock.now() + pause > until) throw trouble;
    await clock.sleep(pause, signal);
  }
}

/**
 * Ends what a version runs on, unless it has traffic. It stays, and can be started again.
 * @throws CloudError `conflict` when it has traffic
 */
export async function stopVersion(app: AppEngine, clock: Clock, at: At, signal?: AbortSignal): Promise<void> {
  const doing = `stop version ${at.version} of ${at.service}`;
  await mustBeIdle(app, at, doing, signal);
  const stop = ({ servingStatus }: RawVersion) =>
    servingStatus === 'STOPPED' ? undefined : { mask: 'servingStatus', body: { servingStatus: 'STOPPED' } };
  await bringVersionTo(app, clock, at, stop, doing, signal);
}

/** App Engine refuses to delete what has traffic, but would stop it. */
async function mustBeIdle(app: AppEngine, at: At, doing: string, signal?: AbortSignal): Promise<void> {
  const split = await readSplit(app, at.service, signal);
  if (split?.shares[at.version] === undefined) return;
  throw new CloudError('conflict', `Could not ${doing}: it has traffic. Nothing was changed.`);
}
