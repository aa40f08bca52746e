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

const basicVersion = v.looseObject({
  id: v.string(),
  createTime: v.optional(v.string(), ''),
  servingStatus: v.optional(v.string(), ''),
  runtime: v.optional(v.string(), ''),
  versionUrl: v.optional(v.string(), ''),
  env: v.optional(v.string(), ''),
  diskUsageBytes: v.optional(v.string(), '0'),
});
const versionPage = v.object({
  versions: v.optional(v.array(basicVersion), []),
  nextPageToken: v.optional(v.string(), ''),
});

/** Newest first. */
export async function listVersions(
  app: AppEngine,
  service: string,
  signal?: AbortSignal,
): Promise<VersionSummary[]> {
  const { project, rest } = app;
  const versions = await rest.read(
    `list the versions of ${service}`,
    async () => {
      const found: VersionSummary[] = [];
      let token = '';
      do {
        const query = `pageSize=100${token && `&pageToken=${encodeURIComponent(token)}`}`;
        const path = `/v1/${resource(project, service)}/versions?${query}`;
        const page = v.parse(versionPage, await rest.json('GET', path));
        found.push(...page.versions.map(summarise));
        token = page.nextPageToken;
      } while (token !== '');
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
  const found = await read(app, service, version, basicVersion, 'BASIC', signal);
  return found && summarise(found);
}

/** The whole resource as App Engine prints it, which is what can be put back. */
export async function readVersion(
  app: AppEngine,
  service: string,
  version: string,
  signal?: AbortSignal,
): Promise<RawVersion | undefined> {
  return read(app, service, version, rawVersion, 'FULL', signal);
}

async function read<T>(
  { project, rest }: AppEngine,
  service: string,
  version: string,
  schema: v.GenericSchema<unknown, T>,
  view: 'BASIC' | 'FULL',
  signal?: AbortSignal,
): Promise<T | undefined> {
  const path = `/v1/${resource(project, service, version)}?view=${view}`;
  try {
    return await rest.read(
      `read version ${version} of ${service}`,
      async () => v.parse(schema, await rest.json('GET', path)),
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

function summarise(version: v.InferOutput<typeof basicVersion>): VersionSummary {
  const { id, servingStatus, runtime, versionUrl, env } = version;
  const scaling = scalingOf(version);
  return {
    id,
    createTime: Date.parse(version.createTime) || 0,
    servingStatus: servingStatus === 'SERVING' || servingStatus === 'STOPPED' ? servingStatus : 'UNKNOWN',
    runtime,
    versionUrl,
    env,
    scaling: scaling.kind,
    diskUsage: Number(version.diskUsageBytes),
    ...(scaling.kind === 'manual' && { instances: scaling.instances }),
  };
}
