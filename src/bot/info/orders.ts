import { DAY, parseDuration, sayDuration } from '../../plan/duration.ts';
import { instantOf, sinceMidnight, startOfDay, wallTime } from '../../plan/local-time.ts';
import { isDate, isTimeOfDay } from '../../plan/time-words.ts';
import { dateTime } from './words.ts';

/** A sentence on what was expected, what came and what to do. */
export interface Problem {
  readonly problem: string;
}

export interface FreezeOrder {
  readonly why: string;
  /** Milliseconds since the epoch; absent: until somebody ends it. */
  readonly until?: number;
}

const FREEZE_HOW = 'Such as: /freeze until 18:00 The market is open; or /freeze for 2h An audit.';
const TIMES = 'a time such as 18:00, a date such as 2026-12-24, or both, such as 2026-12-24 18:00';

/**
 * "until 18:00 REASON", "until 2026-12-24 18:00 REASON", "for 2h REASON" or "REASON". A time of day is the next one; a
 * date without a time includes its day.
 * @param zone of the times, an IANA name.
 */
export function parseFreeze(text: string, now: number, zone: string): FreezeOrder | Problem {
  const words = text.trim();
  if (words === '') return { problem: `Why is nothing to be let out? ${FREEZE_HOW}` };
  const read = /^until\b/i.test(words) ? readUntil(words, now, zone) : readFor(words, now);
  if ('problem' in read) return read;
  if (read.why === '') return { problem: `Add why, for the record. ${FREEZE_HOW}` };
  return read;
}

function readUntil(words: string, now: number, zone: string): FreezeOrder | Problem {
  const [, first = '', second = ''] = words.split(/\s+/);
  const given = isDate(first) && !first.includes('T') && isTimeOfDay(second) ? `${first}T${second}` : first;
  const until = instantOfWords(given, now, zone);
  if (until === undefined) {
    return {
      problem: `After 'until' comes ${TIMES} (${zone}), not '${first}'. To freeze until somebody ends it, leave 'until' out.`,
    };
  }
  if (until <= now) {
    return { problem: `'${given.replace('T', ' ')}' was already (${dateTime(until)}). Name a time to come.` };
  }
  const taken = given.includes('T') && given !== first ? 3 : 2;
  return { why: words.split(/\s+/).slice(taken).join(' '), until };
}

function instantOfWords(given: string, now: number, zone: string): number | undefined {
  if (isTimeOfDay(given)) {
    const today = startOfDay(wallTime(now, zone)) + sinceMidnight(given);
    const next = instantOf(today, zone);
    return next > now ? next : instantOf(today + DAY, zone);
  }
  if (!isDate(given)) return undefined;
  const [day = '', time] = given.split('T');
  const midnight = Date.parse(`${day}T00:00Z`);
  return instantOf(time === undefined ? midnight + DAY : midnight + sinceMidnight(time), zone);
}

function readFor(words: string, now: number): FreezeOrder | Problem {
  const [first = '', ...rest] = words.split(/\s+/);
  const end = rest.findIndex((word) => !/^(\d+[a-z]+)+$/i.test(word));
  const taken = Math.max(end < 0 ? rest.length : end, /^\d+$/.test(rest[0] ?? '') ? 2 : 0);
  // "for the audit" is a reason; "for 2h" is a time.
  if (first.toLowerCase() !== 'for' || taken === 0) return { why: words };
  const span = rest.slice(0, taken).join(' ');
  const lasts = parseDuration(span.toLowerCase());
  if (lasts === undefined) {
    return { problem: `After 'for' comes a time such as 30m, 2h or 1d 12h, not '${span}'. ${FREEZE_HOW}` };
  }
  if (lasts < 60_000) {
    return { problem: `A freeze lasts a minute at least, not ${sayDuration(lasts)}. ${FREEZE_HOW}` };
  }
  return { why: rest.slice(taken).join(' '), until: now + lasts };
}

/** "SERVICE REASON". */
export function parseServiceReason(
  text: string,
  command: string,
): { readonly service: string; readonly why: string } | Problem {
  const [service = '', ...rest] = text.trim().split(/\s+/);
  const why = rest.join(' ');
  if (service === '') return { problem: `Which service, and why? ${command} SERVICE REASON.` };
  if (why === '') return { problem: `Add why, for the record: ${command} ${service} REASON.` };
  return { service, why };
}
