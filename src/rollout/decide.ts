import type { Split } from '../plan/split.ts';
import { ask, expire, hold, supersede } from './asking.ts';
import { wantedRun } from './checklist.ts';
import { decideCare, decideFollowUp } from './decide-care.ts';
import type { Announcement, Effect, Fact } from './events.ts';
import type { Bar } from './guard.ts';
import { heard } from './heard.ts';
import { canRollBack, openGate, type Rollout, type Strayed } from './state.ts';
import { targetSplit } from './target.ts';
import { rollBackUnanswered } from './unanswered.ts';

/** What is to be done next. */
export type Decision =
  /** Record this; it follows from the state and the time alone. */
  | { readonly do: 'record'; readonly fact: Fact }
  /** Carry this out; its intent is recorded first unless it already is. */
  | { readonly do: 'run'; readonly effect: Effect; readonly intended: boolean }
  /** People or time must come first; `until` when a time is what is waited for. */
  | { readonly do: 'wait'; readonly until?: number }
  | { readonly do: 'nothing' };

/**
 * The next act of a rollout, from its state and the time alone (milliseconds since the epoch).
 * @param bar what keeps the service's releases back now. It keeps no rollback back.
 */
export function decide(rollout: Rollout, now: number, bar?: Bar): Decision {
  if (rollout.closed) return { do: 'nothing' };
  const question = decideRollback(rollout, now);
  if (question) return question;
  if (rollout.pending) return { do: 'run', effect: rollout.pending.effect, intended: true };

  const { stage } = rollout;
  switch (stage.at) {
    case 'checklist': {
      const item = wantedRun(rollout);
      return item === undefined
        ? { do: 'wait' }
        : run({ kind: 'run-item', id: `run-item.${rollout.revision}`, item });
    }
    case 'validate':
    case 'back-up':
    case 'deploy':
    case 'compare-cron':
    case 'deploy-cron':
    case 'verify':
    case 'put-back':
      return run({ kind: stage.at, id: `${stage.at}.${rollout.revision}` });
    case 'ask-cron':
      return hold(rollout, { kind: 'cron', change: stage.change }, now);
    case 'shift':
      return run(moveTo(rollout, stage.to ?? targetSplit(rollout, stage.step)));
    case 'restore':
      return rollout.original ? run(moveTo(rollout, rollout.original)) : { do: 'nothing' };
    case 'watch':
      return decideWindow(rollout, stage.to, now);
    case 'ask':
      return now < stage.since ? { do: 'wait', until: stage.since } : decidePromotion(rollout, now, bar);
    case 'stuck':
      return hold(rollout, { kind: 'stuck', effect: stage.effect.kind, problem: stage.problem }, now);
    case 'drift':
      return askDrift(rollout, stage, now);
    case 'done':
      if (rollout.strayed) return askDrift(rollout, rollout.strayed, now);
      return announce(rollout, 'deployed') ?? decideCare(rollout, now) ?? { do: 'wait' };
    case 'rolled-back':
      return announce(rollout, 'rolled-back') ?? decideFollowUp(rollout, now) ?? { do: 'nothing' };
    case 'cancelled':
      return { do: 'nothing' };
  }
}

function askDrift(rollout: Rollout, { live, versions }: Strayed, now: number): Decision {
  const expected = rollout.live;
  if (!expected) return { do: 'nothing' };
  return hold(rollout, { kind: 'drift', expected, live, ...(versions && { versions }) }, now);
}

/** The team's own announcement, once. */
function announce(rollout: Rollout, what: Announcement): Decision | undefined {
  const { deployed, rolledBack } = rollout.terms.announce;
  const commands = what === 'deployed' ? deployed : rolledBack;
  if (commands.length === 0 || rollout.announced[what]) return undefined;
  return run({ kind: 'announce', id: `announce.${rollout.revision}`, what });
}

function run(effect: Effect): Decision {
  return { do: 'run', effect, intended: false };
}

