import { type Act, type Actor, answer, type Circumstances, refusal, who } from './answers.ts';
import { type CareCommand, weighCare } from './care-commands.ts';
import { type ChecklistCommand, weighChecklist } from './checklist-commands.ts';
import { canRollBack, isGoingBack, isOver, openGate, type Rollout } from './state.ts';

/** What a person may ask of a rollout. */
export type Command =
  | {
      readonly type: 'answer';
      readonly gate: string;
      readonly revision: number;
      readonly answer: string;
      readonly reason?: string;
    }
  | ChecklistCommand
  | CareCommand
  | { readonly type: 'roll-back'; readonly reason: string }
  | { readonly type: 'ask-again' }
  | { readonly type: 'hold'; readonly reason: string }
  | { readonly type: 'resume' }
  | { readonly type: 'cancel' };

/** Weighs a command against the state. Pure; what the world says about it is the engine's part. */
export function weigh(rollout: Rollout, command: Command, actor: Actor, around: Circumstances): Act {
  if (command.type === 'answer') return answer(rollout, command, actor, around);
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
    case 'run-items':
    case 'note':
    case 'close-checklist':
      return weighChecklist(rollout, command, actor);
    case 'task':
    case 'criterion':
    case 'follow-up':
      return weighCare(rollout, command, actor);
    case 'hold':
      return putOnHold(rollout, command.reason, actor);
    case 'resume':
      return resume(rollout, actor);
    case 'roll-back':
      return requestRollback(rollout, command.reason, actor);
    case 'ask-again':
      return askAgain(rollout, actor);
    case 'cancel':
      return cancel(rollout, actor);
  }
}

function requestRollback(rollout: Rollout, reason: string, actor: Actor): Act {
  const { stage } = rollout;
  if (isGoingBack(stage)) return refusal(actor, 'roll-back', 'The rollback is already under way.');
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

function putOnHold(rollout: Rollout, reason: string, actor: Actor): Act {
  if (isOver(rollout.stage) || isGoingBack(rollout.stage))
    return refusal(actor, 'hold', 'Nothing is going on here that could be held.');
  if (rollout.held)
    return refusal(actor, 'hold', `${rollout.held.by.name} holds it already: ${rollout.held.reason}`);
  return {
    facts: [{ type: 'held', reason, by: who(actor) }],
    say: 'On hold: nobody is asked to promote until /resume.',
    refused: false,
  };
}

function resume(rollout: Rollout, actor: Actor): Act {
  if (!rollout.held) return refusal(actor, 'resume', 'This rollout is not on hold.');
  return { facts: [{ type: 'resumed', by: who(actor) }], say: 'It goes on.', refused: false };
}

function cancel(rollout: Rollout, actor: Actor): Act {
  if (isOver(rollout.stage)) return refusal(actor, 'cancel', 'This rollout is already over.');
  const { stage } = rollout;
  const moving = stage.at === 'shift' || isGoingBack(stage);
  const halfMoved =
    stage.at === 'stuck' && (stage.effect.kind === 'set-split' || stage.effect.kind === 'put-back');
  if (rollout.step >= 0 || moving || halfMoved) {
    return refusal(actor, 'cancel', 'Traffic has been moved, so this can only be rolled back: /rollback.');
  }
  return { facts: [{ type: 'cancelled', by: who(actor) }], say: 'Cancelled.', refused: false };
}
