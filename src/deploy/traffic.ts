import type { Split } from '../plan/split.ts';
import type { AppEngine } from './app-engine.ts';
import { listSplits } from './services.ts';
import { listVersions, type VersionSummary } from './versions.ts';

/** A service, where its traffic goes, and what it could go to. */
export interface ServiceTraffic {
  readonly service: string;
  readonly split: Split;
  /** Newest first. */
  readonly versions: readonly VersionSummary[];
}

/** One request for all services, and one for the versions of each. */
export async function readTraffic(app: AppEngine, signal?: AbortSignal): Promise<ServiceTraffic[]> {
  const splits = await listSplits(app, signal);
  return Promise.all(
    splits.map(async ({ service, split }) => ({
      service,
      split,
      versions: await listVersions(app, service, signal),
    })),
  );
}
