import { createHash, randomInt } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { visitorAddress } from './headers.ts';
import { type JsonObject, textAt } from './json.ts';
import type { Registry, Service, Split } from './registry.ts';
import type { Routing } from './routing.ts';

/** Visitors fall into 1000 buckets, which is why a split is exact to 0.1 %. */
const BUCKETS = 1000;
const COOKIE = 'GOOGAPPUID';

export interface Choice {
  readonly service: string;
  readonly version: string;
  /** `Set-Cookie` for a visitor who had none. */
  readonly cookie?: string;
}

/** Which version answers a request to the application's front door; undefined when nothing is deployed. */
export function choose(registry: Registry, routing: Routing, request: IncomingMessage): Choice | undefined {
  const { service, version } = addressed(registry, request);
  if (!service) return undefined;
  if (version !== undefined) return { service: service.id, version };
  const split = routing.splitOf(service);
  const known = cookieBucket(request);
  const bucket = bucketOf(split, request, known);
  const chosen = versionAt(registry, service.id, split, bucket);
  if (chosen === undefined) return undefined;
  const sets = split.shardBy === 'COOKIE' && known === undefined;
  return { service: service.id, version: chosen, ...(sets ? { cookie: `${COOKIE}=${bucket}; Path=/` } : {}) };
}

/**
 * The Host header may name a version (`VERSION-dot-SERVICE-dot-HOST`, `VERSION-dot-HOST` for the default service) or a
 * service (`SERVICE-dot-HOST`, `SERVICE.HOST`); else the dispatch rules name one; else it is `default`.
 */
function addressed(
  registry: Registry,
  request: IncomingMessage,
): { service?: Service | undefined; version?: string } {
  const host = (request.headers.host ?? '').split(':')[0] ?? '';
  const [a = '', b] = (host.split('.')[0] ?? '').split('-dot-');
  const owner = (b === undefined ? undefined : registry.findService(b)) ?? registry.findService('default');
  if (b !== undefined && owner && registry.findVersion(owner.id, a)) return { service: owner, version: a };
  const named = registry.findService(a);
  if (named) return { service: named };
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  const rule = registry.dispatchRules.find((one) => dispatches(one, host, path));
  return { service: registry.findService(textAt(rule, 'service') ?? 'default') };
}

function dispatches(rule: JsonObject, host: string, path: string): boolean {
  const domain = textAt(rule, 'domain') || '*';
  return wildcard(domain, host) && wildcard(textAt(rule, 'path') ?? '/*', path);
}

/** A pattern with one `*` at its start or end, as dispatch.yaml has it. */
function wildcard(pattern: string, text: string): boolean {
  if (pattern.endsWith('*')) return text.startsWith(pattern.slice(0, -1));
  return pattern.startsWith('*') ? text.endsWith(pattern.slice(1)) : text === pattern;
}

function bucketOf({ shardBy }: Split, request: IncomingMessage, known: number | undefined): number {
  if (shardBy === 'IP') {
    return createHash('sha1').update(visitorAddress(request)).digest().readUInt32BE() % BUCKETS;
  }
  return shardBy === 'COOKIE' && known !== undefined ? known : randomInt(BUCKETS);
}

function cookieBucket(request: IncomingMessage): number | undefined {
  const value = /(?:^|;\s*)GOOGAPPUID=(\d{1,3})(?:;|$)/.exec(request.headers.cookie ?? '')?.[1];
  return value === undefined ? undefined : Number(value);
}

/** The newest version has the lowest buckets: those who are let in early stay in when the gate opens further. */
function versionAt(
  registry: Registry,
  service: string,
  { allocations }: Split,
  bucket: number,
): string | undefined {
  const ids = Object.keys(allocations);
  if (ids.length === 1) return ids[0];
  const born = (id: string) => registry.findVersion(service, id)?.createdAt ?? 0;
  let upTo = 0;
  for (const id of ids.toSorted((a, b) => born(b) - born(a))) {
    upTo += (allocations[id] ?? 0) * BUCKETS;
    if (bucket < upTo - 1e-6) return id;
  }
  return ids.at(-1);
}
