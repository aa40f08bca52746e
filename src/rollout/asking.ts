import type { Decision } from './decide.ts';
import type { Topic } from './events.ts';
import { answerShown, digestOf, verdictShown } from './evidence.ts';
import { heard } from './heard.ts';
import { type Gate, openGate, type Rollout } from './state.ts';

/** A question that must be answered before anything goes on: it never expires. */
export function hold(rollout: Rollout, topic: Topic, now: number): Decision {
  return openGate(rollout, topic.kind) ? { do: 'wait' } : ask(rollout, topic, now);
}

/** Waits for people: reminds them once before the question expires, and settles it when it does. */
export function expire(rollout: Rollout, gate: Gate, now: number): Decision {
  if (now >= gate.expires) {
    return { do: 'record', fact: { type: 'settled', gate: gate.id, outcome: { kind: 'expired' } } };
  }
  const due = reminderDue(rollout, gate);
  if (due === undefined) return { do: 'wait', until: gate.expires };
  return now >= due
    ? { do: 'record', fact: { type: 'question-reminded', gate: gate.id } }
    : { do: 'wait', until: due };
}

/** When those who may answer are reminded; undefined when they were, or when it would come with the question itself. */
function reminderDue(rollout: Rollout, gate: Gate): number | undefined {
  const { remind } = rollout.terms.approval;
  if (!remind || gate.remindedAt !== undefined) return undefined;
  // Nobody can say yes to it now, and the question of the rollback stands beside it.
  if (gate.topic.kind === 'promote' && heard(rollout, rollout.verdict) === 'bad') return undefined;
  const due = gate.expires - remind;
  return due > gate.askedAt ? due : undefined;
}

export function supersede(gate: Gate, why: string): Decision {
  return { do: 'record', fact: { type: 'settled', gate: gate.id, outcome: { kind: 'superseded', why } } };
}

export function ask(rollout: Rollout, topic: Topic, now: number): Decision {
  const same = rollout.gates.findLast(
    (g) =>
      g.topic.kind === topic.kind &&
      (topic.kind !== 'promote' || (g.topic as typeof topic).step === topic.step),
  );
  const questions = new Set(rollout.gates.map((g) => g.id)).size;
  const verdict = verdictShown(rollout);
  const waits = topic.kind === 'promote' || topic.kind === 'roll-back';
  return {
    do: 'record',
    fact: {
      type: 'asked',
      gate: same?.id ?? `${rollout.id}-${questions + 1}`,
      revision: (same?.revision ?? 0) + 1,
      topic,
      digest: digestOf(topic, answerShown(rollout)),
      expires: waits ? now + rollout.terms.approval.expires : Number.MAX_SAFE_INTEGER,
      ...(verdict && { verdict }),
    },
  };
}
