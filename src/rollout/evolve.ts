import { MINUTE } from '../plan/duration.ts';
import type { Split } from '../plan/split.ts';
import type { AnswerWord, Event } from './events.ts';
import { type Gate, isOver, itemIds, type Rollout, type Stage } from './state.ts';

/** Folds a journal. @throws when it does not begin with `started`. */
export function fold(events: readonly Event[]): Rollout {
  let rollout: Rollout | undefined;
  for (const event of events) rollout = evolve(rollout, event);
  if (!rollout)
    throw new Error('A journal must begin with the event that started the rollout, but it is empty.');
  return rollout;
}

/** The state after one more event. Pure: time and chance come in with the event. */
export function evolve(before: Rollout | undefined, event: Event): Rollout {
  if (event.type === 'started') {
    return {
      ...event.draft,
      revision: 1,
      starter: event.by,
      startedAt: event.at,
      stage: event.draft.terms.checklist.length === 0 ? { at: 'back-up' } : { at: 'checklist' },
      ticks: {},
      checks: [],
      step: -1,
      gates: [],
      closed: false,
    };
  }
  if (!before)
    throw new Error(`A journal must begin with the event that started the rollout, not '${event.type}'.`);
  const rollout = { ...before, revision: before.revision + 1 };
  // An outcome of an effect that is no longer awaited (a rollback overtook it) changes nothing but the record.
  const late =
    'effect' in event && typeof event.effect === 'string' && rollout.pending?.effect.id !== event.effect;
  return late ? rollout : apply(rollout, event);
}

function apply(rollout: Rollout, event: Exclude<Event, { type: 'started' }>): Rollout {
  switch (event.type) {
    case 'item-marked':
      return markItem(rollout, event);
    case 'effect-intended':
      return { ...rollout, pending: { effect: event.effect, since: event.at } };
    case 'operation-started':
      return rollout.pending
        ? { ...rollout, pending: { ...rollout.pending, operation: event.operation } }
        : rollout;
    case 'backed-up':
      return enter(
        {
          ...settleEffect(rollout),
          original: event.split,
          base: event.split,
          live: event.split,
          backup: event.backup,
        },
        { at: 'deploy' },
        event.at,
      );
    case 'deployed':
      return enter({ ...settleEffect(rollout), versionUrl: event.versionUrl }, { at: 'verify' }, event.at);
    case 'verified':
      return verified({ ...settleEffect(rollout), checks: event.checks }, event.at);
    case 'split-set':
      return moved(settleEffect(rollout), event.split, event.at);
    case 'drifted':
      return enter(settleEffect(rollout), { at: 'drift', live: event.live, resume: rollout.stage }, event.at);
    case 'seen':
      return { ...rollout, live: event.live };
    case 'effect-failed': {
      const effect = rollout.pending?.effect;
      if (!effect) return rollout;
      const stage: Stage = { at: 'stuck', effect, problem: event.problem, resume: rollout.stage };
      return enter(settleEffect(rollout), stage, event.at);
    }
    case 'asked': {
      const { gate: id, revision, topic, verdict, digest, expires } = event;
      const gate: Gate = {
        id,
        revision,
        topic,
        digest,
        expires,
        askedAt: event.at,
        votes: [],
        ...(verdict && { verdict }),
      };
      const { rollbackWish, ...rest } = rollout;
      return { ...(topic.kind === 'roll-back' ? rest : rollout), gates: [...rollout.gates, gate] };
    }
    case 'voted':
      return changeGate(rollout, event.gate, (gate) => ({
        ...gate,
        votes: [
          ...gate.votes.filter((vote) => vote.by.id !== event.by.id),
          { by: event.by, answer: event.answer, at: event.at },
        ],
      }));
    case 'settled':
      return settleGate(rollout, event);
    case 'judged':
      return { ...rollout, verdict: event.verdict, judgedAt: event.at };
    case 'window-ended':
      return enter(rollout, { at: 'ask', since: event.at }, event.at);
    case 'asked-again':
      return rollout.stage.at === 'ask' ? enter(rollout, { at: 'ask', since: event.at }, event.at) : rollout;
    case 'rollback-requested':
      return { ...rollout, rollbackWish: { by: event.by, reason: event.reason } };
    case 'cancelled':
      return enter(withdraw(rollout, 'the rollout was cancelled', event.at), { at: 'cancelled' }, event.at);
    case 'closed':
      return { ...rollout, closed: true };
    case 'refused':
      return rollout;
  }
}

