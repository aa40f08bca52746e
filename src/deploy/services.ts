import type { protos } from '@google-cloud/appengine-admin';
import { CloudError } from '../google/cloud-error.ts';
import { type ShardBy, type Split, WHOLE } from '../plan/split.ts';
import { type AppEngine, resource } from './app-engine.ts';

export async function listServices(app: AppEngine, signal?: AbortSignal): Promise<string[]> {
  return (await listSplits(app, signal)).map(({ service }) => service);
}

export async function listSplits(
  app: AppEngine,
  signal?: AbortSignal,
): Promise<{ service: string; split: Split }[]> {
  return app.rest.read(
    `list the services of ${app.project}`,
    async () => {
      const client = await app.services();
      const [services] = await client.listServices({ parent: `apps/${app.project}` });
      return services.flatMap(({ id, split }) => (id ? [{ service: id, split: splitOf(split ?? {}) }] : []));
    },
    signal,
  );
}

/** @returns undefined when there is no such service; one that exists always has a split. */
export async function readSplit(
  app: AppEngine,
  service: string,
  signal?: AbortSignal,
): Promise<Split | undefined> {
  try {
    return await app.rest.read(
      `read the traffic split of ${service}`,
      async () => {
        const client = await app.services();
        const [found] = await client.getService({ name: resource(app.project, service) });
        return splitOf(found.split ?? {});
      },
      signal,
    );
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** The resource itself is not there; a project without an app answers 404 too, and that is no answer to the question. */
export function isMissing(error: unknown): boolean {
  return (
    error instanceof CloudError &&
    error.kind === 'not-found' &&
    !/could not find application|app(lication)? does not exist/i.test(error.message)
  );
}

type TrafficSplit = protos.google.appengine.v1.ITrafficSplit;

function splitOf(split: TrafficSplit): Split {
  const shares = Object.entries(split.allocations ?? {})
    .map(([id, share]) => [id, Math.round(share * WHOLE)] as const)
    .filter(([, share]) => share > 0);
  return { shardBy: shardByOf(split.shardBy), shares: Object.fromEntries(shares) };
}

function shardByOf(value: TrafficSplit['shardBy']): ShardBy {
  return value === 'COOKIE' || value === 'IP' || value === 'RANDOM' ? value : 'UNSPECIFIED';
}
