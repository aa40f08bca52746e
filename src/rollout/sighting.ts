import { isDeepStrictEqual } from 'node:util';
import { type Split, sameSplit, versionsBeside } from '../plan/split.ts';
import type { CronChange, Fact } from './events.ts';
import type { Rollout } from './state.ts';

/** What App Engine has of a service at a moment. */
export interface Sight {
  readonly split: Split;
  readonly versions: Marks;
}

/** By version id; null: there is no such version. */
export type Marks = Readonly<Record<string, Mark | null>>;

/** What tells a version from another one of the same id. */
export interface Mark {
  /** Milliseconds since the epoch. */
  readonly created: number;
  /** False: it was stopped. */
  readonly serving: boolean;
}

/** What another hand did to a version. */
export interface VersionChange {
  readonly version: string;
  readonly what: 'gone' | 'stopped' | 'replaced';
}

/**
 * Whether the world is compared with the record now: while a step is judged or asked for, held or not, while people say
 * what is to become of a drift, and as long as the new version has all of the traffic. In other stages the rollout
 * itself changes the world, and every change of its own looks first.
 */
export function isLookedAfter({ stage, live, pending, closed }: Rollout): boolean {
  const stands = stage.at === 'watch' || stage.at === 'ask' || stage.at === 'drift' || stage.at === 'done';
  return stands && live !== undefined && pending?.effect.kind !== 'set-split' && !closed;
}

/** The versions whose identity matters: the new one and those that the traffic can go back to. */
export function versionsOfInterest({ stage, version, original, base }: Rollout): string[] {
  // Once it is out, old versions may be cleaned away.
  if (stage.at === 'done' || !original || !base) return [];
  return [...new Set([version, ...versionsBeside(original, version), ...versionsBeside(base, version)])];
}

/** What of a sight goes on record; nothing when the world is as the journal says. */
export function whatIsSeen(rollout: Rollout, sight: Sight): Fact[] {
  const { stage, live, strayed, marks } = rollout;
  if (!live || !isLookedAfter(rollout)) return [];
  const versions = changesOf(rollout, sight.versions);
  const strange = !sameSplit(sight.split, live) || versions.length > 0;
  const known = stage.at === 'drift' ? stage : strayed;
  if (known) {
    const same = sameSplit(known.live, sight.split) && sameChanges(known.versions ?? [], versions);
    if (same) return [];
    if (!strange) return [{ type: 'righted' }];
  }
  if (strange) {
    const { split, versions: seen } = sight;
    return [{ type: 'drifted', live: split, ...(versions.length > 0 && { versions, seen }) }];
  }
  const unmarked = versionsOfInterest(rollout).some((id) => marks?.[id] === undefined);
  return unmarked ? [{ type: 'marked', versions: sight.versions }] : [];
}

/** What another hand did to the versions since they were first looked at. */
export function changesOf(rollout: Rollout, seen: Marks): VersionChange[] {
  return versionsOfInterest(rollout).flatMap((version) => {
    const what = changeOf(rollout.marks?.[version], seen[version]);
    return what ? [{ version, what }] : [];
  });
}

/** Undefined: it was not looked at. */
function changeOf(
  before: Mark | null | undefined,
  now: Mark | null | undefined,
): VersionChange['what'] | undefined {
  if (now === undefined) return undefined;
  if (now === null) return before === null ? undefined : 'gone';
  if (!before) return undefined;
  if (now.created !== before.created) return 'replaced';
  return before.serving && !now.serving ? 'stopped' : undefined;
}

function sameChanges(a: readonly VersionChange[], b: readonly VersionChange[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ version, what }) => b.some((other) => other.version === version && other.what === what))
  );
}

/** The cron jobs, a line each in any order, and the routing's rules by host and path, the first that counts first. */
export interface Shared {
  readonly jobs: readonly string[];
  readonly routes: readonly string[];
}

/** What somebody else did to it, in words; undefined when nothing. Of jobs that read alike, each counts. */
export function compareShared(before: Shared, now: Shared): CronChange | undefined {
  const left = [...before.jobs];
  const create = now.jobs.filter((line) => {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  const rerouted = !isDeepStrictEqual(before.routes, now.routes);
  if (create.length + left.length === 0 && !rerouted) return undefined;
  const routes = rerouted && { routes: { before: before.routes, after: now.routes } };
  return { create, remove: left, same: before.jobs.length - left.length, ...routes };
}
