import { sayDuration } from '../plan/duration.ts';
import { describeSplit, type Split } from '../plan/split.ts';
import type { Verdict } from '../plan/verdict.ts';
import type { Topic } from '../rollout/events.ts';
import type { Rollout } from '../rollout/state.ts';
import type { View } from './buttons.ts';
import { type Html, html, shorten } from './html.ts';
import { headline } from './views/headline.ts';
import { answerMark, answerWord, clockTime, count, dayOf, listShort } from './views/words.ts';

/** A time in which no Sluice was at work. Times are of the releases' clock, in milliseconds since the epoch. */
export interface Absence {
  readonly from: number;
  readonly to: number;
  /** Absences since the last message about one that were only logged. */
  readonly untold: number;
}

/** What came due for a rollout meanwhile. */
export type FellDue = { readonly at: number } & (
  | { readonly kind: 'window'; readonly verdict?: Verdict }
  /** Somebody had put the question off until then. */
  | { readonly kind: 'question' }
  | { readonly kind: 'expired'; readonly topic: Topic['kind'] }
  | { readonly kind: 'looks'; readonly name: string; readonly count: number }
  | { readonly kind: 'unanswered' | 'success' | 'step' | 'reminder' }
);

/** A rollout that went on by itself, as it stands now that all was seen to. */
export interface Resumed {
  readonly rollout: Rollout;
  readonly due: readonly FellDue[];
  /** What reading the live traffic found; absent where the rollout has moved none yet. */
  readonly traffic?: TrafficFound;
}

export type TrafficFound =
  | { readonly kind: 'as-left'; readonly split: Split }
  | { readonly kind: 'elsewhere'; readonly split: Split; readonly left: Split }
  | { readonly kind: 'unreadable'; readonly why: string };

/** Whether a phone should ring for it: something came due, or the traffic is not what it should be. */
export function isLoud(resumed: readonly Resumed[]): boolean {
  return resumed.some(
    ({ due, traffic }) => due.length > 0 || (traffic !== undefined && traffic.kind !== 'as-left'),
  );
}

/** What Sluice says once after it was away: since when, what fell due, and what it has found `now`. */
export function awayView({ from, to, untold }: Absence, resumed: readonly Resumed[], now: number): View {
  const lines = [
    html`💤 <b>Sluice was away for ${sayDuration(to - from)}</b>, from ${moment(from, to)} to ${clockTime(to)}, and is back.`,
    ...(untold > 0
      ? [html`Before that it was away ${count(untold, 'more time')} since it last said so. Look at its log.`]
      : []),
    ...resumed.flatMap((one) => rolloutLines(one, now)),
  ];
  return { html: lines.map(({ text }) => text).join('\n') };
}

/** With the day where the time alone would mislead. */
function moment(at: number, now: number): string {
  return dayOf(at) === dayOf(now) ? clockTime(at) : `${dayOf(at)}, ${clockTime(at)}`;
}

function rolloutLines({ rollout, due, traffic }: Resumed, now: number): Html[] {
  const meanwhile =
    due.length === 0
      ? [html`▫️ Nothing fell due meanwhile.`]
      : listShort(due.map((one) => html`▫️ ${moment(one.at, now)}: ${sayDue(one)}`));
  return [
    html`<b>${rollout.service}: ${rollout.version}</b>`,
    ...meanwhile,
    ...(traffic ? [sayTraffic(traffic)] : []),
    headline(rollout, { now }),
  ];
}

function sayDue(due: FellDue): string {
  switch (due.kind) {
    case 'window':
      return due.verdict
        ? `the window ended. Judged now from the figures of that time: ${answerMark(due.verdict)} ${answerWord(due.verdict)}.`
        : 'the window ended. It is being judged from the figures of that time.';
    case 'question':
      return 'the question that was put off came due, and is asked now.';
    case 'expired':
      return `the question ${TOPICS[due.topic]} expired without an answer.`;
    case 'looks':
      return due.count === 1
        ? `the look of the round “${shorten(due.name, 40)}” fell due, and is made up for now.`
        : `${due.count} looks of the round “${shorten(due.name, 40)}” fell due; one now covers them.`;
    case 'unanswered':
      return 'a question that nobody has answered wanted a reminder.';
    case 'success':
      return 'the verdict on the release fell due, and is prepared now.';
    case 'step':
      return 'a step of the follow-up should have been done.';
    case 'reminder':
      return 'a reminder of open tasks fell due.';
  }
}

const TOPICS: Record<Topic['kind'], string> = {
  promote: 'of the next step',
  'roll-back': 'of the rollback',
  cron: 'of the cron jobs',
  stuck: 'of how to go on',
  drift: 'of the moved traffic',
};

function sayTraffic(traffic: TrafficFound): Html {
  switch (traffic.kind) {
    case 'as-left':
      return html`✔️ The traffic is where it was left: ${describeSplit(traffic.split)}.`;
    case 'elsewhere':
      return html`⚠️ The traffic is ${describeSplit(traffic.split)}; Sluice left it at ${describeSplit(traffic.left)}.`;
    case 'unreadable':
      return html`⚠️ The traffic cannot be read: ${shorten(traffic.why, 200)}`;
  }
}
