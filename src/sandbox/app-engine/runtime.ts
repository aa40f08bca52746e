import { type JsonObject, objectAt } from './json.ts';
import type { Version } from './registry.ts';

/** The environment that App Engine's standard runtimes give to a version, its own variables on top. */
export function environment(project: string, instance: string, version: Version): Record<string, string> {
  return {
    NODE_ENV: 'production',
    GAE_APPLICATION: `s~${project}`,
    GAE_DEPLOYMENT_ID: String(version.createdAt),
    GAE_ENV: 'standard',
    GAE_INSTANCE: instance,
    GAE_MEMORY_MB: '384',
    GAE_RUNTIME: String(version.spec.runtime),
    GAE_SERVICE: version.service,
    GAE_VERSION: version.id,
    GOOGLE_CLOUD_PROJECT: project,
    ...(objectAt(version.spec, 'envVariables') as Record<string, string>),
  };
}

/** Whether a version is of the flexible environment: its `env` as gcloud sends it, or "2" of old. */
export function isFlexible(spec: JsonObject): boolean {
  return ['flex', 'flexible', '2'].includes(String(spec.env));
}

/** Real processes at most, whatever a version was given: the machine is small. */
const MOST_PROCESSES = 4;
/** What basic scaling leaves an instance without requests, unless the version says otherwise. */
const BASIC_IDLE = 5 * 60_000;
const IDLE = 15 * 60_000;

/** How many instances a version has when it runs. */
export function sizeOf({ spec }: Version): number {
  const instances = Number(objectAt(spec, 'manualScaling').instances ?? 1);
  return Math.min(Math.max(1, instances), MOST_PROCESSES);
}

/** Milliseconds of the sandbox's clock without a request after which an instance ends. */
export function idleOf({ spec }: Version): number {
  if (!('basicScaling' in spec)) return IDLE;
  const seconds = Number.parseFloat(String(objectAt(spec, 'basicScaling').idleTimeout ?? ''));
  return Number.isNaN(seconds) ? BASIC_IDLE : seconds * 1000;
}

/** Whether a version has an instance even when nobody asks for it. */
export function alwaysOn({ spec, stopped }: Version): boolean {
  const automatic = objectAt(spec, 'automaticScaling');
  const { minInstances = 0 } = objectAt(automatic, 'standardSchedulerSettings');
  const { minIdleInstances = 0 } = automatic;
  return !stopped && ('manualScaling' in spec || Number(minInstances) > 0 || Number(minIdleInstances) > 0);
}
