import { DAY as DAY_MS, HOUR, MINUTE, sayDuration } from '../../plan/duration.ts';
import { describeSplit } from '../../plan/split.ts';
import { barWords } from '../../rollout/bar.ts';
import type { Bar } from '../../rollout/guard.ts';
import { isOver, type Rollout } from '../../rollout/state.ts';
import { type Html, html, shorten } from '../html.ts';
import { clockTime, count } from '../views/words.ts';

/** Reasons are people's, and may be as long as a message. */
export const REASON_SHOWN = 300;

const DAY = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' });

/** "22 Nov 2026, 14:05 UTC". */
export function dateTime(at: number): string {
  return `${DAY.format(at)}, ${clockTime(at)}`;
}

/** "until 22 Nov 2026, 18:00 UTC (in 2 hours)". */
export function sayUntil(until: number, now: number): string {
  return `until ${dateTime(until)} (in ${sayDuration(until - now)})`;
}

/** What keeps releases back, by whom, why and how it ends. */
export function sayBar(service: string, bar: Bar, now: number): Html {
  const times = { since: dateTime, until: (at: number) => sayUntil(at, now) };
  const short = { ...bar, why: shorten(bar.why.trim(), REASON_SHOWN) };
  const { what, end, command } = barWords(service, short, times);
  return html`${bar.kind === 'lock' ? '🔒' : '❄️'} ${what} ${end} <code>${command}</code>.`;
}

/** A word on each rollout that is under way, of one service or of all. */
export function sayUnderWay(rollouts: readonly Rollout[], service?: string): Html[] {
  const live = rollouts.filter((r) => !isOver(r.stage) && (service === undefined || r.service === service));
  return live.map(({ service: name, version, live: split }) => {
    const stands = split ? `the traffic stays ${describeSplit(split)}` : 'no traffic was moved so far';
    return html`Under way: ${version} to ${name}; ${stands} meanwhile.`;
  });
}

/** "a", "a and b", "a, b and c". */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** A reason as it stands in a sentence, with one full stop. */
export function sentence(text: string): string {
  const short = shorten(text.trim(), REASON_SHOWN);
  return /[.!?…]$/.test(short) ? short : `${short}.`;
}

/** "There is only default." or "There are default and worker." */
export function sayServices(names: readonly string[]): string {
  if (names.length === 0) return 'There is none.';
  return names.length === 1 ? `There is only ${names[0]}.` : `There are ${listed(names)}.`;
}

/** "4.2 MB". */
export function bytes(n: number): string {
  if (n < 1000) return `${n} bytes`;
  const [power, unit] = n < 1e6 ? [1e3, 'kB'] : n < 1e9 ? [1e6, 'MB'] : [1e9, 'GB'];
  return `${(n / power).toFixed(1)} ${unit}`;
}

/** "3 days ago", in the largest unit of which there are two. */
export function sayAgo(at: number, now: number): string {
  const ms = Math.max(0, now - at);
  if (ms >= 2 * DAY_MS) return `${count(Math.floor(ms / DAY_MS), 'day')} ago`;
  if (ms >= 2 * HOUR) return `${count(Math.floor(ms / HOUR), 'hour')} ago`;
  return `${count(Math.floor(ms / MINUTE), 'minute')} ago`;
}
