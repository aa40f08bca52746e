import { sayDuration } from '../../plan/duration.ts';
import type { Reading } from '../../plan/terms.ts';
import { answerOf, type Care, type CriterionState } from '../../rollout/care.ts';
import type { Rollout } from '../../rollout/state.ts';
import { type Html, html } from '../html.ts';
import { criteriaLines, isAsked, waiting } from './criteria.ts';
import { localTime, nameOf, span } from './words.ts';

/** What is known before the verdict is due. */
export type Measured =
  | { readonly state: 'measuring' }
  | {
      readonly state: 'measured';
      readonly from: number;
      readonly to: number;
      /** For each criterion what its checks gave. */
      readonly readings: readonly (readonly Reading[])[];
    }
  | { readonly state: 'failed'; readonly why: string }
  | { readonly state: 'not measured'; readonly why: 'nothing' | 'busy' | 'no role' };

/** What a release must have shown, and where it stands. */
export function criteriaView(rollout: Rollout, now: number, measured: Measured): Html {
  const { care, terms } = rollout;
  if (terms.success.criteria.length === 0)
    return html`The plan has no success criteria, so there is no verdict on ${nameOf(rollout)}.`;
  const states = standing(rollout, measured);
  const title = html`⚖️ <b>${nameOf(rollout)}: success criteria</b>`;
  const lines = care?.assessment
    ? [assessed(care), criteriaLines(rollout, care.assessment.criteria)]
    : [
        html`${due(rollout, care, now)}${progress(rollout, measured)}`,
        criteriaLines(rollout, states),
        ...(states.some(isAsked)
          ? [html`❓ could not be measured, or is not: people are asked when the verdict is due.`]
          : []),
      ];
  return html`${[title, ...lines]}`;
}

function assessed(care: Care): Html {
  const { conclusion } = care;
  if (conclusion) return html`The verdict: <b>${conclusion.met ? 'a success' : 'not a success'}</b>.`;
  const open = waiting(care);
  return html`The verdict waits for ${open === 1 ? 'one answer' : `${open} answers`}: the newest message that asks has the buttons.`;
}

function due({ terms, stage }: Rollout, care: Care | undefined, now: number): Html {
  const { after } = terms.success;
  if (!care) return html`Judged ${sayDuration(after)} after the release is fully out.`;
  if (stage.at !== 'done') return html`No longer judged: this release is not out any more.`;
  const at = care.begun + after;
  const left = at > now ? `, in ${sayDuration(at - now)}` : '';
  return html`The verdict is due ${localTime(at, terms.afterCare.zone)}${left}.`;
}

function progress({ terms }: Rollout, measured: Measured): string {
  switch (measured.state) {
    case 'measuring':
      return ' Measuring what there is so far…';
    case 'measured':
      return ` So far, ${span(measured.from, measured.to, terms.afterCare.zone)}:`;
    case 'failed':
      return ` The figures could not be read: ${measured.why}`;
    case 'not measured':
      return WHY[measured.why];
  }
}

const WHY = {
  nothing: '',
  busy: ' It is being measured already: see the message above.',
  'no role': ' Figures so far are measured for operators and approvers.',
} as const;

function standing({ terms }: Rollout, measured: Measured): CriterionState[] {
  return terms.success.criteria.map((_, i) => {
    const readings = measured.state === 'measured' ? (measured.readings[i] ?? []) : [];
    return { readings, answer: answerOf(readings) };
  });
}
