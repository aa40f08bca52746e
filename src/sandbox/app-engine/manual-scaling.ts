import { type JsonObject, objectAt } from './json.ts';
import { badField } from './refusal.ts';
import type { Version } from './registry.ts';

/** The path of an update mask that changes how many instances a manually scaled version has. */
export const INSTANCES = 'manualScaling.instances';

/** @param body of a `versions.patch`. @returns the number wanted. @throws Refusal */
export function checkInstances(version: Version, body: JsonObject): number {
  const field = 'version.manual_scaling.instances';
  if (!('manualScaling' in version.spec)) {
    throw badField(
      field,
      `Version '${version.id}' is not scaled manually, so it has no number of instances.`,
    );
  }
  const { instances } = objectAt(body, 'manualScaling');
  if (typeof instances === 'number' && Number.isInteger(instances) && instances > 0) return instances;
  throw badField(field, `instances must be a whole number above 0, but is ${JSON.stringify(instances)}.`);
}

/** The version with that many instances. */
export function withInstances(version: Version, instances: number): Version {
  const manualScaling = { ...objectAt(version.spec, 'manualScaling'), instances };
  return { ...version, spec: { ...version.spec, manualScaling } };
}
