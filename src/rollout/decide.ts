import { createHash } from 'node:crypto';
import { MINUTE } from '../plan/duration.ts';
import { openGate as openSplit, type Split } from '../plan/split.ts';
import type { Verdict } from '../plan/verdict.ts';
import type { Effect, Fact, Topic } from './events.ts';
import { canRollBack, type Gate, openGate, type Rollout } from './state.ts';

/** What is to be done next. */
export type Decision =
  /** Record this; it follows from the state and the time alone. */
  | { readonly do: 'record'; readonly fact: Fact }
  /** Carry this out; its intent is recorded first unless it already is. */
  | { readonly do: 'run'; readonly effect: Effect; readonly intended: boolean }
  /** People or time must come first; `until` when a time is what is waited for. */
  | { readonly do: 'wait'; readonly until?: number }
  | { readonly do: 'nothing' };

/** The next act of a rollout, from its state and the time alone (milliseconds since the epoch). */
export function decide(rollout: Rollout, now: number): Decision {
  const question = decideRollback(rollout, now);
  if (question) return question;
  if (rollout.pending) return { do: 'run', effect: rollout.pending.effect, intended: true };

  const { stage } = rollout;
  switch (stage.at) {
    case 'checklist':
      return { do: 'wait' };
    case 'back-up':
    case 'deploy':
    case 'verify':
      return run({ kind: stage.at, id: `${stage.at}.${rollout.revision}` });
    case 'shift':
      return run(moveTo(rollout, targetSplit(rollout, stage.step)));
    case 'restore':
      return rollout.original ? run(moveTo(rollout, rollout.original)) : { do: 'nothing' };
    case 'watch':
      return decideWindow(rollout, stage.to, now);
    case 'ask':
      return now < stage.since ? { do: 'wait', until: stage.since } : decidePromotion(rollout, now);
    case 'stuck':
      return hold(rollout, { kind: 'stuck', effect: stage.effect.kind, problem: stage.problem }, now);
    case 'drift':
      return rollout.live
        ? hold(rollout, { kind: 'drift', expected: rollout.live, live: stage.live }, now)
        : { do: 'nothing' };
    case 'done':
    case 'rolled-back':
    case 'cancelled':
      return { do: 'nothing' };
  }
}

/** The split of a step: the new version's share, the old ones keeping their proportions. Step -1 is the base itself. */
export function targetSplit(rollout: Rollout, step: number): Split {
  const base = rollout.base;
  if (!base) throw new Error('The traffic split is not known before the backup.');
  const share = rollout.terms.steps[step]?.traffic;
  return share === undefined ? base : openSplit(base, rollout.version, share, rollout.terms.shardBy);
}

/**
 * Minutes to be judged now, as [from, to) in milliseconds; undefined while nothing is due.
 * @param lookedAt when the figures were last asked for, if that is not on record.
 */
export function observationDue(
  rollout: Rollout,
  now: number,
  lookedAt = 0,
): { from: number; to: number } | undefined {
  const { stage, movedAt, judgedAt = 0, live, terms } = rollout;
  const watching = stage.at === 'watch' || (stage.at === 'ask' && rollout.step >= 0);
  if (!watching || movedAt === undefined || !live?.shares[rollout.version]) return undefined;
  const from = Math.ceil(movedAt / MINUTE) * MINUTE;
  const earliest = Math.max(from + MINUTE + terms.lag, judgedAt + LEAST_GAP, lookedAt + LEAST_GAP);
  if (now < nextSlot(rollout.id, earliest)) return undefined;
  return { from, to: Math.floor((now - terms.lag) / MINUTE) * MINUTE };
}

/**
 * A verdict goes on record at every look while a window runs. While people think, minutes that change nothing would
 * only fill the journal, so one in a while is enough.
 */
export function isNews(rollout: Rollout, verdict: Verdict, now: number): boolean {
  if (rollout.stage.at === 'watch') return true;
  return verdict.answer !== rollout.verdict?.answer || now >= (rollout.judgedAt ?? 0) + REPEAT;
}

/** Between two looks at the figures, in milliseconds: a slot that came late does not pull the next one near. */
const LEAST_GAP = 50_000;
/** An unchanged verdict is recorded again after this long, in milliseconds. */
const REPEAT = 10 * MINUTE;

/** Each rollout has its own second of the minute, so that many are not asked for at once, not even after downtime. */
function nextSlot(id: string, earliest: number): number {
  const fraction = Number.parseInt(createHash('sha256').update(id).digest('hex').slice(0, 8), 16) / 2 ** 32;
  const offset = fraction * MINUTE;
  return Math.ceil((earliest - offset) / MINUTE) * MINUTE + offset;
}

