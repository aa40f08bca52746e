import { countDue } from '../../plan/calendar.ts';
import { DAY } from '../../plan/duration.ts';
import { type Care, type Digest, latestDigest, type Task, tasksLeft } from '../../rollout/care.ts';
import { canRollBack, openGate, type Rollout } from '../../rollout/state.ts';
import type { Button, View } from '../buttons.ts';
import { type Html, html } from '../html.ts';
import { count } from '../views/words.ts';
import {
  bySeverity,
  fitted,
  label,
  localTime,
  nameOf,
  readingLine,
  saidBy,
  shortTime,
  span,
  textOf,
} from './words.ts';

/** Of the 4,096 characters of a message. */
const READINGS_ROOM = 2_200;
const TASKS_ROOM = 1_500;
/** Tasks that have buttons at a time; the others get theirs as these are answered. */
const ROWS = 8;

/** One look of a round: what was found, and what people are asked to look after. */
export function digestView(rollout: Rollout, care: Care, digest: Digest): View {
  const { zone } = rollout.terms.afterCare;
  const { from, due, readings, tasks } = digest;
  const lines = [
    html`${markOf(digest)} <b>${titleOf(rollout, care, digest)}</b>`,
    html`${span(from, due, zone)}`,
    ...slept(digest),
    ...(readings.length > 0 ? [html`${summary(digest)}`] : []),
    ...(readings.length > 0 ? [fitted(bySeverity(readings).map(readingLine), READINGS_ROOM, 'checks')] : []),
    ...(tasks.length > 0 ? [html``, html`<b>For people</b>`, taskLines(rollout, digest)] : []),
  ];
  const asks = isLatest(rollout, care, digest);
  const buttons = [
    ...(asks && digest.reminders === 0 ? taskButtons(rollout, digest) : []),
    ...(asks && isOff(digest) ? rollBackButton(rollout) : []),
  ];
  return { html: html`${lines}`.text, buttons };
}

/** What was left lying, asked once more below everything else. */
export function taskReminderView(rollout: Rollout, care: Care, digest: Digest, reminder: number): View {
  const last = reminder === digest.reminders && isLatest(rollout, care, digest);
  const left = tasksLeft(digest);
  const title = `${left > 0 ? `${count(left, 'task')} still open` : 'All is done'}: ${titleOf(rollout, care, digest)}`;
  const lines = [
    html`${left > 0 ? '⏰' : '✅'} <b>${title}</b>`,
    html`From ${localTime(digest.due, rollout.terms.afterCare.zone)}.`,
    taskLines(rollout, digest),
  ];
  return { html: html`${lines}`.text, buttons: last ? taskButtons(rollout, digest) : [] };
}

/** Whether the tasks of a look can still be answered. */
export function isLatest({ stage, closed }: Rollout, care: Care, digest: Digest): boolean {
  return stage.at === 'done' && !closed && latestDigest(care, digest.round) === digest;
}

export function isOff({ readings }: Digest): boolean {
  return readings.some(({ answer }) => answer === 'off');
}

/** "Hourly look 3 of 24 · default v2". */
function titleOf(rollout: Rollout, { begun }: Care, { round, due }: Digest): string {
  const { at, zone, rounds } = rollout.terms.afterCare;
  const what = rounds[round];
  if (!what) return nameOf(rollout);
  const look = countDue(what, begun, begun, due, at, zone);
  // Due times of a day and longer come up to a day after the span has passed.
  const of =
    what.for === undefined ? '' : ` of ${countDue(what, begun, begun, begun + what.for + 2 * DAY, at, zone)}`;
  return `${what.name} look ${look}${of} · ${nameOf(rollout)}`;
}

function markOf({ readings }: Digest): string {
  if (readings.some(({ answer }) => answer === 'off')) return '🔴';
  if (readings.some(({ answer }) => answer === 'unknown')) return '⚪';
  return readings.length > 0 ? '✅' : '📋';
}

function slept({ missed }: Digest): Html[] {
  if (missed === 0) return [];
  return [
    html`💤 ${count(missed, 'look')} ${missed === 1 ? 'was' : 'were'} missed while I was away; this one covers ${missed === 1 ? 'it' : 'them'}.`,
  ];
}

function summary({ readings }: Digest): string {
  const of = (answer: string) => readings.filter((reading) => reading.answer === answer).length;
  const [off, unknown] = [of('off'), of('unknown')];
  if (off > 0) return `${off} of ${count(readings.length, 'check')} ${off === 1 ? 'is' : 'are'} off:`;
  if (unknown > 0)
    return `Nothing is off, but ${unknown} of ${count(readings.length, 'check')} could not be told:`;
  return readings.length === 1 ? 'The check is good:' : `All ${readings.length} checks are good:`;
}

function taskLines(rollout: Rollout, { round, tasks, at }: Digest): Html {
  const { rounds, zone } = rollout.terms.afterCare;
  const lines = tasks.map((task, i) => {
    const text = `${i + 1}. ${textOf(rounds[round]?.tasks[i] ?? '')}`;
    return html`${TASK_MARKS[task.state]} ${text}${became(task, at, zone)}`;
  });
  return fitted(lines, TASKS_ROOM, 'tasks');
}

const TASK_MARKS = { open: '⬜', lapsed: '▫️', done: '✅', later: '⏰' } as const;

function became(task: Task, asked: number, zone: string): Html {
  switch (task.state) {
    case 'open':
      return html``;
    case 'lapsed':
      return html` <i>not answered</i>`;
    case 'done':
      return html` <i>${saidBy(task.by, task.note)}, ${shortTime(task.at, asked, zone)}</i>`;
    case 'later':
      return html` <i>later, says ${saidBy(task.by, task.note)}</i>`;
  }
}

function taskButtons(rollout: Rollout, { round, due, tasks }: Digest): Button[][] {
  const say = (i: number, words: string) => label(i + 1, tasks.length, words);
  const rows = tasks.flatMap((task, i) => {
    if (task.state !== 'open' && task.state !== 'later') return [];
    const press = { kind: 'task', rollout: rollout.id, round, due, task: i } as const;
    const later: Button = { text: say(i, 'later'), press: { ...press, answer: 'later' } };
    const row: Button[] = [
      { text: say(i, 'done'), press: { ...press, answer: 'done' }, style: 'success' },
      ...(task.state === 'open' ? [later] : []),
      { text: say(i, 'note…'), press: { ...press, answer: 'note' } },
    ];
    return [row];
  });
  return rows.slice(0, ROWS);
}

function rollBackButton(rollout: Rollout): Button[][] {
  if (!canRollBack(rollout) || openGate(rollout, 'roll-back')) return [];
  return [[{ text: 'Roll back…', press: { kind: 'roll-back', rollout: rollout.id }, style: 'danger' }]];
}
