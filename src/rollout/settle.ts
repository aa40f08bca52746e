import { settleDrift } from './drift.ts';
import type { AnswerWord, Event } from './events.ts';
import { enter, type Gate, type Rollout, type Stage } from './state.ts';
import { supersedeGates, withoutEffect } from './withdraw.ts';

/** The state after a question has been answered, has expired or was withdrawn. */
export function settleGate(rollout: Rollout, event: Extract<Event, { type: 'settled' }>): Rollout {
  const settled = changeGate(rollout, event.gate, (gate) => ({
    ...gate,
    outcome: event.outcome,
    settledAt: event.at,
    ...(event.by && { settledBy: event.by }),
  }));
  const gate = settled.gates.findLast((g) => g.id === event.gate);
  if (!gate || event.outcome.kind !== 'answered') return settled;
  return answered(settled, gate, event.outcome.answer, event.at);
}

export function changeGate(rollout: Rollout, id: string, change: (gate: Gate) => Gate): Rollout {
  const at = rollout.gates.findLastIndex((gate) => gate.id === id);
  const gate = rollout.gates[at];
  return gate ? { ...rollout, gates: rollout.gates.with(at, change(gate)) } : rollout;
}

function answered(rollout: Rollout, gate: Gate, answer: AnswerWord, at: number): Rollout {
  const { topic } = gate;
  const { stage } = rollout;
  switch (topic.kind) {
    case 'promote':
      if (answer === 'hold')
        return enter(rollout, { at: 'ask', since: at + rollout.terms.approval.hold }, at);
      return enter(rollout, { at: 'shift', step: topic.step }, at);
    case 'roll-back':
      // Overtakes whatever is under way: the effect's late outcome no longer counts.
      if (answer !== 'yes') return rollout;
      return goBack(rollout, topic.reason, at);
    case 'cron':
      if (stage.at !== 'ask-cron') return rollout;
      return enter(rollout, { at: answer === 'yes' ? 'deploy-cron' : 'verify' }, at);
    case 'stuck':
      return stage.at === 'stuck' ? unstuck(rollout, stage, answer, at) : rollout;
    case 'drift':
      return settleDrift(rollout, topic, answer, at);
  }
}

function goBack(rollout: Rollout, reason: string, at: number): Rollout {
  const { strayed: _, ...rest } = withoutEffect(rollout);
  return enter(supersedeGates(rest, 'the rollback was approved', at), { at: 'restore', reason }, at);
}

function unstuck(
  rollout: Rollout,
  stage: Extract<Stage, { at: 'stuck' }>,
  answer: AnswerWord,
  at: number,
): Rollout {
  if (answer === 'retry') return enter(rollout, stage.resume, at);
  if (answer === 'overrule') {
    const next: Stage = stage.effect.kind === 'validate' ? { at: 'back-up' } : { at: 'ask', since: at };
    return enter(rollout, next, at);
  }
  // The traffic is where it was; what could not be put back stays as it is.
  if (stage.resume.at === 'put-back')
    return enter(rollout, { at: 'rolled-back', reason: stage.resume.reason }, at);
  // Cron jobs that cannot be changed need not end the release.
  if (stage.resume.at === 'compare-cron' || stage.resume.at === 'deploy-cron')
    return enter(rollout, { at: 'verify' }, at);
  return enter(rollout, { at: 'cancelled' }, at);
}
