import type { LiveVersion, ServiceTraffic } from '../info/traffic.ts';

/** What the plan says of cleaning. */
export interface CleaningRules {
  /** So many stay, the newest. */
  readonly keep: number;
  /** Milliseconds; whatever is younger stays. */
  readonly olderThan: number;
}

/** Why a version must stay, as it follows "because it is". */
export type Needs = ReadonlyMap<string, string>;

/** What of a service could go, oldest first. */
export interface Proposal {
  readonly service: string;
  /** Versions that it has in all. */
  readonly of: number;
  readonly remove: readonly LiveVersion[];
  /** Without traffic, and running all the same. They stay, and can be started again. */
  readonly stop: readonly LiveVersion[];
  /** Old and idle, and needed. */
  readonly needed: readonly { readonly id: string; readonly why: string }[];
}

/** So many fit into a message that shows every one of them. */
export const MOST_AT_ONCE = 40;

/**
 * What is old, has no traffic and is nobody's way back.
 * @param now milliseconds since the epoch.
 */
export function propose(
  { service, split, versions }: ServiceTraffic,
  needs: Needs,
  { keep, olderThan }: CleaningRules,
  now: number,
): Proposal {
  const idle = versions.filter(({ id }) => split?.shares[id] === undefined);
  const byAge = versions.toSorted((a, b) => b.createTime - a.createTime);
  const newest = new Set(byAge.slice(0, Math.max(1, keep)).map(({ id }) => id));
  const old = idle
    .filter(({ id, createTime }) => !newest.has(id) && now - createTime > olderThan)
    .toSorted((a, b) => a.createTime - b.createTime);
  const remove = old.filter(({ id }) => !needs.has(id)).slice(0, MOST_AT_ONCE);
  const stop = idle.filter((version) => !needs.has(version.id) && runs(version));
  return {
    service,
    of: versions.length,
    remove,
    stop: stop.toSorted((a, b) => a.createTime - b.createTime).slice(0, MOST_AT_ONCE),
    needed: old.flatMap(({ id }) => ({ id, why: needs.get(id) ?? '' })).filter(({ why }) => why !== ''),
  };
}

/** Flex and manual scaling keep machines up whether anybody comes or not. */
function runs({ env, scaling, servingStatus }: LiveVersion): boolean {
  return servingStatus === 'SERVING' && (/^flex/.test(env) || scaling === 'manual');
}
