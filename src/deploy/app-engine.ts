import type { v1 } from '@google-cloud/appengine-admin';
import type { ClientOptions, Rest } from '../google/rest.ts';

/** The Admin API of one project. */
export interface AppEngine {
  readonly project: string;
  readonly rest: Rest;
  services(): Promise<v1.ServicesClient>;
  versions(): Promise<v1.VersionsClient>;
}

/** Nothing of Google's is loaded before one of the clients is asked for: together they cost about 270 ms. */
export function openAppEngine(project: string, rest: Rest): AppEngine {
  function lazily<C>(create: (api: typeof v1, options: ClientOptions) => C): () => Promise<C> {
    let client: Promise<C> | undefined;
    return () => {
      client ??= Promise.all([import('@google-cloud/appengine-admin'), rest.clientOptions()]).then(
        ([api, options]) => create(api.v1, options),
      );
      // Credentials that are missing now may be there the next time.
      client.catch(() => {
        client = undefined;
      });
      return client;
    };
  }
  return {
    project,
    rest,
    services: lazily((api, options) => new api.ServicesClient({ ...options })),
    versions: lazily((api, options) => new api.VersionsClient({ ...options })),
  };
}

/** "apps/p/services/s", and with a version "apps/p/services/s/versions/v". */
export function resource(project: string, service: string, version?: string): string {
  const name = `apps/${project}/services/${service}`;
  return version === undefined ? name : `${name}/versions/${version}`;
}
