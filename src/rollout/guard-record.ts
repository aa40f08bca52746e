import type { Who } from './draft.ts';

/** A version that was rolled back. */
export interface Rejection {
  readonly version: string;
  readonly why: string;
  readonly at: number;
  readonly rollout: string;
}

/** A line of the guard's record. `by` is absent where Sluice did it by itself. */
export type GuardEntry = GuardChange & { readonly at: number };

/** What happened, who did it and why. */
export type GuardChange =
  | { readonly type: 'frozen'; readonly why: string; readonly until?: number; readonly by: Who }
  | {
      readonly type: 'unfrozen';
      readonly why: string;
      /** End of the plan's window that was lifted with it. */
      readonly lifts?: number;
      readonly by: Who;
    }
  | {
      readonly type: 'locked';
      readonly service: string;
      readonly why: string;
      readonly rollout?: string;
      readonly by?: Who;
    }
  | { readonly type: 'unlocked'; readonly service: string; readonly why: string; readonly by: Who }
  | ({ readonly type: 'rejected'; readonly service: string } & Omit<Rejection, 'at'>);

export interface Lock {
  readonly service: string;
  readonly why: string;
  readonly since: number;
  readonly by?: Who;
  readonly rollout?: string;
}

/** The document `guard`. Lists, because a service may be called `constructor`. */
export interface GuardRecord {
  readonly schema: 1;
  readonly freeze?: { readonly why: string; readonly until?: number; readonly by: Who };
  /** Windows of the plan that end by then do not count. */
  readonly liftedUntil?: number;
  readonly locks: readonly Lock[];
  /** Rollouts that have locked their service, whether or not it still is. */
  readonly lockedBy: readonly { readonly service: string; readonly rollout: string }[];
  readonly rejections: readonly (Rejection & { readonly service: string })[];
  readonly history: readonly GuardEntry[];
}

export const EMPTY: GuardRecord = { schema: 1, locks: [], lockedBy: [], rejections: [], history: [] };

/** So many lines of history are kept. */
export const KEPT = 300;
/** Of each service, so many are kept; App Engine takes 105 services. More locks than this say nothing new. */
const EACH = { locks: 10, lockedBy: 20, rejections: 50 };

/** The record with one more line, and what follows from it. */
export function withLine(before: GuardRecord, entry: GuardEntry): GuardRecord {
  return { ...apply(before, entry), history: [...before.history, entry].slice(-KEPT) };
}

function apply(record: GuardRecord, entry: GuardEntry): GuardRecord {
  switch (entry.type) {
    case 'frozen': {
      const { why, until, by } = entry;
      return { ...record, freeze: { why, by, ...(until !== undefined && { until }) } };
    }
    case 'unfrozen': {
      const { freeze: _, ...rest } = record;
      return entry.lifts === undefined ? rest : { ...rest, liftedUntil: entry.lifts };
    }
    case 'locked': {
      const { service, why, rollout, by, at } = entry;
      const lock: Lock = { service, why, since: at, ...(by && { by }), ...(rollout && { rollout }) };
      const lockedBy = rollout ? keep(record.lockedBy, { service, rollout }, EACH.lockedBy) : record.lockedBy;
      return { ...record, locks: keep(record.locks, lock, EACH.locks), lockedBy };
    }
    case 'unlocked':
      return { ...record, locks: record.locks.filter((lock) => lock.service !== entry.service) };
    case 'rejected': {
      const { service, version, why, rollout, at } = entry;
      const rejection = { service, version, why, at, rollout };
      return { ...record, rejections: keep(record.rejections, rejection, EACH.rejections) };
    }
  }
}

/** One more of a service, of which the oldest go when there are too many. */
function keep<T extends { readonly service: string }>(all: readonly T[], one: T, limit: number): T[] {
  const own = [...all.filter(({ service }) => service === one.service), one];
  return [...all.filter(({ service }) => service !== one.service), ...own.slice(-limit)];
}
