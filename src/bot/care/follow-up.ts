import type { FollowUpStep } from '../../plan/terms.ts';
import type { Conclusion, FollowUp } from '../../rollout/care.ts';
import { canRollBack, openGate, type Rollout } from '../../rollout/state.ts';
import type { Button, View } from '../buttons.ts';
import { type Html, html } from '../html.ts';
import { calling, callOut, fitted, label, localTime, nameOf, type Person, saidBy, textOf } from './words.ts';

/** Steps that have buttons at a time; the others get theirs as these are done. */
const ROWS = 8;
/** Of the 4,096 characters of a message. */
const ROOM = 1_800;

/** What is to be done after a bad verdict: until when, by whom, and what came of it. */
export function followUpLines(rollout: Rollout, { steps }: Conclusion): Html {
  const lines = steps.map((step, i) => stepLine(rollout, i, step));
  return fitted(lines, ROOM, 'steps');
}

function stepLine(rollout: Rollout, index: number, step: FollowUp): Html {
  const { zone } = rollout.terms.afterCare;
  const text = `${index + 1}. ${textOf(planned(rollout, index)?.text ?? '')}`;
  if (step.done) {
    const { by, at, note } = step.done;
    return html`✅ ${text} <i>${saidBy(by, note)}, ${localTime(at, zone)}</i>`;
  }
  const owner = step.owner ? step.owner.name : 'nobody has taken it';
  const due = localTime(step.due, zone);
  return step.reminded
    ? html`⏰ ${text} <i>${owner}; was due ${due}</i>`
    : html`⬜ ${text} <i>${owner}; due ${due}</i>`;
}

export function followUpButtons(rollout: Rollout, { steps }: Conclusion): Button[][] {
  if (rollout.closed) return [];
  const rows = steps.flatMap((step, i) => (step.done ? [] : stepButtons(rollout, i, step, steps.length)));
  return rows.slice(0, ROWS);
}

function stepButtons(rollout: Rollout, index: number, step: FollowUp, of: number): Button[][] {
  const say = (words: string) => label(index + 1, of, words);
  const press = { kind: 'follow-up', rollout: rollout.id, step: index } as const;
  const row: Button[] = [
    { text: say(step.owner ? 'take over' : 'I take it'), press: { ...press, act: 'take' } },
    { text: say('done'), press: { ...press, act: 'done' }, style: 'success' },
    { text: say('note…'), press: { ...press, act: 'note' } },
  ];
  return [row, ...offered(rollout, index, say)];
}

/** What the bot can do for a step by itself. */
function offered(rollout: Rollout, index: number, say: (words: string) => string): Button[][] {
  switch (planned(rollout, index)?.offer) {
    case 'rollback':
      if (!canRollBack(rollout) || openGate(rollout, 'roll-back')) return [];
      return [
        [{ text: say('roll back…'), press: { kind: 'roll-back', rollout: rollout.id }, style: 'danger' }],
      ];
    case 'calendar': {
      const press = { kind: 'follow-up', rollout: rollout.id, step: index, act: 'calendar' } as const;
      return [[{ text: say('calendar file'), press }]];
    }
    case undefined:
      return [];
  }
}

/** A step that is overdue, below everything else. */
export function overdueView(
  rollout: Rollout,
  index: number,
  step: FollowUp,
  people: readonly Person[],
): View {
  const done = step.done !== undefined;
  const lines = [
    html`${done ? '✅' : '⏰'} <b>${done ? 'Done after all' : 'Overdue'}: follow-up of ${nameOf(rollout)}</b>`,
    stepLine(rollout, index, step),
    ...(done ? [] : [step.owner ? html`For ${calling(step.owner)}.` : callOut(people)]),
  ];
  const buttons = done || rollout.closed ? [] : stepButtons(rollout, index, step, 1);
  return { html: html`${lines}`.text, buttons };
}

function planned({ terms }: Rollout, index: number): FollowUpStep | undefined {
  return terms.contingency[index];
}
