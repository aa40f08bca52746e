import { type Act, type Actor, refusal, who } from './answers.ts';
import { type Care, latestDigest } from './care.ts';
import type { Fact } from './events.ts';
import type { Rollout } from './state.ts';

/** What a person may say in after-care. */
export type CareCommand =
  | {
      readonly type: 'task';
      readonly round: number;
      readonly due: number;
      readonly task: number;
      readonly answer: 'done' | 'later';
      readonly note?: string;
    }
  | { readonly type: 'criterion'; readonly criterion: number; readonly met: boolean; readonly note?: string }
  | {
      readonly type: 'follow-up';
      readonly step: number;
      readonly act: 'take' | 'done';
      readonly note?: string;
    };

/** For somebody with a role. */
export function weighCare(rollout: Rollout, command: CareCommand, actor: Actor): Act {
  const { stage, care, closed } = rollout;
  const over = refusal(actor, command.type, 'The after-care of this rollout is over.');
  if (!care || closed) return over;
  // The steps that follow a bad verdict outlive the rollback, which may be one of them.
  if (command.type === 'follow-up') return followUp(care, command, actor);
  if (stage.at !== 'done') return over;
  return command.type === 'task' ? task(care, command, actor) : criterion(care, command, actor);
}

function task(care: Care, command: Extract<CareCommand, { type: 'task' }>, actor: Actor): Act {
  const { round, due, answer, note } = command;
  const digest = latestDigest(care, round);
  if (digest?.due !== due)
    return refusal(actor, 'task', 'A later look has taken its place: answer the newer message.');
  const before = digest.tasks[command.task];
  if (!before) return refusal(actor, 'task', 'There is no such task.');
  if (before.state === 'done') return refusal(actor, 'task', `${before.by.name} has done this already.`);
  if (before.state === 'later' && answer === 'later')
    return refusal(actor, 'task', `${before.by.name} has put it off already.`);
  return said(
    { type: 'task-answered', round, due, task: command.task, answer, by: who(actor), ...(note && { note }) },
    answer === 'done' ? 'Done.' : 'I will ask again.',
  );
}

function criterion(care: Care, command: Extract<CareCommand, { type: 'criterion' }>, actor: Actor): Act {
  const { met, note } = command;
  const before = care.assessment?.criteria[command.criterion];
  if (!before) return refusal(actor, 'criterion', 'That criterion is not asked for now.');
  if (care.conclusion) return refusal(actor, 'criterion', 'The verdict on this release is given already.');
  if (before.answer !== 'open' && !before.by)
    return refusal(actor, 'criterion', 'That criterion was measured; it needs no answer.');
  if (before.by && before.answer === (met ? 'met' : 'missed') && note === undefined)
    return refusal(actor, 'criterion', `${before.by.name} has said so already.`);
  return said(
    { type: 'criterion-answered', criterion: command.criterion, met, by: who(actor), ...(note && { note }) },
    met ? 'Met.' : 'Not met.',
  );
}

function followUp(care: Care, command: Extract<CareCommand, { type: 'follow-up' }>, actor: Actor): Act {
  const { step, note } = command;
  const before = care.conclusion?.steps[step];
  if (!before) return refusal(actor, 'follow-up', 'There is no such step to follow up.');
  if (before.done) return refusal(actor, 'follow-up', `${before.done.by.name} has done this already.`);
  if (command.act === 'take') {
    if (before.owner?.id === actor.id) return refusal(actor, 'follow-up', 'It is yours already.');
    return said({ type: 'step-taken', step, by: who(actor) }, 'It is yours.');
  }
  return said({ type: 'step-done', step, by: who(actor), ...(note && { note }) }, 'Done.');
}

function said(fact: Fact, say: string): Act {
  return { facts: [fact], say, refused: false };
}
