import type { SandboxClock } from '../clock.ts';
import { assemble } from './assemble.ts';
import type { Buckets } from './buckets.ts';
import type { Fleet } from './fleet.ts';
import { type JsonObject, textAt } from './json.ts';
import { withInstances } from './manual-scaling.ts';
import type { Registry, Version } from './registry.ts';
import { applicationResource, serviceResource, versionResource } from './resources.ts';

const TYPE = 'type.googleapis.com/google.appengine.v1';

/** What an operation was started for, as it is kept until it is done. */
export type Change =
  | {
      readonly kind: 'create version';
      readonly service: string;
      readonly id: string;
      readonly spec: JsonObject;
      /** When it was asked for; milliseconds of the sandbox's clock. */
      readonly at: number;
    }
  | {
      readonly kind: 'restart instance';
      readonly service: string;
      readonly version: string;
      readonly id: string;
    }
  | { readonly kind: 'delete version'; readonly service: string; readonly id: string }
  | { readonly kind: 'set serving'; readonly service: string; readonly id: string; readonly stopped: boolean }
  | {
      readonly kind: 'set instances';
      readonly service: string;
      readonly id: string;
      readonly instances: number;
    }
  | {
      readonly kind: 'set split';
      readonly service: string;
      readonly shardBy: string;
      readonly allocations: JsonObject;
      /** The traffic moves bit by bit while the operation runs. */
      readonly gradual?: boolean;
    }
  | { readonly kind: 'describe service'; readonly service: string; readonly fields: JsonObject }
  | { readonly kind: 'delete service'; readonly service: string }
  | { readonly kind: 'set dispatch'; readonly rules: readonly JsonObject[] }
  | { readonly kind: 'repair' };

export interface Parts {
  readonly registry: Registry;
  readonly buckets: Buckets;
  readonly fleet: Fleet;
  readonly clock: SandboxClock;
  readonly defaultHostname: () => string;
}

/**
 * Carries out a change, the second time as well as the first, and gives the operation's response.
 * @throws Refusal when it cannot be done after all
 */
export async function apply(parts: Parts, change: Change): Promise<JsonObject> {
  const { registry, fleet } = parts;
  switch (change.kind) {
    case 'create version': {
      const version = await createVersion(parts, change);
      return { '@type': `${TYPE}.Version`, ...versionResource(registry, version, 'FULL') };
    }
    case 'delete version':
      await fleet.remove(change.service, change.id);
      registry.deleteVersion(change.service, change.id);
      return { '@type': 'type.googleapis.com/google.protobuf.Empty' };
    case 'set serving': {
      const version = { ...registry.version(change.service, change.id), stopped: change.stopped };
      registry.putVersion(version);
      await fleet.update(version);
      return { '@type': `${TYPE}.Version`, ...versionResource(registry, version, 'FULL') };
    }
    case 'set instances': {
      const version = withInstances(registry.version(change.service, change.id), change.instances);
      registry.putVersion(version);
      await fleet.update(version);
      return { '@type': `${TYPE}.Version`, ...versionResource(registry, version, 'FULL') };
    }
    case 'restart instance':
      await fleet.restart(change.service, change.version, change.id);
      return { '@type': 'type.googleapis.com/google.protobuf.Empty' };
    case 'set split': {
      const allocations = change.allocations as Record<string, number>;
      const before = registry.service(change.service);
      const former = { shardBy: before.shardBy, allocations: before.allocations, until: parts.clock.now() };
      const { former: _, ...lasting } = before;
      const service = {
        ...lasting,
        shardBy: change.shardBy,
        allocations,
        // Those who were led there bit by bit are there already.
        ...(change.gradual ? {} : { former }),
      };
      for (const id of Object.keys(allocations)) registry.version(change.service, id);
      registry.putService(service);
      return { '@type': `${TYPE}.Service`, ...serviceResource(registry, service) };
    }
    case 'describe service': {
      const before = registry.service(change.service);
      const service = { ...before, rest: { ...before.rest, ...change.fields } };
      registry.putService(service);
      return { '@type': `${TYPE}.Service`, ...serviceResource(registry, service) };
    }
    case 'delete service':
      for (const { id } of registry.versions(change.service)) await fleet.remove(change.service, id);
      registry.deleteService(change.service);
      return { '@type': 'type.googleapis.com/google.protobuf.Empty' };
    case 'set dispatch':
      registry.setDispatchRules(change.rules);
      return { '@type': `${TYPE}.Application`, ...applicationResource(registry, parts.defaultHostname()) };
    case 'repair':
      return { '@type': `${TYPE}.Application`, ...applicationResource(registry, parts.defaultHostname()) };
  }
}

type Creation = Extract<Change, { kind: 'create version' }>;

/**
 * The first version of a service brings the service, and has all of its traffic. A version of the same id is replaced on
 * the spot, its traffic included.
 */
async function createVersion(parts: Parts, change: Creation): Promise<Version> {
  const { registry } = parts;
  const { service, id, at } = change;
  const known = registry.findVersion(service, id);
  const done = known !== undefined && known.createdAt >= at;
  const version = done ? known : await installVersion(parts, change, known);
  if (!registry.findService(service)) {
    registry.putService({ id: service, shardBy: 'UNSPECIFIED', allocations: { [id]: 1 }, rest: {} });
  }
  return version;
}

async function installVersion(
  { registry, buckets, fleet, clock }: Parts,
  { service, id, spec }: Creation,
  replaced: Version | undefined,
): Promise<Version> {
  const diskUsageBytes = await assemble(buckets, spec, fleet.folderOf(service, id));
  const port = replaced?.port ?? 0;
  const draft = { service, id, createdAt: clock.now(), stopped: false, port, diskUsageBytes, spec };
  const version = replaced ? draft : { ...draft, port: await fleet.open(draft, 0) };
  registry.putVersion(version);
  if (replaced) await fleet.replace(version);
  return version;
}

/** @throws Error for a document that this program did not write */
export function asChange(document: JsonObject): Change {
  if (textAt(document, 'kind') === undefined) {
    throw new Error(`An operation without a known change: ${JSON.stringify(document)}`);
  }
  return document as Change;
}
