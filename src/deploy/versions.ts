import type { protos } from '@google-cloud/appengine-admin';
import * as v from 'valibot';
import { CloudError } from '../google/cloud-error.ts';
import { type AppEngine, resource } from './app-engine.ts';
import { type Scaling, scalingOf } from './scaling.ts';
import { isMissing } from './services.ts';

export interface VersionSummary {
  readonly id: string;
  /** Milliseconds since the epoch; App Engine keeps whole seconds. */
  readonly createTime: number;
  readonly servingStatus: 'SERVING' | 'STOPPED' | 'UNKNOWN';
  /** Such as nodejs20. */
  readonly runtime: string;
  /** Reaches this version whatever the split says. */
  readonly versionUrl: string;
  /** "standard", "flexible" or what app.yaml said. */
  readonly env: string;
  readonly scaling: Scaling['kind'];
  /** Of a manually scaled version. */
  readonly instances?: number;
  /** Bytes that it takes at App Engine. */
  readonly diskUsage: number;
}

const rawVersion = v.looseObject({ id: v.string(), servingStatus: v.optional(v.string(), '') });

/** A version as App Engine prints it with view=FULL. */
export type RawVersion = v.InferOutput<typeof rawVersion>;

/** Newest first. */
export async function listVersions(
  app: AppEngine,
  service: string,
  signal?: AbortSignal,
): Promise<VersionSummary[]> {
  const versions = await app.rest.read(
    `list the versions of ${service}`,
    async () => {
      const client = await app.versions();
      const found: VersionSummary[] = [];
      const parent = resource(app.project, service);
      const pages = client.listVersionsAsync({ parent, pageSize: 100 }, { autoPaginate: false });
      for await (const version of pages) found.push(summarise(version));
      return found;
    },
    signal,
  );
  return versions.toSorted((a, b) => b.createTime - a.createTime);
}

export async function findVersion(
  app: AppEngine,
  service: string,
  version: string,
  signal?: AbortSignal,
): Promise<VersionSummary | undefined> {
  try {
    return await app.rest.read(
      `read version ${version} of ${service}`,
      async () => {
        const client = await app.versions();
        const [found] = await client.getVersion({ name: resource(app.project, service, version) });
        return summarise(found);
      },
      signal,
    );
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** The whole resource as App Engine prints it, which is what can be put back. */
export async function readVersion(
  app: AppEngine,
  service: string,
  version: string,
  signal?: AbortSignal,
): Promise<RawVersion | undefined> {
  const { project, rest } = app;
  try {
    return await rest.read(
      `read version ${version} of ${service}`,
      async () =>
        v.parse(rawVersion, await rest.json('GET', `/v1/${resource(project, service, version)}?view=FULL`)),
      signal,
    );
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** As {@link readVersion}. @throws CloudError `not-found` when it is not there. */
export async function mustReadVersion(
  app: AppEngine,
  service: string,
  version: string,
  signal?: AbortSignal,
): Promise<RawVersion> {
  const found = await readVersion(app, service, version, signal);
  if (found) return found;
  throw new CloudError(
    'not-found',
    `Version ${version} of ${service} is gone from App Engine: somebody has deleted it.`,
  );
}

function summarise(version: protos.google.appengine.v1.IVersion): VersionSummary {
  const { servingStatus } = version;
  const scaling = scalingOf(version);
  return {
    id: version.id ?? '',
    createTime:
      Number(version.createTime?.seconds ?? 0) * 1000 + Math.floor((version.createTime?.nanos ?? 0) / 1e6),
    servingStatus: servingStatus === 'SERVING' || servingStatus === 'STOPPED' ? servingStatus : 'UNKNOWN',
    runtime: version.runtime ?? '',
    versionUrl: version.versionUrl ?? '',
    env: version.env ?? '',
    scaling: scaling.kind,
    diskUsage: Number(version.diskUsageBytes ?? 0),
    ...(scaling.kind === 'manual' && { instances: scaling.instances }),
  };
}
