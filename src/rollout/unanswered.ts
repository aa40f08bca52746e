import { sayDuration } from '../plan/duration.ts';
import type { Fact } from './events.ts';
import { heard } from './heard.ts';
import { openGate, type Rollout } from './state.ts';

/**
 * When the plan rolls a bad version back without an answer, in milliseconds since the epoch; undefined where it does not.
 * A person's word goes before the plan's: not while somebody holds it, and not after somebody has said no to the rollback
 * under the present split.
 */
export function planRollsBackAt(rollout: Rollout): number | undefined {
  const { terms, gates, held, movedAt = 0 } = rollout;
  const after = terms.approval.rollBackAfter;
  const gate = openGate(rollout, 'roll-back');
  if (after === undefined || !gate || gate.topic.asker || held) return undefined;
  const declined = gates.some(
    ({ topic, outcome, settledAt = 0 }) =>
      topic.kind === 'roll-back' &&
      outcome?.kind === 'answered' &&
      outcome.answer === 'no' &&
      settledAt >= movedAt,
  );
  return declined ? undefined : gate.askedAt + after;
}

/** The rollback that the plan does itself, on figures from after its time: those of before a long sleep prove nothing. */
export function rollBackUnanswered(rollout: Rollout): Fact | undefined {
  const { judgedAt = 0, terms } = rollout;
  const at = planRollsBackAt(rollout);
  const gate = openGate(rollout, 'roll-back');
  if (at === undefined || !gate || heard(rollout, rollout.verdict) !== 'bad' || judgedAt < at)
    return undefined;
  const reason = `nobody answered for ${sayDuration(terms.approval.rollBackAfter ?? 0)}`;
  return { type: 'settled', gate: gate.id, outcome: { kind: 'answered', answer: 'yes', reason } };
}
