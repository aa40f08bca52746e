import type { Role } from '../plan/schema.ts';
import { sayBar } from './bar.ts';
import type { Who } from './draft.ts';
import type { AnswerWord, Effect, Fact } from './events.ts';
import type { Bar } from './guard.ts';
import type { Gate, Rollout } from './state.ts';

/** Somebody who acts, with the roles that they have now. */
export interface Actor extends Who {
  readonly roles: readonly Role[];
}

/** What an act led to: facts for the journal, and a sentence for the person. A refusal is on the record too. */
export interface Act {
  readonly facts: readonly Fact[];
  readonly say: string;
  readonly refused: boolean;
}

/** An answer that a question takes at this moment, and who may give it. */
export interface Choice {
  readonly answer: AnswerWord;
  readonly roles: readonly Role[];
}

const ANYONE: readonly Role[] = ['operator', 'approver'];
const APPROVERS: readonly Role[] = ['approver'];

/** The answers on offer: they follow the freshest verdict, not the one that the question was asked with. */
export function choices(rollout: Rollout, gate: Gate): Choice[] {
  const { topic } = gate;
  switch (topic.kind) {
    case 'promote': {
      const answer = topic.step === 0 ? 'good' : (rollout.verdict?.answer ?? 'no-data');
      const hold: Choice = { answer: 'hold', roles: ANYONE };
      if (answer === 'good') return [{ answer: 'yes', roles: APPROVERS }, hold];
      return answer === 'bad' ? [hold] : [hold, { answer: 'overrule', roles: APPROVERS }];
    }
    case 'roll-back':
      return [
        { answer: 'yes', roles: ANYONE },
        { answer: 'no', roles: ANYONE },
      ];
    case 'cron':
      return (['yes', 'no'] as const).map((answer) => ({ answer, roles: ANYONE }));
    case 'stuck':
      return waysOut(rollout, topic.effect);
    case 'drift':
      return (['adopt', 'restore', 'no'] as const).map((answer) => ({ answer, roles: APPROVERS }));
  }
}

/** What can be done about an effect that failed. */
function waysOut(rollout: Rollout, effect: Effect['kind']): Choice[] {
  const retry: Choice = { answer: 'retry', roles: ANYONE };
  const no: Choice = { answer: 'no', roles: ANYONE };
  switch (effect) {
    case 'validate':
    case 'verify':
      return [retry, no, { answer: 'overrule', roles: APPROVERS }];
    case 'set-split':
      return [retry];
    case 'compare-cron':
    case 'deploy-cron':
    case 'put-back':
      return [retry, no];
    default:
      return rollout.step < 0 ? [retry, no] : [retry];
  }
}

/**
 * Weighs a tap on a question's button. The button carries no authority: everything is looked up here.
 * @param revision the revision of the question that the button was shown with.
 * @param reason needed for `overrule`.
 * @param bar what keeps the service's releases back now.
 */
export function answer(
  rollout: Rollout,
  tap: { gate: string; revision: number; answer: string; reason?: string },
  actor: Actor,
  bar?: Bar,
): Act {
  const gate = rollout.gates.findLast((g) => g.id === tap.gate);
  const attempt = `answer '${tap.answer}' to question ${tap.gate}, revision ${tap.revision}`;
  const refuse = (why: string): Act => refusal(actor, attempt, why);

  if (!gate) return refuse('That question is not known here.');
  if (actor.roles.length === 0)
    return refuse('You are neither operator nor approver, so your tap changes nothing.');
  if (gate.revision !== tap.revision)
    return refuse('That question has been asked anew since: answer the newer message.');
  if (gate.outcome) return refuse(sayOutcome(gate));
  const choice = choices(rollout, gate).find((c) => c.answer === tap.answer);
  if (!choice) return refuse(sayNotOffered(rollout, gate));
  if (!choice.roles.some((role) => actor.roles.includes(role))) {
    return refuse(`This takes the role ${choice.roles.join(' or ')}; you have ${actor.roles.join(' and ')}.`);
  }

  const goesOn = choice.answer === 'yes' || choice.answer === 'overrule';
  if (gate.topic.kind === 'promote' && goesOn) {
    const kept = whyNot(rollout, bar);
    if (kept !== undefined) return refuse(kept);
  }
  const why = whyNotThisPerson(rollout, gate, choice.answer, actor, tap.reason);
  if (why !== undefined) return refuse(why);
  if (gate.topic.kind !== 'promote' || !goesOn) return settle(gate, choice.answer, actor, tap.reason);
  return vote(rollout, gate, choice.answer, actor, tap.reason);
}