function enter(rollout: Rollout, stage: Stage, at: number): Rollout {
  return { ...rollout, stage, ...(isOver(stage) && { endedAt: at }) };
}

function settleEffect(rollout: Rollout): Rollout {
  const { pending: _, ...rest } = rollout;
  return rest;
}

function markItem(rollout: Rollout, event: Extract<Event, { type: 'item-marked' }>): Rollout {
  const { [event.item]: _, ...others } = rollout.ticks;
  const { by, at, mark } = event;
  const ticks = mark.kind === 'open' ? others : { ...others, [event.item]: { by, at, mark } };
  const complete = itemIds(rollout).every((id) => ticks[id]);
  const stage: Stage = rollout.stage.at === 'checklist' && complete ? { at: 'back-up' } : rollout.stage;
  return { ...rollout, ticks, stage };
}

function verified(rollout: Rollout, at: number): Rollout {
  const failed = rollout.checks.filter((check) => !check.ok);
  if (failed.length === 0) return enter(rollout, { at: 'ask', since: at }, at);
  const problem = failed.map((check) => `${check.name}: ${check.detail}`).join('\n');
  const effect = { kind: 'verify', id: `verify.${rollout.revision}` } as const;
  return enter(rollout, { at: 'stuck', effect, problem, resume: { at: 'verify' } }, at);
}

function moved(rollout: Rollout, split: Split, at: number): Rollout {
  const { verdict: _, judgedAt: __, ...rest } = rollout;
  const now = { ...rest, live: split, movedAt: at };
  const { stage } = rollout;
  if (stage.at === 'restore') return enter(now, { at: 'rolled-back', reason: stage.reason }, at);
  if (stage.at !== 'shift') return now;

  const open = { ...now, step: stage.step };
  const watch = rollout.terms.steps[stage.step]?.watch ?? 0;
  const last = stage.step === rollout.terms.steps.length - 1;
  if (watch === 0) return enter(open, last ? { at: 'done' } : { at: 'ask', since: at }, at);
  const from = Math.ceil(at / MINUTE) * MINUTE;
  return enter(open, { at: 'watch', from, to: from + watch }, at);
}

function changeGate(rollout: Rollout, id: string, change: (gate: Gate) => Gate): Rollout {
  const at = rollout.gates.findLastIndex((gate) => gate.id === id);
  const gate = rollout.gates[at];
  return gate ? { ...rollout, gates: rollout.gates.with(at, change(gate)) } : rollout;
}

function settleGate(rollout: Rollout, event: Extract<Event, { type: 'settled' }>): Rollout {
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
      return enter(
        withdraw(rollout, 'the rollback was approved', at),
        { at: 'restore', reason: topic.reason },
        at,
      );
    case 'stuck':
      if (stage.at !== 'stuck') return rollout;
      return enter(rollout, answer === 'retry' ? stage.resume : { at: 'cancelled' }, at);
    case 'drift':
      if (stage.at !== 'drift') return rollout;
      return drifted(rollout, stage, answer, at);
  }
}

/** Drops the effect under way and every open question. */
function withdraw(rollout: Rollout, why: string, at: number): Rollout {
  const outcome = { kind: 'superseded', why } as const;
  const gates = rollout.gates.map((gate) => (gate.outcome ? gate : { ...gate, outcome, settledAt: at }));
  return { ...settleEffect(rollout), gates };
}

function drifted(
  rollout: Rollout,
  stage: Extract<Stage, { at: 'drift' }>,
  answer: AnswerWord,
  at: number,
): Rollout {
  const known = { ...rollout, live: stage.live };
  const { resume } = stage;
  if (answer === 'adopt') {
    // What was judged so far was judged under another split: the figures begin anew, and the step is asked for again.
    const { verdict: _, judgedAt: __, ...unjudged } = known;
    return enter({ ...unjudged, base: stage.live, movedAt: at }, { at: 'ask', since: at }, at);
  }
  if (answer !== 'restore') return enter(known, { at: 'cancelled' }, at);
  if (resume.at === 'restore') return enter(known, resume, at);
  return enter(known, { at: 'shift', step: rollout.step }, at);
}