function moveTo(rollout: Rollout, to: Split): Effect {
  // After a rollback overtook a move, the traffic may stand on either side of it.
  const asked = rollout.gates.flatMap((gate) =>
    gate.topic.kind === 'roll-back' && gate.outcome?.kind === 'answered' ? [gate.topic.from] : [],
  );
  const back = rollout.stage.at === 'restore';
  const last = back ? [targetSplit(rollout, rollout.step + 1), ...asked] : [];
  const accept = [...(rollout.live ? [rollout.live] : []), ...last];
  const anew = back && rollout.unsettled ? { anew: true as const } : {};
  return { kind: 'set-split', id: `set-split.${rollout.revision}`, accept, to, ...anew };
}

function decideWindow(rollout: Rollout, to: number, now: number): Decision {
  const complete = to + rollout.terms.watching.lag;
  if (now >= complete && (rollout.judgedAt ?? 0) >= complete) {
    const last = rollout.step === rollout.terms.steps.length - 1;
    return last && heard(rollout, rollout.verdict) !== 'good'
      ? { do: 'wait' }
      : { do: 'record', fact: { type: 'window-ended' } };
  }
  return { do: 'wait', until: complete };
}

/** Asks for the next step, unless the figures speak against it. */
function decidePromotion(rollout: Rollout, now: number, bar?: Bar): Decision {
  const { live } = rollout;
  const answer = heard(rollout, rollout.verdict);
  const gate = openGate(rollout, 'promote');
  const kept = whyKept(rollout, bar);
  if (kept !== undefined) return gate ? supersede(gate, kept) : { do: 'wait' };
  if (gate) {
    const turned = rollout.step >= 0 && answer === 'good' && heard(rollout, gate.verdict) !== 'good';
    return turned ? supersede(gate, 'the figures are good now') : expire(rollout, gate, now);
  }
  const step = rollout.step + 1;
  if (!live || step >= rollout.terms.steps.length || answer === 'bad') return { do: 'wait' };
  const since = rollout.stage.at === 'ask' ? rollout.stage.since : 0;
  const last = rollout.gates.findLast((g) => g.topic.kind === 'promote' && g.topic.step === step);
  if (last?.outcome?.kind === 'expired' && (last.settledAt ?? 0) >= since) return { do: 'wait' };
  return ask(rollout, { kind: 'promote', step, from: live, to: targetSplit(rollout, step) }, now);
}

/** Why nobody is asked to promote now; undefined when somebody may be. */
function whyKept({ held }: Rollout, bar?: Bar): string | undefined {
  if (held) return `${held.by.name} put the rollout on hold`;
  return bar && (bar.kind === 'freeze' ? `a freeze began: ${bar.why}` : `the service was locked: ${bar.why}`);
}

/** A rollback is offered as soon as a person wishes it or the judge finds the new version bad, whatever else is going on. */
function decideRollback(rollout: Rollout, now: number): Decision | undefined {
  const { live, original, verdict, rollbackWish, stage } = rollout;
  const answer = heard(rollout, verdict);
  if (!live || !original || !canRollBack(rollout)) return;
  const gate = openGate(rollout, 'roll-back');
  if (gate) {
    if (!gate.topic.asker && answer === 'good') return supersede(gate, 'the figures are good again');
    if (!gate.topic.asker && rollbackWish)
      return supersede(gate, `${rollbackWish.by.name} asked for the rollback`);
    const unanswered = rollBackUnanswered(rollout);
    if (unanswered) return { do: 'record', fact: unanswered };
    const next = expire(rollout, gate, now);
    // What else goes on does not wait for this answer.
    return next.do === 'record' ? next : undefined;
  }
  const topic = { kind: 'roll-back', from: live, to: original } as const;
  if (rollbackWish)
    return ask(rollout, { ...topic, reason: rollbackWish.reason, asker: rollbackWish.by }, now);

  const exposed = rollout.step >= 0 && (stage.at === 'watch' || stage.at === 'ask');
  if (!exposed || answer !== 'bad' || !verdict) return;
  const last = rollout.gates.findLast((g) => g.topic.kind === 'roll-back');
  const declined = last?.settledAt !== undefined && last.outcome?.kind !== 'superseded';
  // Whoever said "not yet" is asked again after a while if it is still bad.
  if (declined && now < (last.settledAt ?? 0) + rollout.terms.approval.hold) return;
  return ask(rollout, { ...topic, reason: verdict.reasons[0] ?? 'The verdict is bad.' }, now);
}
