import { MINUTE } from '../plan/duration.ts';
import type { Split } from '../plan/split.ts';
import { beginCare, evolveCare, lookFailed } from './care.ts';
import { EMPTY_CHECKLIST, evolveChecklist } from './checklist.ts';
import { drifted, righted } from './drift.ts';
import type { Check, Event } from './events.ts';
import { changeGate, settleGate } from './settle.ts';
import { enter, type Gate, type Rollout, type Stage } from './state.ts';
import { supersedeGates, withoutEffect } from './withdraw.ts';

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
      stage: event.draft.terms.checklist.length === 0 ? { at: 'validate' } : { at: 'checklist' },
      checklist: EMPTY_CHECKLIST,
      validation: [],
      changes: [],
      checks: [],
      step: -1,
      gates: [],
      announced: {},
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
    case 'run-wanted':
    case 'noted':
    case 'checklist-closed':
      return evolveChecklist(rollout, event);
    case 'item-ran':
      return evolveChecklist(withoutEffect(rollout), event);
    case 'effect-intended': {
      const pending = { effect: event.effect, since: event.at };
      return {
        ...rollout,
        pending,
        // From here on a rollback has cron jobs to look after.
        ...(event.effect.kind === 'deploy-cron' && { cron: {} }),
        ...(event.effect.kind === 'deploy' && { madeSince: rollout.madeSince ?? event.at }),
        ...(event.effect.kind === 'set-split' && { unsettled: true }),
      };
    }
    case 'operation-started':
      return rollout.pending
        ? { ...rollout, pending: { ...rollout.pending, operation: event.operation } }
        : rollout;
    case 'validated': {
      const { checks, commit, at } = event;
      const known = { ...withoutEffect(rollout), validation: checks, ...(commit && { commit }) };
      return passed(known, checks, { at: 'validate' }, { at: 'back-up' }, at);
    }
    case 'backed-up':
      return enter(
        {
          ...withoutEffect(rollout),
          original: event.split,
          base: event.split,
          live: event.split,
          backup: event.backup,
        },
        { at: 'deploy' },
        event.at,
      );
    case 'deployed': {
      const { versionUrl, changes, at } = event;
      const next = rollout.source.kind === 'version' ? 'verify' : 'compare-cron';
      return enter({ ...withoutEffect(rollout), versionUrl, changes }, { at: next }, at);
    }
    case 'cron-compared': {
      const { change, at } = event;
      const same = change.create.length === 0 && change.remove.length === 0 && !change.routes;
      return enter(withoutEffect(rollout), same ? { at: 'verify' } : { at: 'ask-cron', change }, at);
    }
    case 'cron-deployed':
      return enter({ ...withoutEffect(rollout), cron: { change: event.change } }, { at: 'verify' }, event.at);
    case 'verified': {
      const { checks, at } = event;
      return passed(
        { ...withoutEffect(rollout), checks },
        checks,
        { at: 'verify' },
        { at: 'ask', since: at },
        at,
      );
    }
    case 'split-set':
      return moved(withoutEffect(rollout), event.split, event.at);
    case 'put-back': {
      const { checks, at } = event;
      const { stage } = rollout;
      const back = { ...withoutEffect(rollout), putBack: checks };
      if (stage.at !== 'put-back') return back;
      return passed(back, checks, stage, { at: 'rolled-back', reason: stage.reason }, at);
    }
    case 'marked':
      return { ...rollout, marks: { ...rollout.marks, ...event.versions } };
    case 'drifted':
      return drifted(rollout, event);
    case 'righted':
      return righted(rollout, event.at);
    case 'shared-seen': {
      const { shared, change, at } = event;
      const drifts = rollout.sharedDrifts ?? [];
      return { ...rollout, sharedSeen: shared, ...(change && { sharedDrifts: [...drifts, { at, change }] }) };
    }
    case 'seen': {
      const { strayed: _, ...rest } = rollout;
      return { ...rest, live: event.live };
    }
    case 'effect-failed': {
      const effect = rollout.pending?.effect;
      if (!effect) return rollout;
      const { care, terms } = rollout;
      if (care && (effect.kind === 'look-after' || effect.kind === 'assess'))
        return { ...withoutEffect(rollout), care: lookFailed(care, terms, effect, event.problem, event.at) };
      const stage: Stage = { at: 'stuck', effect, problem: event.problem, resume: rollout.stage };
      return enter(withoutEffect(rollout), stage, event.at);
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
    case 'vote-withdrawn':
      return changeGate(rollout, event.gate, (gate) => ({
        ...gate,
        votes: gate.votes.filter((vote) => vote.by.id !== event.by.id),
      }));
    case 'question-reminded':
      return changeGate(rollout, event.gate, (gate) => ({ ...gate, remindedAt: event.at }));
    case 'settled':
      return settleGate(rollout, event);
    case 'judged':
      return { ...rollout, verdict: event.verdict, judgedAt: event.at };
    case 'window-ended':
      return lastStepIsOut(rollout)
        ? finish(rollout, event.at)
        : enter(rollout, { at: 'ask', since: event.at }, event.at);
    case 'asked-again':
      return rollout.stage.at === 'ask' ? enter(rollout, { at: 'ask', since: event.at }, event.at) : rollout;
    case 'held':
      return { ...rollout, held: { by: event.by, reason: event.reason } };
    case 'resumed': {
      const { held: _, ...rest } = rollout;
      return rest;
    }
    case 'rollback-requested':
      return { ...rollout, rollbackWish: { by: event.by, reason: event.reason } };
    case 'cancelled':
      return enter(
        supersedeGates(withoutEffect(rollout), 'the rollout was cancelled', event.at),
        { at: 'cancelled' },
        event.at,
      );
    case 'announced': {
      const announced = { ...rollout.announced, [event.what]: event.checks };
      return { ...withoutEffect(rollout), announced };
    }
    case 'looked-after':
    case 'assessed':
      return withCare(withoutEffect(rollout), event);
    case 'task-answered':
    case 'criterion-answered':
    case 'concluded':
    case 'step-taken':
    case 'step-done':
    case 'reminded':
      return withCare(rollout, event);
    case 'closed':
      return { ...withoutEffect(rollout), closed: true };
    case 'refused':
      return rollout;
  }
}

