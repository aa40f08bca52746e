import { DateTime } from 'luxon';
import type { Reading } from '../../plan/terms.ts';
import type { Who } from '../../rollout/draft.ts';
import type { Rollout } from '../../rollout/state.ts';
import { Html, html, shorten, withPaths } from '../html.ts';
import { fitLines } from '../info/fit.ts';

/** Somebody in the team, with the roles that they have now. */
export interface Person extends Who {
  readonly roles: readonly string[];
}

/** Characters of a detail, a task and a note that a message shows; the report has all of them. */
const DETAIL = 200;
const TEXT = 200;
const NOTE = 160;
/** People who are called by name. */
const CALLED = 5;

const MARKS = { good: '✅', off: '🔴', unknown: '⚪' } as const;

/** "Mon 5 Jan, 15:00 CET", by the clocks of the zone that after-care goes by. */
export function localTime(at: number, zone: string): string {
  return inZone(at, zone).toFormat('ccc d LLL, HH:mm ZZZZ');
}

/** "15:00 CET" while the day is clear, the whole date otherwise. */
export function shortTime(at: number, now: number, zone: string): string {
  const same = inZone(at, zone).hasSame(inZone(now, zone), 'day');
  return same ? inZone(at, zone).toFormat('HH:mm ZZZZ') : localTime(at, zone);
}

/** "Mon 5 Jan, 14:00 to 15:00 CET". */
export function span(from: number, to: number, zone: string): string {
  const start = inZone(from, zone);
  const clear = start.hasSame(inZone(to, zone), 'day') && start.offset === inZone(to, zone).offset;
  return clear
    ? `${start.toFormat('ccc d LLL, HH:mm')} to ${inZone(to, zone).toFormat('HH:mm ZZZZ')}`
    : `${localTime(from, zone)} to ${localTime(to, zone)}`;
}

function inZone(at: number, zone: string): DateTime {
  return DateTime.fromMillis(at, { zone, locale: 'en-GB' });
}

/** "default v2". */
export function nameOf({ service, version }: Rollout): string {
  return `${service} ${version}`;
}

/** A check in a line; what is off stands out. */
export function readingLine({ name, answer, detail }: Reading): Html {
  const what = html`${withPaths(shorten(name, TEXT))}: ${withPaths(shorten(detail, DETAIL))}`;
  return html`${MARKS[answer]} ${answer === 'off' ? html`<b>${what}</b>` : what}`;
}

/** What is off comes first, then what could not be told. */
export function bySeverity(readings: readonly Reading[]): Reading[] {
  const order = ['off', 'unknown', 'good'];
  return readings.toSorted((a, b) => order.indexOf(a.answer) - order.indexOf(b.answer));
}

export function textOf(text: string): string {
  return shorten(text, TEXT);
}

/** "Ben: “All is well.”" */
export function saidBy(by: Who | undefined, note?: string): string {
  const words = note ? `“${shorten(note, NOTE)}”` : '';
  return [by?.name, words].filter(Boolean).join(': ');
}

/** Calls those who may answer. */
export function callOut(people: readonly Person[]): Html {
  const may = people.filter(({ roles }) => roles.includes('operator') || roles.includes('approver'));
  const names = may.slice(0, CALLED).map((person) => calling(person).text);
  return names.length > 0
    ? html`For ${new Html(names.join(', '))}.`
    : html`Nobody in the team may answer this.`;
}

/** A name that rings its person's phone. */
export function calling({ id, name }: Who): Html {
  return html`<a href="tg://user?id=${id}">${name}</a>`;
}

/** What a button says of the n-th of several; of an only one without its number. */
export function label(n: number, of: number, words: string): string {
  return of === 1 ? words.charAt(0).toUpperCase() + words.slice(1) : `${n} ${words}`;
}

/** Lines that take no more than so many characters; what has no room is counted. */
export function fitted(lines: readonly Html[], longest: number, what: string): Html {
  return new Html(
    fitLines(lines, (left) => html`<i>and ${left} more ${what}; the report has all of them</i>`, longest),
  );
}
