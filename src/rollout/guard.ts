import type { Clock } from '../plan/clock.ts';
import { MINUTE } from '../plan/duration.ts';
import { freezeAt } from '../plan/freeze.ts';
import type { FreezeWindow } from '../plan/terms.ts';
import { who } from './answers.ts';
import type { Who } from './draft.ts';
import {
  EMPTY,
  type GuardChange,
  type GuardEntry,
  type GuardRecord,
  type Lock,
  type Rejection,
  withLine,
} from './guard-record.ts';
import type { Store } from './ports.ts';

/** What keeps the releases of a service back. Times are milliseconds since the epoch. */
export type Bar =
  | {
      readonly kind: 'freeze';
      readonly why: string;
      /** Absent: until somebody ends it. */
      readonly until?: number;
      /** Absent: the plan says so. */
      readonly by?: Who;
    }
  | {
      readonly kind: 'lock';
      /** The reasons of all locks that the service has, oldest first. */
      readonly why: string;
      readonly since: number;
      /** Absent: a rollback did it by itself. */
      readonly by?: Who;
      readonly rollout?: string;
    };

/** What keeps releases back, besides people's answers. Rollbacks never ask it. */
export interface Guard {
  /** What keeps the service's releases back now; a lock before a freeze. From memory. */
  bar(service: string, now: number): Bar | undefined;
  /** Keeps every service's releases back. Takes the place of a freeze from before. */
  freeze(freeze: { why: string; until?: number }, by: Who): Promise<void>;
  /** Ends the chat's freeze, and lifts the plan's window that is in force until it ends. @returns a sentence */
  unfreeze(why: string, by: Who): Promise<string>;
  /** Once for each rollout, however often it is called, after an unlock too. */
  lock(service: string, lock: { why: string; rollout?: string }, by?: Who): Promise<void>;
  /** Takes away all locks of the service. @returns a sentence */
  unlock(service: string, why: string, by: Who): Promise<string>;
  /** Once for each rollout. */
  reject(service: string, rejection: Rejection): Promise<void>;
  /** The last time that this version was rolled back. */
  rejectionOf(service: string, version: string): Rejection | undefined;
  /** Newest last, the newest KEPT. */
  history(): readonly GuardEntry[];
}

const DOCUMENT = 'guard';

/**
 * Reads what is on record. Changes are on disk before they count.
 * @param windows the plan's freezes.
 * @throws Error with a sentence when the document `guard` cannot be read.
 */
