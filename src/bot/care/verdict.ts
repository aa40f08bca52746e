import { sayDuration } from '../../plan/duration.ts';
import type { Assessment, Care, Conclusion, CriterionState } from '../../rollout/care.ts';
import type { Rollout } from '../../rollout/state.ts';
import type { Button, View } from '../buttons.ts';
import { type Html, html } from '../html.ts';
import { listed } from '../info/words.ts';
import { criteriaLines, isAsked, waiting } from './criteria.ts';
import { followUpButtons, followUpLines } from './follow-up.ts';
import { callOut, label, nameOf, type Person, span } from './words.ts';

/** Criteria that have buttons at a time; the others get theirs as these are answered. */
const ROWS = 8;
/** Of the 4,096 characters of a message. */
const CRITERIA_ROOM = 1_800;

/** After the first week: what was measured of the criteria, and what people are asked. */
export function assessmentView(
  rollout: Rollout,
  care: Care,
  assessment: Assessment,
  people: readonly Person[],
): View {
  const open = asksPeople(rollout, care);
  const lines = [
    html`⚖️ <b>Is ${nameOf(rollout)} a success?</b>`,
    html`Over ${sayDuration(assessment.to - assessment.from)}: ${span(assessment.from, assessment.to, rollout.terms.afterCare.zone)}.`,
    criteriaLines(rollout, assessment.criteria),
    ...(open ? [html``, question(care), callOut(people)] : ending(care)),
  ];
  const buttons = open && assessment.reminders === 0 ? criteriaButtons(rollout, assessment) : [];
  return { html: html`${lines}`.text, buttons };
}

/** The same, once more below everything else, with what people are asked only. */
export function criteriaReminderView(
  rollout: Rollout,
  care: Care,
  assessment: Assessment,
  reminder: number,
  people: readonly Person[],
): View {
  const open = asksPeople(rollout, care);
  const lines = [
    html`${open ? '⏰' : '⚖️'} <b>Is ${nameOf(rollout)} a success?</b>`,
    criteriaLines(rollout, assessment.criteria, isAsked),
    ...(open ? [html``, question(care), callOut(people)] : ending(care)),
  ];
  const last = open && reminder === assessment.reminders;
  return { html: html`${lines}`.text, buttons: last ? criteriaButtons(rollout, assessment) : [] };
}

export function asksPeople({ stage, closed }: Rollout, { conclusion }: Care): boolean {
  return stage.at === 'done' && !closed && conclusion === undefined;
}

function question(care: Care): Html {
  const open = waiting(care);
  const who = open === 1 ? '1 criterion waits' : `${open} criteria wait`;
  return html`<b>${who} for your word.</b> The verdict falls with the last answer; it is a success when all are met.`;
}

function ending({ conclusion }: Care): Html[] {
  if (!conclusion) return [html`➡️ No longer asked.`];
  return [html`➡️ The verdict: <b>${conclusion.met ? 'a success' : 'not a success'}</b>.`];
}

const WORDS = { met: 'met', missed: 'not met' } as const;

function criteriaButtons(rollout: Rollout, { criteria }: Assessment): Button[][] {
  const say = (i: number, words: string) => label(i + 1, criteria.length, words);
  const asked = criteria.map((state, i) => ({ state, i })).filter(({ state }) => isAsked(state));
  const open = asked.filter(({ state }) => state.answer === 'open');
  const answered = asked.filter(({ state }) => state.answer !== 'open');
  const row = ({ state, i }: (typeof asked)[number]): Button[] => {
    const press = { kind: 'criterion', rollout: rollout.id, criterion: i } as const;
    const note: Button = { text: say(i, 'note…'), press: { ...press, answer: 'note' } };
    if (state.answer !== 'open') {
      // Whoever tapped the wrong one may think better of it.
      const other = state.answer === 'met' ? 'missed' : 'met';
      return [{ text: say(i, `${WORDS[other]} after all`), press: { ...press, answer: other } }, note];
    }
    return [
      { text: say(i, WORDS.met), press: { ...press, answer: 'met' }, style: 'success' },
      { text: say(i, WORDS.missed), press: { ...press, answer: 'missed' }, style: 'danger' },
      note,
    ];
  };
  return [...open, ...answered].slice(0, ROWS).map(row);
}

/** The verdict on the release, and what follows from it. */
export function conclusionView(rollout: Rollout, care: Care, conclusion: Conclusion): View {
  const criteria = care.assessment?.criteria ?? [];
  return conclusion.met ? success(rollout, criteria) : failure(rollout, criteria, conclusion);
}

function success(rollout: Rollout, criteria: readonly CriterionState[]): View {
  const all = criteria.length === 1 ? 'Its criterion is' : `All ${criteria.length} criteria are`;
  const measured = criteria.filter((state) => !isAsked(state));
  const lines = [
    html`🎉 <b>${nameOf(rollout)} is a success.</b>`,
    html`${all} met after ${sayDuration(rollout.terms.success.after)}.`,
    ...(measured.length > 0 ? [criteriaLines(rollout, criteria, (state) => !isAsked(state))] : []),
    ...byTheWord(criteria),
  ];
  return { html: html`${lines}`.text, buttons: [] };
}

/** Who vouched for what no check could tell; the message that asked has their words. */
function byTheWord(criteria: readonly CriterionState[]): Html[] {
  const said = criteria.flatMap(({ by }) => (by ? [by.name] : []));
  if (said.length === 0) return [];
  const what = said.length === criteria.length ? 'By' : `${said.length} of them by`;
  return [html`👥 ${what} the word of ${listed([...new Set(said)])}.`];
}

function failure(rollout: Rollout, criteria: readonly CriterionState[], conclusion: Conclusion): View {
  const missed = criteria.filter(({ answer }) => answer === 'missed').length;
  const lines = [
    html`🔴 <b>${nameOf(rollout)} is not a success.</b>`,
    html`${missed} of ${criteria.length === 1 ? '1 criterion' : `${criteria.length} criteria`} ${missed === 1 ? 'is' : 'are'} not met:`,
    criteriaLines(rollout, criteria, ({ answer }) => answer === 'missed', CRITERIA_ROOM),
    ...(conclusion.steps.length > 0
      ? [html``, html`<b>What follows</b>`, followUpLines(rollout, conclusion)]
      : []),
    ...(rollout.closed && conclusion.steps.some(({ done }) => !done)
      ? [html`➡️ A newer release took over: I ask for these no more.`]
      : []),
  ];
  return { html: html`${lines}`.text, buttons: followUpButtons(rollout, conclusion) };
}

/** What was not met and why, in plain text. */
export function missedCriteria({ terms, care }: Rollout): string[] {
  const states = care?.assessment?.criteria ?? [];
  return terms.success.criteria.flatMap(({ text }, i) => {
    const state = states[i];
    if (state?.answer !== 'missed') return [];
    const off = state.readings.filter(({ answer }) => answer === 'off');
    const why = [...off.map(({ name, detail }) => `${name}: ${detail}`), ...(state.note ? [state.note] : [])];
    return [[text, ...why].join('\n  ')];
  });
}