/** Why nobody may promote now. */
function whyNot({ held, service }: Rollout, bar?: Bar): string | undefined {
  if (held) return `${held.by.name} put this on hold: ${held.reason} /resume lifts it.`;
  return bar && sayBar(service, bar);
}

/** The starter may neither approve nor overrule where two persons are asked, and overruling takes words. */
function whyNotThisPerson(
  rollout: Rollout,
  gate: Gate,
  answer: AnswerWord,
  actor: Actor,
  reason: string | undefined,
): string | undefined {
  const approves = (gate.topic.kind === 'promote' && answer === 'yes') || answer === 'overrule';
  if (approves && rollout.terms.approval.twoPerson && actor.id === rollout.starter.id) {
    return 'You started this rollout, so somebody else must approve its steps.';
  }
  if (answer === 'overrule' && !reason?.trim()) return 'Overruling takes a written reason.';
  if (gate.topic.kind === 'promote' && approves && gate.votes.some((v) => v.by.id === actor.id))
    return 'Your vote already counts.';
  return undefined;
}

/** A yes to a promotion counts towards the quorum. */
function vote(rollout: Rollout, gate: Gate, answer: AnswerWord, actor: Actor, reason?: string): Act {
  const { needed } = rollout.terms.approval;
  const voted: Fact = { type: 'voted', gate: gate.id, answer, by: who(actor) };
  const have = gate.votes.length + 1;
  if (have < needed) return { facts: [voted], say: `Your yes counts: ${have} of ${needed}.`, refused: false };
  const settled = settle(gate, answer, actor, reason);
  return { ...settled, facts: [voted, ...settled.facts] };
}

function settle(gate: Gate, answer: AnswerWord, actor: Actor, reason?: string): Act {
  const outcome = { kind: 'answered', answer, ...(reason && { reason }) } as const;
  return {
    facts: [{ type: 'settled', gate: gate.id, outcome, by: who(actor) }],
    say: 'Recorded.',
    refused: false,
  };
}

/** A refused attempt: nothing changes, and the journal says that it was made. */
export function refusal(actor: Who, attempt: string, why: string): Act {
  return { facts: [{ type: 'refused', attempt, why, by: who(actor) }], say: why, refused: true };
}

export function who({ id, name, update }: Who): Who {
  return { id, name, ...(update !== undefined && { update }) };
}

function sayOutcome(gate: Gate): string {
  const by = gate.settledBy ? ` by ${gate.settledBy.name}` : '';
  switch (gate.outcome?.kind) {
    case 'answered':
      return `This was already answered${by}.`;
    case 'expired':
      return 'This question has expired. /status offers to ask it again.';
    default:
      return `This question is void: ${gate.outcome?.why ?? 'it was withdrawn'}.`;
  }
}

function sayNotOffered(rollout: Rollout, gate: Gate): string {
  if (gate.topic.kind === 'promote' && rollout.verdict && rollout.verdict.answer !== 'good') {
    return `Not now: the verdict is ${rollout.verdict.answer.replaceAll('-', ' ')}. ${rollout.verdict.reasons[0] ?? ''}`.trim();
  }
  return 'That is not among the answers to this question.';
}
