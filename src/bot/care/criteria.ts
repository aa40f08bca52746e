import type { Reading } from '../../plan/terms.ts';
import type { Care, CriterionState } from '../../rollout/care.ts';
import type { Rollout } from '../../rollout/state.ts';
import { type Html, html } from '../html.ts';
import { bySeverity, fitted, readingLine, saidBy, textOf } from './words.ts';

/** Of the 4,096 characters of a message. */
const ROOM = 3_200;

const MARKS = { met: '✅', missed: '❌', open: '❓' } as const;

/** Criteria as they stand, numbered as in the plan. */
export function criteriaLines(
  { terms }: Rollout,
  states: readonly CriterionState[],
  shown: (state: CriterionState) => boolean = () => true,
  room = ROOM,
): Html {
  const lines = terms.success.criteria.flatMap(({ text }, i) => {
    const state = states[i];
    return state && shown(state) ? [criterionLine(i, text, state)] : [];
  });
  return fitted(lines, room, 'criteria');
}

function criterionLine(index: number, text: string, { answer, readings, by, note }: CriterionState): Html {
  const said = by ? html` <i>${saidBy(by, note)}</i>` : html``;
  const line = html`${MARKS[answer]} ${index + 1}. ${textOf(text)}${said}`;
  return readings.length > 0 ? html`${[line, ...bySeverity(readings).map(below)]}` : line;
}

function below(reading: Reading): Html {
  return html`↳ ${readingLine(reading)}`;
}

/** Criteria that no check could tell: people were, or are, asked for them. */
export function isAsked({ answer, by }: CriterionState): boolean {
  return answer === 'open' || by !== undefined;
}

/** How many criteria wait for people. */
export function waiting(care: Care): number {
  return care.assessment?.criteria.filter(({ answer }) => answer === 'open').length ?? 0;
}