export async function openGuard(
  store: Pick<Store, 'readDocument' | 'writeDocument'>,
  windows: readonly FreezeWindow[],
  clock: Clock,
): Promise<Guard> {
  let record = (await store.readDocument<GuardRecord>(DOCUMENT)) ?? EMPTY;
  if (record.schema !== EMPTY.schema) {
    throw new Error(
      `The document '${DOCUMENT}' in the data folder should have schema 1, but has ${JSON.stringify(record.schema)}. It was written by another Sluice: start that one, or move the file away, which lifts every freeze and lock.`,
    );
  }
  let turn: Promise<unknown> = Promise.resolve();
  let planned: { readonly minute: number; readonly freeze: ReturnType<typeof freezeAt> } | undefined;

  return {
    bar: (service, now) => lockOf(record.locks, service) ?? longest(freezesAt(now)),

    freeze: ({ why, until }, by) =>
      inTurn(async () => {
        if (isCarriedOut('frozen', by)) return;
        await save({ type: 'frozen', why, ...(until !== undefined && { until }), by: who(by) });
      }),

    unfreeze: (why, by) =>
      inTurn(async () => {
        if (isCarriedOut('unfrozen', by)) return 'The freeze is ended.';
        const now = clock.now();
        const freezes = freezesAt(now);
        if (freezes.length === 0) return 'Nothing is frozen now.';
        const window = freezes.find((freeze) => !freeze.by);
        await save({ type: 'unfrozen', why, ...(window && { lifts: window.until }), by: who(by) });
        const lifted = freezes.map(({ by: freezer, why: reason, until }) =>
          freezer
            ? `${freezer.name}’s freeze (${reason}) is ended.`
            : `The plan’s window (${reason}) is lifted until it ends${until === undefined ? '' : `, on ${sayTime(until)}`}.`,
        );
        return lifted.join(' ');
      }),

    lock: (service, { why, rollout }, by) =>
      inTurn(async () => {
        const known = rollout
          ? record.lockedBy.some((past) => past.rollout === rollout)
          : record.locks.some((l) => l.service === service && l.why === why && l.by?.id === by?.id);
        if (known || (by && isCarriedOut('locked', by))) return;
        await save({ type: 'locked', service, why, ...(rollout && { rollout }), ...(by && { by: who(by) }) });
      }),

    unlock: (service, why, by) =>
      inTurn(async () => {
        if (isCarriedOut('unlocked', by)) return `${service} is unlocked.`;
        const bar = lockOf(record.locks, service);
        if (!bar) return `${service} is not locked.`;
        await save({ type: 'unlocked', service, why, by: who(by) });
        return `${service} is unlocked. It was locked since ${sayTime(bar.since)}: ${bar.why}`;
      }),

    reject: (service, { version, why, at, rollout }) =>
      inTurn(async () => {
        if (record.rejections.some((rejection) => rejection.rollout === rollout)) return;
        await save({ type: 'rejected', service, version, why, rollout }, at);
      }),

    rejectionOf(service, version) {
      const found = record.rejections.findLast((r) => r.service === service && r.version === version);
      if (!found) return undefined;
      const { service: _, ...rejection } = found;
      return rejection;
    },

    history: () => record.history,
  };

  /** The chat's freeze and the plan's window, as far as they are in force. */
  function freezesAt(now: number): FreezeBar[] {
    const { freeze, liftedUntil = Number.NEGATIVE_INFINITY } = record;
    const own = freeze && now < (freeze.until ?? Number.POSITIVE_INFINITY) ? [freeze] : [];
    const window = plannedAt(now);
    // A window that the plan was given since, and that lasts longer, was not what somebody lifted.
    const lasting = window && window.until > liftedUntil ? [window] : [];
    return [...own, ...lasting].map((found) => ({ kind: 'freeze', ...found }));
  }

  /** Windows begin and end on whole minutes, and every live rollout asks every second. */
  function plannedAt(now: number): ReturnType<typeof freezeAt> {
    const minute = Math.floor(now / MINUTE);
    if (planned?.minute !== minute) planned = { minute, freeze: freezeAt(windows, minute * MINUTE) };
    return planned.freeze;
  }

  /** After a death Telegram hands over once more what was done but not confirmed, and much may have happened since. */
  function isCarriedOut(type: GuardChange['type'], by: Who): boolean {
    if (by.update === undefined) return false;
    return record.history.some(
      (past) => past.type === type && 'by' in past && past.by?.id === by.id && past.by.update === by.update,
    );
  }

  async function save(change: GuardChange, at = clock.now()): Promise<void> {
    const entry: GuardEntry = { ...change, at };
    const next = withLine(record, entry);
    await store.writeDocument(DOCUMENT, next);
    record = next;
  }

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = turn.then(work);
    turn = next.catch(() => {});
    return next;
  }
}

type FreezeBar = Extract<Bar, { kind: 'freeze' }>;

/** All locks of a service as one: what is said of who and from which rollout is the newest one's. */
function lockOf(locks: readonly Lock[], service: string): Extract<Bar, { kind: 'lock' }> | undefined {
  const own = locks.filter((lock) => lock.service === service);
  const [oldest] = own;
  const newest = own.at(-1);
  if (!oldest || !newest) return undefined;
  const { by, rollout } = newest;
  const why = own.map((lock) => lock.why).join('; ');
  return { kind: 'lock', why, since: oldest.since, ...(by && { by }), ...(rollout && { rollout }) };
}

/** Of two that are in force the one that lasts longer is what people must know. */
function longest(freezes: readonly FreezeBar[]): FreezeBar | undefined {
  const end = (freeze: FreezeBar) => freeze.until ?? Number.POSITIVE_INFINITY;
  return freezes.toSorted((a, b) => end(b) - end(a))[0];
}

function sayTime(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
