import type { Clock } from '../plan/clock.ts';
import { MINUTE_MS } from './points.ts';

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

/** A span of whole minutes, in milliseconds since the epoch, and what of it is asked for. */
interface SpanRequest {
  readonly from: number;
  readonly to: number;
}

interface Minutely {
  readonly minute: number;
}

type Query<R, T> = (request: R, signal?: AbortSignal) => Promise<T[]>;

interface Known<T> {
  readonly from: number;
  readonly to: number;
  /** Those that will not change any more: all of the minutes in [from, to). */
  readonly points: readonly T[];
  /** Those after `to`, as they were read last. */
  readonly unsettled: readonly T[];
  /** When the whole of it was last read. */
  readonly wholeAt: number;
  readonly readAt: number;
}

export interface MemoryOptions {
  readonly mostPoints?: number;
  /** Milliseconds for which what was read last is good enough, however new the minutes asked for. */
  readonly rest?: number;
}

/**
 * Asks only for the minutes that are not known yet or may still change. The figures of the last hour, of which a
 * window needs those of every minute at every look, then cost one read.
 */
export function rememberMinutes<R extends SpanRequest, T extends Minutely>(
  query: Query<R, T>,
  clock: Clock,
  { mostPoints = MOST_POINTS, rest = 0 }: MemoryOptions = {},
): Query<R, T> {
  /** The one used last comes last. */
  const known = new Map<string, Known<T>>();
  let held = 0;

  function put(key: string, next: Known<T> | undefined): void {
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
    const { from, to, ...what } = request;
    const key = JSON.stringify(what);
    const now = clock.now();
    const before = usable(known.get(key), request, now);
    const asked = ({ minute }: T) => minute >= from && minute < to;
    if (before && now - before.readAt < rest) return [...before.points, ...before.unsettled].filter(asked);
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
      unsettled: points.filter(({ minute }) => minute >= settled),
      wholeAt: before?.wholeAt ?? now,
      readAt: now,
    });
    return points.filter(asked);
  };
}

function usable<T>(
  known: Known<T> | undefined,
  { from, to }: SpanRequest,
  now: number,
): Known<T> | undefined {
  if (!known || from < known.from || from > known.to || to < known.to) return undefined;
  // After a clock went back, minutes that seemed long past may not have begun.
  if (now < known.readAt || now - known.wholeAt > REREAD_MS) return undefined;
  return known;
}
