import type { v1 } from '@google-cloud/appengine-admin';
import type { Rest } from '../google/rest.ts';

/** The Admin API of one project. */
export interface AppEngine {
  readonly project: string;
  readonly rest: Rest;
  /** For what concerns whole services. Versions are read as raw JSON, which is what can be put back. */
  services(): Promise<v1.ServicesClient>;
}

/** Nothing of Google's is loaded before its client is asked for, which costs about 270 ms. */
export function openAppEngine(project: string, rest: Rest): AppEngine {
  let services: Promise<v1.ServicesClient> | undefined;
  return {
    project,
    rest,
    services() {
      services ??= Promise.all([import('@google-cloud/appengine-admin'), rest.clientOptions()]).then(
        ([{ v1 }, options]) => new v1.ServicesClient({ ...options }),
      );
      // Credentials that are missing now may be there the next time.
      services.catch(() => {
        services = undefined;
      });
      return services;
    },
  };
}

/** "apps/p/services/s", and with a version "apps/p/services/s/versions/v". */
export function resource(project: string, service: string, version?: string): string {
  const name = `apps/${project}/services/${service}`;
  return version === undefined ? name : `${name}/versions/${version}`;
}
