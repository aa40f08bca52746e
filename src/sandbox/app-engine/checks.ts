import { checkSpec } from './check-spec.ts';
import { type JsonObject, objectAt, textAt } from './json.ts';
import { badField, Refusal } from './refusal.ts';
import type { Registry, Service, Split, Version } from './registry.ts';
import { isFlexible } from './runtime.ts';

/** Versions per application, all services together. */
const MOST_VERSIONS = 210;
/** Files per version. */
const MOST_FILES = 10_000;
const VERSION_ID = /^(?!-)[a-z\d-]{0,62}[a-z\d]$/;
const SERVICE_ID = /^(?!-)[a-z\d-]{0,61}[a-z\d]$/;

/** What App Engine refuses at once, before it starts to build a version. @throws Refusal */
export function checkNewVersion(registry: Registry, service: string, spec: JsonObject): string {
  const id = textAt(spec, 'id') ?? '';
  if (!SERVICE_ID.test(service)) {
    throw badField(
      'parent',
      `Invalid service id '${service}': lower-case letters, digits and hyphens, at most 63.`,
    );
  }
  if (!VERSION_ID.test(id)) {
    const pattern = '^(?!-)[a-z\\d\\-]{0,62}[a-z\\d]$';
    throw badField('version.id', `Version ID '${id}' is invalid: it must match the pattern '${pattern}'.`);
  }
  if (id === 'default' || id === 'latest' || id.startsWith('ah-')) {
    throw badField(
      'version.id',
      `Version ID '${id}' is reserved: 'default', 'latest' and 'ah-*' cannot be used.`,
    );
  }
  checkSpec(spec);
  const files = Object.keys(objectAt(objectAt(spec, 'deployment'), 'files')).length;
  if (files > MOST_FILES) {
    const limit = `New versions are limited to ${MOST_FILES} files for this app.`;
    throw badField('version.deployment.files[...]', `This deployment has too many files. ${limit}`);
  }
  if (registry.findService('default') === undefined && service !== 'default') {
    throw badField(
      'parent',
      "The first service (module) you upload to a new application must be the 'default' service (module). Please upload a version of the 'default' service (module) before uploading a version for the '" +
        `${service}' service (module).`,
    );
  }
  // One that exists is replaced, so there are no more of them.
  if (!registry.findVersion(service, id) && registry.versions().length >= MOST_VERSIONS) {
    throw new Refusal(
      'INVALID_ARGUMENT',
      `Your app may not have more than ${MOST_VERSIONS} versions. Please delete one of the existing versions before trying to create a new version.`,
    );
  }
  return id;
}

/**
 * A traffic split as `services.patch` takes it: shares above 0 that sum to 1, two decimals for IP and three for the
 * others, of versions that exist and serve. `shardBy` may be absent while one version has everything.
 * @throws Refusal
 */
export function checkSplit(registry: Registry, service: Service, split: JsonObject): Split {
  const shardBy = textAt(split, 'shardBy') ?? 'UNSPECIFIED';
  const allocations: Record<string, number> = {};
  for (const [id, share] of Object.entries(objectAt(split, 'allocations'))) {
    const field = `service.split.allocations[${id}]`;
    if (typeof share !== 'number' || !(share > 0 && share <= 1)) {
      throw badField(
        field,
        `Traffic allocation for version '${id}' must be greater than 0 and at most 1, but is ${String(share)}.`,
      );
    }
    const decimals = shardBy === 'IP' ? 2 : 3;
    if (Math.abs(share - Number(share.toFixed(decimals))) > 1e-9) {
      throw badField(
        field,
        `Traffic allocations are limited to ${decimals} decimal places when splitting by ${shardBy}, but version '${id}' has ${share}.`,
      );
    }
    const version = registry.findVersion(service.id, id);
    if (!version) {
      throw badField(
        field,
        `Could not find version '${id}' of service '${service.id}' in application '${registry.project}'.`,
      );
    }
    if (version.stopped)
      throw badField(field, `Version '${id}' is stopped: start it before it can receive traffic.`);
    allocations[id] = share;
  }
  const shares = Object.values(allocations);
  const sum = shares.reduce((total, share) => total + share, 0);
  if (Math.abs(sum - 1) > 1e-6) {
    throw badField(
      'service.split.allocations',
      `The sum of all traffic allocations must be 1, but is ${Number(sum.toFixed(6))}.`,
    );
  }
  if (shares.length > 1 && shardBy === 'UNSPECIFIED') {
    throw badField(
      'service.split.shard_by',
      'A traffic split over several versions needs shardBy: COOKIE, IP or RANDOM.',
    );
  }
  return { shardBy, allocations };
}

/**
 * Gradual migration goes to one version of the standard environment that scales by itself.
 * @returns whether it is gradual: without warmup requests the traffic moves at once, as App Engine's documentation has it
 * @throws Refusal
 */
export function checkMigration(
  registry: Registry,
  service: string,
  { shardBy, allocations }: Split,
): boolean {
  const [to = '', ...others] = Object.keys(allocations);
  if (others.length > 0) {
    throw badField('migrateTraffic', 'Traffic can be migrated gradually to a single version only.');
  }
  if (shardBy === 'UNSPECIFIED') {
    throw badField('service.split.shard_by', 'Gradual migration needs shardBy: IP or COOKIE.');
  }
  const { spec } = registry.version(service, to);
  const field = `service.split.allocations[${to}]`;
  if (isFlexible(spec)) {
    throw badField(field, 'Traffic migration does not support App Engine Flexible Environment.');
  }
  if ('manualScaling' in spec || 'basicScaling' in spec) {
    throw badField(field, `Traffic migration needs automatic scaling, which version '${to}' has not.`);
  }
  const { inboundServices } = spec;
  return Array.isArray(inboundServices) && inboundServices.includes('INBOUND_SERVICE_WARMUP');
}

/** @throws Refusal for a version that has traffic */
export function checkDelete(registry: Registry, version: Version): void {
  if (registry.service(version.service).allocations[version.id] === undefined) return;
  throw new Refusal(
    'INVALID_ARGUMENT',
    'Cannot delete a version with a non-zero traffic allocation. Please update your traffic split to remove the allocation for this version and try again.',
  );
}

/** Only manually or basically scaled versions, and those of the flexible environment, start and stop. @throws Refusal */
export function checkServingStatus(version: Version): void {
  const { spec } = version;
  if ('manualScaling' in spec || 'basicScaling' in spec || isFlexible(spec)) return;
  throw badField(
    'version.serving_status',
    'Serving status cannot be changed for Automatic Scaling versions.',
  );
}
