import { type Act, type Actor, answer, refusal, who } from './answers.ts';
import type { Mark } from './events.ts';
import { canRollBack, isOver, itemIds, openGate, type Rollout } from './state.ts';

/** What a person may ask of a rollout. */
export type Command =
  | {
      readonly type: 'answer';
      readonly gate: string;
      readonly revision: number;
      readonly answer: string;
      readonly reason?: string;
    }
  | { readonly type: 'mark'; readonly items: readonly string[]; readonly mark: Mark }
  | { readonly type: 'roll-back'; readonly reason: string }
  | { readonly type: 'ask-again' }
  | { readonly type: 'cancel' };

/** Weighs a command against the state. Pure; what the world says about it is the engine's part. */
export function weigh(rollout: Rollout, command: Command, actor: Actor): Act {
  if (command.type === 'answer') return answer(rollout, command, actor);
  const attempt = command.type;
  if (actor.roles.length === 0) {
    return refusal(
      actor,
      attempt,
      'You are neither operator nor approver, so you cannot change this rollout.',
    );
  }
  switch (command.type) {
    case 'mark':
      return markItems(rollout, command.items, command.mark, actor);
    case 'roll-back':
      return requestRollback(rollout, command.reason, actor);
    case 'ask-again':
      return askAgain(rollout, actor);
    case 'cancel':
      return cancel(rollout, actor);
  }
}

function markItems(rollout: Rollout, items: readonly string[], mark: Mark, actor: Actor): Act {
  if (rollout.stage.at !== 'checklist') {
    return refusal(actor, 'mark', 'The checklist of this rollout is closed: the deployment has begun.');
  }
  const known = new Set(itemIds(rollout));
  const unknown = items.find((item) => !known.has(item));
  if (unknown !== undefined) return refusal(actor, 'mark', `The checklist has no item ${unknown}.`);
  if (mark.kind === 'not-applicable' && !mark.reason.trim()) {
    return refusal(actor, 'mark', 'That an item does not apply takes a written reason.');
  }
  const changed = items.filter((item) => (rollout.ticks[item]?.mark.kind ?? 'open') !== mark.kind);
  return {
    facts: changed.map((item) => ({ type: 'item-marked', item, mark, by: who(actor) })),
    say: SAID[mark.kind],
    refused: false,
  };
}

const SAID = { done: 'Ticked.', 'not-applicable': 'Noted as not applicable.', open: 'Open again.' } as const;

function requestRollback(rollout: Rollout, reason: string, actor: Actor): Act {
  const { stage } = rollout;
  if (stage.at === 'restore') return refusal(actor, 'roll-back', 'The rollback is already under way.');
  if (stage.at === 'rolled-back')
    return refusal(actor, 'roll-back', 'This rollout has already been rolled back.');
  if (!canRollBack(rollout)) {
    return refusal(
      actor,
      'roll-back',
      'No traffic has been moved, so there is nothing to roll back. /cancel ends it.',
    );
  }
  if (openGate(rollout, 'roll-back')?.topic.asker) {
    return refusal(actor, 'roll-back', 'The rollback is already asked for: answer the question above.');
  }
  return { facts: [{ type: 'rollback-requested', reason, by: who(actor) }], say: 'Asking.', refused: false };
}

function askAgain(rollout: Rollout, actor: Actor): Act {
  const last = rollout.gates.findLast((gate) => gate.topic.kind === 'promote');
  if (rollout.stage.at !== 'ask' || last?.outcome?.kind !== 'expired') {
    return refusal(actor, 'ask-again', 'There is no expired question to ask again.');
  }
  return { facts: [{ type: 'asked-again', by: who(actor) }], say: 'Asking again.', refused: false };
}

function cancel(rollout: Rollout, actor: Actor): Act {
  if (isOver(rollout.stage)) return refusal(actor, 'cancel', 'This rollout is already over.');
  const { stage } = rollout;
  const moving = stage.at === 'shift' || stage.at === 'restore';
  const halfMoved = stage.at === 'stuck' && stage.effect.kind === 'set-split';
  if (rollout.step >= 0 || moving || halfMoved) {
    return refusal(actor, 'cancel', 'Traffic has been moved, so this can only be rolled back: /rollback.');
  }
  return { facts: [{ type: 'cancelled', by: who(actor) }], say: 'Cancelled.', refused: false };
}