function run(effect: Effect): Decision {
  return { do: 'run', effect, intended: false };
}

function moveTo(rollout: Rollout, to: Split): Effect {
  // After a rollback overtook a move, the traffic may stand on either side of it.
  const asked = rollout.gates.flatMap((gate) =>
    gate.topic.kind === 'roll-back' && gate.outcome?.kind === 'answered' ? [gate.topic.from] : [],
  );
  const last = rollout.stage.at === 'restore' ? [targetSplit(rollout, rollout.step + 1), ...asked] : [];
  const accept = [...(rollout.live ? [rollout.live] : []), ...last];
  return { kind: 'set-split', id: `set-split.${rollout.revision}`, accept, to };
}

function decideWindow(rollout: Rollout, to: number, now: number): Decision {
  const complete = to + rollout.terms.lag;
  if (now >= complete && (rollout.judgedAt ?? 0) >= complete) {
    const last = rollout.step === rollout.terms.steps.length - 1;
    return last && rollout.verdict?.answer !== 'good'
      ? { do: 'wait' }
      : { do: 'record', fact: { type: 'window-ended' } };
  }
  return { do: 'wait', until: complete };
}

/** Asks for the next step, unless the figures speak against it. */
function decidePromotion(rollout: Rollout, now: number): Decision {
  const { live, verdict } = rollout;
  const gate = openGate(rollout, 'promote');
  if (gate) {
    const turned = rollout.step >= 0 && verdict?.answer === 'good' && gate.verdict?.answer !== 'good';
    return turned ? supersede(gate, 'the figures are good now') : expire(gate, now);
  }
  const step = rollout.step + 1;
  if (!live || step >= rollout.terms.steps.length || verdict?.answer === 'bad') return { do: 'wait' };
  const since = rollout.stage.at === 'ask' ? rollout.stage.since : 0;
  const last = rollout.gates.findLast((g) => g.topic.kind === 'promote' && g.topic.step === step);
  if (last?.outcome?.kind === 'expired' && (last.settledAt ?? 0) >= since) return { do: 'wait' };
  return ask(rollout, { kind: 'promote', step, from: live, to: targetSplit(rollout, step) }, now);
}

/** A rollback is offered as soon as a person wishes it or the judge finds the new version bad, whatever else is going on. */
function decideRollback(rollout: Rollout, now: number): Decision | undefined {
  const { live, original, verdict, rollbackWish, stage } = rollout;
  if (!live || !original || !canRollBack(rollout)) return;
  const gate = openGate(rollout, 'roll-back');
  if (gate) {
    if (!gate.topic.asker && verdict?.answer === 'good') return supersede(gate, 'the figures are good again');
    if (!gate.topic.asker && rollbackWish)
      return supersede(gate, `${rollbackWish.by.name} asked for the rollback`);
    return now >= gate.expires ? settleExpired(gate) : undefined;
  }
  const topic = { kind: 'roll-back', from: live, to: original } as const;
  if (rollbackWish)
    return ask(rollout, { ...topic, reason: rollbackWish.reason, asker: rollbackWish.by }, now);

  const exposed = rollout.step >= 0 && (stage.at === 'watch' || stage.at === 'ask');
  if (!exposed || verdict?.answer !== 'bad') return;
  const last = rollout.gates.findLast((g) => g.topic.kind === 'roll-back');
  const declined = last?.settledAt !== undefined && last.outcome?.kind !== 'superseded';
  // Whoever said "not yet" is asked again after a while if it is still bad.
  if (declined && now < (last.settledAt ?? 0) + rollout.terms.approval.hold) return;
  return ask(rollout, { ...topic, reason: verdict.reasons[0] ?? 'The verdict is bad.' }, now);
}

/** A question that must be answered before anything goes on: it never expires. */
function hold(rollout: Rollout, topic: Topic, now: number): Decision {
  return openGate(rollout, topic.kind) ? { do: 'wait' } : ask(rollout, topic, now);
}

function expire(gate: Gate, now: number): Decision {
  return now >= gate.expires ? settleExpired(gate) : { do: 'wait', until: gate.expires };
}

function settleExpired(gate: Gate): Decision {
  return { do: 'record', fact: { type: 'settled', gate: gate.id, outcome: { kind: 'expired' } } };
}

function supersede(gate: Gate, why: string): Decision {
  return { do: 'record', fact: { type: 'settled', gate: gate.id, outcome: { kind: 'superseded', why } } };
}

function ask(rollout: Rollout, topic: Topic, now: number): Decision {
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
