import type { JsonObject } from './json.ts';
import type { Registry, Service, Version } from './registry.ts';

/** Fields of a version that only `view=FULL` shows, as google/appengine/v1/version.proto marks them. */
const FULL_ONLY = new Set([
  'handlers',
  'errorHandlers',
  'libraries',
  'apiConfig',
  'envVariables',
  'buildEnvVariables',
  'defaultExpiration',
  'healthCheck',
  'readinessCheck',
  'livenessCheck',
  'nobuildFilesRegex',
  'deployment',
  'endpointsApiService',
]);

/** Where the application lives. */
export const LOCATION = 'us-central';

const DEFAULT_HANDLER: JsonObject = {
  urlRegex: '.*',
  securityLevel: 'SECURE_OPTIONAL',
  login: 'LOGIN_OPTIONAL',
  authFailAction: 'AUTH_FAIL_ACTION_REDIRECT',
  script: { scriptPath: 'auto' },
};

/** google.appengine.v1.Application as `apps.get` answers. */
export function applicationResource(registry: Registry, defaultHostname: string): JsonObject {
  const { project, dispatchRules } = registry;
  return {
    name: registry.appName,
    id: project,
    ...(dispatchRules.length > 0 ? { dispatchRules } : {}),
    authDomain: 'gmail.com',
    locationId: LOCATION,
    codeBucket: registry.codeBucket,
    servingStatus: 'SERVING',
    defaultHostname,
    defaultBucket: `${project}.appspot.com`,
    serviceAccount: `${project}@appspot.gserviceaccount.com`,
    gcrDomain: 'us.gcr.io',
    databaseType: 'CLOUD_DATASTORE_COMPATIBILITY',
    featureSettings: { splitHealthChecks: true, useContainerOptimizedOs: true },
  };
}

export function serviceResource(registry: Registry, service: Service): JsonObject {
  const shardBy = service.shardBy === 'UNSPECIFIED' ? {} : { shardBy: service.shardBy };
  return {
    name: `${registry.appName}/services/${service.id}`,
    id: service.id,
    split: { ...shardBy, allocations: service.allocations },
    ...service.rest,
  };
}

export function versionResource(registry: Registry, version: Version, view: 'BASIC' | 'FULL'): JsonObject {
  const { service, id, spec } = version;
  const scaled = 'manualScaling' in spec || 'basicScaling' in spec || 'automaticScaling' in spec;
  const handlers = view === 'FULL' && !('handlers' in spec) ? { handlers: [DEFAULT_HANDLER] } : {};
  const shown = Object.entries(spec).filter(([key]) => view === 'FULL' || !FULL_ONLY.has(key));
  return {
    env: 'standard',
    instanceClass: 'manualScaling' in spec || 'basicScaling' in spec ? 'B2' : 'F1',
    ...(scaled ? {} : { automaticScaling: {} }),
    network: {},
    runtimeChannel: 'default',
    serviceAccount: `${registry.project}@appspot.gserviceaccount.com`,
    threadsafe: true,
    ...handlers,
    ...Object.fromEntries(shown),
    name: `${registry.appName}/services/${service}/versions/${id}`,
    id,
    servingStatus: version.stopped ? 'STOPPED' : 'SERVING',
    createdBy: 'somebody@example.com',
    createTime: timestamp(version.createdAt),
    diskUsageBytes: String(version.diskUsageBytes),
    versionUrl: `http://127.0.0.1:${version.port}`,
  };
}

/** Milliseconds since the epoch as RFC 3339 text. */
export function timestamp(ms: number): string {
  return new Date(ms).toISOString();
}
