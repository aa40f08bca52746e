import { CloudError } from '../google/cloud-error.ts';
import type { Clock } from '../plan/clock.ts';
import type { AppEngine } from './app-engine.ts';
import { scalingOf } from './scaling.ts';
import { bringVersionTo, type VersionChange } from './update-version.ts';
import type { RawVersion } from './versions.ts';

/** A version that is to run before it gets traffic. */
export interface Start {
  readonly version: string;
  /** Of a manually scaled one; absent: as many as it has. */
  readonly instances?: number;
}

/**
 * Starts versions that are stopped and gives manually scaled ones their instances. One that runs as it should is left
 * alone.
 * @returns whether anything was sent.
 * @throws CloudError `not-found` when one was deleted, with what is left to do.
 */
export async function startVersions(
  app: AppEngine,
  clock: Clock,
  service: string,
  starts: readonly Start[],
  signal?: AbortSignal,
): Promise<boolean> {
  const sent = await Promise.all(
    starts.map((start) => {
      const { version } = start;
      const doing = `start version ${version} of ${service}`;
      const change = (live: RawVersion) => startOf(live, start);
      return bringVersionTo(app, clock, { service, version }, change, doing, signal).catch(sayDeleted);
    }),
  );
  return sent.includes(true);
}

/** Started first: a version that runs with too few instances is better than one that does not run. */
function startOf(version: RawVersion, { instances }: Start): VersionChange | undefined {
  if (version.servingStatus === 'STOPPED')
    return { mask: 'servingStatus', body: { servingStatus: 'SERVING' } };
  const scaling = scalingOf(version);
  if (scaling.kind !== 'manual' || instances === undefined || scaling.instances === instances)
    return undefined;
  return { mask: 'manualScaling.instances', body: { manualScaling: { instances } } };
}

function sayDeleted(error: unknown): never {
  if (!(error instanceof CloudError && error.kind === 'not-found')) throw error;
  throw new CloudError(
    'not-found',
    `${error.message} It cannot get its traffic back. Deploy its source again under another id, or move the traffic to a version that is there.`,
  );
}
