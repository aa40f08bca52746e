import { CloudError } from '../google/cloud-error.ts';
import { parseOperation, waitForOperation } from '../google/operations.ts';
import type { Clock } from '../plan/clock.ts';
import { type AppEngine, resource } from './app-engine.ts';
import { mustReadVersion, type RawVersion } from './versions.ts';

/** A field of a version, and its new value. */
export interface VersionChange {
  readonly mask: string;
  readonly body: object;
}

/** How long another operation on a version may keep us waiting, and one that has ended may take to show. */
const PATIENCE_MS = 5 * 60_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

/**
 * Level-triggered: reads the version, asks what is to be changed, changes that, and reads again, until nothing is. One
 * change at a time, as App Engine takes them.
 * @returns whether anything was sent.
 * @throws CloudError `not-found` when the version is gone.
 */
export async function bringVersionTo(
  app: AppEngine,
  clock: Clock,
  at: { readonly service: string; readonly version: string },
  changeOf: (version: RawVersion) => VersionChange | undefined,
  doing: string,
  signal?: AbortSignal,
): Promise<boolean> {
  let until = clock.now() + PATIENCE_MS;
  let sent = false;
  /** What the last operation that ended well has changed. */
  let changed: string | undefined;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    let trouble: CloudError;
    try {
      const change = changeOf(await mustReadVersion(app, at.service, at.version, signal));
      if (change === undefined) return sent;
      if (change.mask !== changed) {
        sent = true;
        await update(change);
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
    await clock.sleep(pause * (0.75 + Math.random() / 2), signal);
  }

  async function update({ mask, body }: VersionChange): Promise<void> {
    const path = `/v1/${resource(app.project, at.service, at.version)}?updateMask=${mask}`;
    const operation = await app.rest.write(
      doing,
      async () => parseOperation(await app.rest.json('PATCH', path, body)).name,
      signal,
    );
    await waitForOperation(app.rest, operation, doing, clock, signal);
  }
}
