import * as v from 'valibot';
import type { Clock } from '../plan/clock.ts';
import type { Split } from '../plan/split.ts';
import { type AppEngine, resource } from './app-engine.ts';
import { readSplit } from './services.ts';

/** What must be known to bring a service back to where it was. Plain JSON. */
export interface Backup {
  /** Milliseconds since the epoch. */
  readonly takenAt: number;
  readonly project: string;
  readonly service: string;
  /** Absent when the service did not exist. */
  readonly split?: Split;
  /** The versions that had traffic, as App Engine prints them in full. */
  readonly versions: readonly object[];
  /** The app's routing by host and path, which is shared by all services. */
  readonly dispatchRules: readonly object[];
}

const json = v.looseObject({});
const application = v.looseObject({ dispatchRules: v.optional(v.array(json), []) });

/**
 * Read as raw JSON: the generated client drops the fields that it does not know and writes zeros for those not set, so
 * what it gives could not be put back.
 */
export async function backUp(
  app: AppEngine,
  clock: Clock,
  service: string,
  signal?: AbortSignal,
): Promise<Backup> {
  const { project, rest } = app;
  const takenAt = clock.now();
  const split = await readSplit(app, service, signal);
  const readRaw = (what: string, path: string) =>
    rest.read(`back up ${what}`, () => rest.json('GET', path), signal);
  const [home, ...versions] = await Promise.all([
    readRaw(`the routing of ${project}`, `/v1/apps/${project}`),
    ...Object.keys(split?.shares ?? {}).map((id) =>
      readRaw(`version ${id} of ${service}`, `/v1/${resource(project, service, id)}?view=FULL`),
    ),
  ]);
  return {
    takenAt,
    project,
    service,
    ...(split && { split }),
    versions: versions.map((version) => v.parse(json, version)),
    dispatchRules: v.parse(application, home).dispatchRules,
  };
}