function finish(rollout: Rollout, at: number): Rollout {
  return enter({ ...rollout, care: beginCare(rollout.terms, at) }, { at: 'done' }, at);
}

function withCare(rollout: Rollout, event: Parameters<typeof evolveCare>[2]): Rollout {
  return rollout.care ? { ...rollout, care: evolveCare(rollout.care, rollout.terms, event) } : rollout;
}

/** Goes on when every check is good, and stops for people otherwise. */
function passed(
  rollout: Rollout,
  checks: readonly Check[],
  here: Extract<Stage, { at: 'validate' | 'verify' | 'put-back' }>,
  next: Stage,
  at: number,
): Rollout {
  const failed = checks.filter((check) => !check.ok);
  if (failed.length === 0) return enter(rollout, next, at);
  const problem = failed.map((check) => `${check.name}: ${check.detail}`).join('\n');
  const effect = { kind: here.at, id: `${here.at}.${rollout.revision}` } as const;
  return enter(rollout, { at: 'stuck', effect, problem, resume: here }, at);
}

function moved(rollout: Rollout, split: Split, at: number): Rollout {
  const { verdict, judgedAt: _, unsettled: __, ...rest } = rollout;
  const now = { ...rest, live: split, movedAt: at };
  const { stage } = rollout;
  if (stage.at === 'restore') return enter(now, { at: 'put-back', reason: stage.reason }, at);
  if (stage.at !== 'shift') return now;

  const open = { ...now, step: stage.step, ...(verdict?.carry && { carried: verdict.carry }) };
  // It was put back after it had all of the traffic: after-care goes on.
  if (open.care) return { ...open, stage: { at: 'done' } };
  // Without traffic of its own there is nothing to judge.
  const watch = split.shares[rollout.version] ? (rollout.terms.steps[stage.step]?.watch ?? 0) : 0;
  if (watch === 0) return lastStepIsOut(open) ? finish(open, at) : enter(open, { at: 'ask', since: at }, at);
  const from = Math.ceil(at / MINUTE) * MINUTE;
  return enter(open, { at: 'watch', from, to: from + watch }, at);
}

function lastStepIsOut(rollout: Rollout): boolean {
  return rollout.step === rollout.terms.steps.length - 1;
}
