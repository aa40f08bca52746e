import type { Clock } from '../plan/clock.ts';
import type { MinutesRequest, QueryMinutes } from './minutes.ts';
import { MINUTE_MS, type Point } from './points.ts';

/** Google's figures may come so late: 240 s by its documentation, and two minutes more to be sure. */
const LATE_MS = 6 * MINUTE_MS;
/** However late the caller looks, what it sees for the first time is looked at twice more. */
const FRESH_MS = 2 * MINUTE_MS;
/** What came or was corrected later still counts after so long. */
const REREAD_MS = 15 * MINUTE_MS;
/** Who looks at a span will look at it again, and at the hour before. */
const BEFORE_MS = 60 * MINUTE_MS;
/** About 400 bytes each. */
const MOST_POINTS = 200_000;

/** Points that will not change any more: all those of the minutes in [from, to). */
interface Known {
  readonly from: number;
  readonly to: number;
  readonly points: readonly Point[];
  /** When the whole of it was last read. */
  readonly wholeAt: number;
  readonly readAt: number;
}

/**
 * Asks only for the minutes that are not known yet or may still change. The figures of the last hour, of which a
 * window needs those of every minute at every look, then cost one read.
 */
export function rememberMinutes(query: QueryMinutes, clock: Clock, mostPoints = MOST_POINTS): QueryMinutes {
  /** The one used last comes last. */
  const known = new Map<string, Known>();
  let held = 0;

  function put(key: string, next: Known | undefined): void {
    held -= known.get(key)?.points.length ?? 0;
    known.delete(key);
    if (!next) return;
    known.set(key, next);
    held += next.points.length;
    for (const oldest of known.keys()) {
      if (held <= mostPoints) break;
      put(oldest, undefined);
    }
  }

  return async (request, signal) => {
    const { service, canary, from, to } = request;
    const key = JSON.stringify([service, canary]);
    const now = clock.now();
    const before = usable(known.get(key), request, now);
    const start = before?.to ?? from;
    const fresh = start < to ? await query({ ...request, from: start }, signal) : [];
    const points = before ? [...before.points, ...fresh.filter(({ minute }) => minute >= start)] : fresh;

    const last = points.at(-1)?.minute ?? from;
    // The newest minute with figures may be half of one, and those after it may be late.
    const settled = Math.max(start, Math.min(now - LATE_MS, to - FRESH_MS, last));
    const first = Math.max(before?.from ?? from, from - BEFORE_MS);
    put(key, {
      from: first,
      to: settled,
      points: points.filter(({ minute }) => minute >= first && minute < settled),
      wholeAt: before?.wholeAt ?? now,
      readAt: now,
    });
    return points.filter(({ minute }) => minute >= from && minute < to);
  };
}

function usable(known: Known | undefined, { from, to }: MinutesRequest, now: number): Known | undefined {
  if (!known || from < known.from || from > known.to || to < known.to) return undefined;
  // After a clock went back, minutes that seemed long past may not have begun.
  if (now < known.readAt || now - known.wholeAt > REREAD_MS) return undefined;
  return known;
}
