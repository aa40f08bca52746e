import { objectAt } from './json.ts';
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

/** Whether a version has an instance even when nobody asks for it. */
export function alwaysOn({ spec, stopped }: Version): boolean {
  const automatic = objectAt(spec, 'automaticScaling');
  const { minInstances = 0 } = objectAt(automatic, 'standardSchedulerSettings');
  const { minIdleInstances = 0 } = automatic;
  return !stopped && ('manualScaling' in spec || Number(minInstances) > 0 || Number(minIdleInstances) > 0);
}
