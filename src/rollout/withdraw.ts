import type { Topic } from './events.ts';
import type { Rollout } from './state.ts';

/** Drops the effect under way. */
export function withoutEffect(rollout: Rollout): Rollout {
  const { pending: _, ...rest } = rollout;
  return rest;
}

/** Takes back every open question, or those of one kind. */
export function supersedeGates(rollout: Rollout, why: string, at: number, kind?: Topic['kind']): Rollout {
  const outcome = { kind: 'superseded', why } as const;
  const gates = rollout.gates.map((gate) =>
    gate.outcome || (kind !== undefined && gate.topic.kind !== kind)
      ? gate
      : { ...gate, outcome, settledAt: at },
  );
  return { ...rollout, gates };
}
