import { createHash } from 'node:crypto';
import type { Decision } from './decide.ts';
import type { Topic } from './events.ts';
import { type Gate, openGate, type Rollout } from './state.ts';

/** A question that must be answered before anything goes on: it never expires. */
export function hold(rollout: Rollout, topic: Topic, now: number): Decision {
  return openGate(rollout, topic.kind) ? { do: 'wait' } : ask(rollout, topic, now);
}

export function expire(gate: Gate, now: number): Decision {
  return now >= gate.expires ? settleExpired(gate) : { do: 'wait', until: gate.expires };
}

export function settleExpired(gate: Gate): Decision {
  return { do: 'record', fact: { type: 'settled', gate: gate.id, outcome: { kind: 'expired' } } };
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
  const verdict = rollout.step >= 0 ? rollout.verdict : undefined;
  const digest = createHash('sha256')
    .update(JSON.stringify([topic, verdict ?? null]))
    .digest('hex');
  const waits = topic.kind === 'promote' || topic.kind === 'roll-back';
  return {
    do: 'record',
    fact: {
      type: 'asked',
      gate: same?.id ?? `${rollout.id}-${questions + 1}`,
      revision: (same?.revision ?? 0) + 1,
      topic,
      digest,
      expires: waits ? now + rollout.terms.approval.expires : Number.MAX_SAFE_INTEGER,
      ...(verdict && { verdict }),
    },
  };
}
