import { type Act, type Actor, refusal, who } from './answers.ts';
import { items, openItems, openRequired } from './checklist.ts';
import type { Mark, Note } from './events.ts';
import type { Rollout } from './state.ts';

/** What a person may say of the checklist. */
export type ChecklistCommand =
  | { readonly type: 'mark'; readonly items: readonly string[]; readonly mark: Mark }
  | { readonly type: 'run-items'; readonly items: readonly string[] }
  | { readonly type: 'note'; readonly item: string; readonly note: Note }
  /** Goes on although items are open. A reason is needed where required ones are among them. */
  | { readonly type: 'close-checklist'; readonly reason?: string };

/** For somebody with a role. */
export function weighChecklist(rollout: Rollout, command: ChecklistCommand, actor: Actor): Act {
  if (rollout.stage.at !== 'checklist') {
    return refusal(actor, command.type, 'The checklist of this rollout is closed: the deployment has begun.');
  }
  const all = items(rollout);
  const named = 'items' in command ? command.items : command.type === 'note' ? [command.item] : [];
  const unknown = named.find((item) => !all.has(item));
  if (unknown !== undefined) return refusal(actor, command.type, `The checklist has no item ${unknown}.`);
  switch (command.type) {
    case 'mark':
      return mark(rollout, command.items, command.mark, actor);
    case 'run-items':
      return run(rollout, command.items, actor);
    case 'note':
      return {
        facts: [{ type: 'noted', item: command.item, note: command.note, by: who(actor) }],
        say: 'Noted.',
        refused: false,
      };
    case 'close-checklist':
      return close(rollout, command.reason?.trim(), actor);
  }
}

function mark(rollout: Rollout, ids: readonly string[], to: Mark, actor: Actor): Act {
  if (to.kind === 'not-applicable' && !to.reason.trim()) {
    return refusal(actor, 'mark', 'That an item does not apply takes a written reason.');
  }
  const changed = ids.filter((id) => (rollout.checklist.ticks[id]?.mark.kind ?? 'open') !== to.kind);
  return {
    facts: changed.map((item) => ({ type: 'item-marked', item, mark: to, by: who(actor) })),
    say: SAID[to.kind],
    refused: false,
  };
}

const SAID = { done: 'Ticked.', 'not-applicable': 'Noted as not applicable.', open: 'Open again.' } as const;

function run(rollout: Rollout, ids: readonly string[], actor: Actor): Act {
  const all = items(rollout);
  const mute = ids.find((id) => all.get(id)?.run === undefined);
  if (mute !== undefined) return refusal(actor, 'run-items', `Item ${mute} has no command to run.`);
  const idle = ids.filter((id) => rollout.checklist.runs[id]?.state !== 'wanted');
  if (idle.length === 0) return refusal(actor, 'run-items', 'That is running already.');
  return {
    facts: idle.map((item) => ({ type: 'run-wanted', item, by: who(actor) })),
    say: 'Running.',
    refused: false,
  };
}

function close(rollout: Rollout, reason: string | undefined, actor: Actor): Act {
  const required = openRequired(rollout);
  const open = openItems(rollout);
  if (required.length > 0) {
    const which = `Required items are open (${required.join(', ')}).`;
    if (!actor.roles.includes('approver'))
      return refusal(actor, 'close-checklist', `${which} Going on without them takes the role approver.`);
    if (rollout.terms.approval.twoPerson && actor.id === rollout.starter.id)
      return refusal(
        actor,
        'close-checklist',
        `${which} You started this rollout, so another approver must decide that.`,
      );
    if (!reason)
      return refusal(actor, 'close-checklist', `${which} Going on without them takes a written reason.`);
  }
  return {
    facts: [{ type: 'checklist-closed', open, by: who(actor), ...(reason && { reason }) }],
    say: 'Going on.',
    refused: false,
  };
}
