import type { Role } from '../plan/schema.ts';
import { sayBar } from './bar.ts';
import { APPROVERS, choices } from './choices.ts';
import type { Who } from './draft.ts';
import type { AnswerWord, Fact, Topic } from './events.ts';
import { whatChanged } from './evidence.ts';
import type { Bar } from './guard.ts';
import { heard } from './heard.ts';
import { type Gate, isYes, type Rollout } from './state.ts';
import { isKeptOut, lapses, needsOthers, type RolesOf, tally, voteOf } from './voting.ts';

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

/** What holds beside the rollout's own record at the moment of an act. */
export interface Circumstances {
  readonly now: number;
  /** What keeps the service's releases back. */
  readonly bar?: Bar;
  readonly rolesOf: RolesOf;
}

/** An answer as somebody gave it. */
interface Tap {
  readonly gate: string;
  /** Of the question, as the button was shown with. */
  readonly revision: number;
  readonly answer: string;
  /** Needed for `overrule` and `emergency`. */
  readonly reason?: string;
}

/** Weighs a tap on a question's button. The button carries no authority: everything is looked up here. */
export function answer(rollout: Rollout, tap: Tap, actor: Actor, around: Circumstances): Act {
  const gate = rollout.gates.findLast((g) => g.id === tap.gate);
  const refuse = (why: string): Act => refusal(actor, attemptOf(tap), why, gate?.id);

  if (!gate) return refuse('That question is not known here.');
  if (actor.roles.length === 0)
    return refuse('You are neither operator nor approver, so your tap changes nothing.');
  if (gate.revision !== tap.revision)
    return refuse('That question has been asked anew since: answer the newer message.');
  if (gate.outcome) return refuse(sayOutcome(gate));
  if (around.now >= gate.expires) return refuse(EXPIRED);
  if (isAboutPromotion(gate) && isYes(tap.answer)) return promote(rollout, gate, tap, actor, around);

  const choice = choices(rollout, gate).find((c) => c.answer === tap.answer);
  if (!choice) return refuse(sayNotOffered(rollout, gate));
  if (!choice.roles.some((role) => actor.roles.includes(role))) return refuse(sayRoles(choice.roles, actor));
  if (choice.answer === 'withdraw') {
    if (!voteOf(gate, actor))
      return refuse('You have not said yes to this, so there is nothing to take back.');
    const back: Fact = { type: 'vote-withdrawn', gate: gate.id, by: who(actor) };
    return { facts: [back], say: 'Your yes is taken back.', refused: false };
  }
  if (choice.answer === 'overrule') {
    if (isKeptOut(rollout, actor.id)) return refuse(KEPT_OUT);
    if (!tap.reason?.trim()) return refuse('Overruling takes a written reason.');
  }
  return settle(gate, choice.answer, actor, tap.reason);
}

type Promotion = Gate & { readonly topic: Extract<Topic, { kind: 'promote' }> };

function isAboutPromotion(gate: Gate): gate is Promotion {
  return gate.topic.kind === 'promote';
}

/** A yes in one of its three forms: plain, against a weak verdict, or alone in an emergency. */
function promote(rollout: Rollout, gate: Promotion, tap: Tap, actor: Actor, around: Circumstances): Act {
  const refuse = (why: string): Act => refusal(actor, attemptOf(tap), why, gate.id);
  const { bar } = around;
  const kept = (bar && sayBar(rollout.service, bar)) ?? whyNotThisPerson(rollout, gate, tap, actor, around);
  if (kept !== undefined) return refuse(kept);

  const changed = whatChanged(rollout, gate);
  const counted = heard(rollout, rollout.verdict);
  if (changed !== undefined && counted !== 'bad') {
    const outcome = { kind: 'superseded', why: changed } as const;
    const refused = refuse(`Nothing was moved: ${changed}. The question comes anew.`);
    return { ...refused, facts: [...refused.facts, { type: 'settled', gate: gate.id, outcome }] };
  }
  const bad = rollout.step >= 0 && counted === 'bad';
  const offered =
    tap.answer === 'emergency' ? !bad : choices(rollout, gate).some((choice) => choice.answer === tap.answer);
  if (!isYes(tap.answer) || !offered) return refuse(sayNotOffered(rollout, gate));

  const votes = tally(rollout, gate, around.rolesOf);
  const voted: Fact = { type: 'voted', gate: gate.id, answer: tap.answer, by: who(actor) };
  const facts = [...lapses(gate, votes), voted];
  const have = votes.standing.length + 1;
  if (tap.answer !== 'emergency' && have < votes.needed)
    return { facts, say: `Your yes counts: ${have} of ${votes.needed}.`, refused: false };
  const settled = settle(gate, tap.answer, actor, tap.reason);
  return { ...settled, facts: [...facts, ...settled.facts] };
}

const EXPIRED = 'This question has expired. /status offers to ask it again.';
const KEPT_OUT = 'You started this rollout, so somebody else must approve its steps.';

function whyNotThisPerson(
  rollout: Rollout,
  gate: Promotion,
  tap: Tap,
  actor: Actor,
  { rolesOf }: Circumstances,
): string | undefined {
  if (!actor.roles.includes('approver')) return sayRoles(APPROVERS, actor);
  const { emergency } = rollout.terms.approval;
  if (tap.answer === 'emergency') {
    if (!emergency) return 'The plan lets nobody promote alone (approval.emergency is false).';
    if (!needsOthers(rollout, tally(rollout, gate, rolesOf), actor.id))
      return 'Your own yes is enough here: press the button on the question.';
    return tap.reason?.trim() ? undefined : 'Promoting alone takes a written reason.';
  }
  if (isKeptOut(rollout, actor.id))
    return emergency ? `${KEPT_OUT} In an emergency: /emergency and the reason.` : KEPT_OUT;
  if (tap.answer === 'overrule' && !tap.reason?.trim()) return 'Overruling takes a written reason.';
  return voteOf(gate, actor) && 'Your vote already counts.';
}

function settle(gate: Gate, answer: AnswerWord, actor: Actor, reason?: string): Act {
  const outcome = { kind: 'answered', answer, ...(reason && { reason }) } as const;
  return {
    facts: [{ type: 'settled', gate: gate.id, outcome, by: who(actor) }],
    say: 'Recorded.',
    refused: false,
  };
}

/**
 * A refused attempt: nothing changes, and the journal says that it was made.
 * @param gate the question that was to be answered.
 */
export function refusal(actor: Who, attempt: string, why: string, gate?: string): Act {
  const fact = {
    type: 'refused',
    attempt,
    why,
    by: who(actor),
    ...(gate !== undefined && { gate }),
  } as const;
  return { facts: [fact], say: why, refused: true };
}

export function who({ id, name, update }: Who): Who {
  return { id, name, ...(update !== undefined && { update }) };
}

function attemptOf({ answer: word, gate, revision }: Tap): string {
  return `answer '${word}' to question ${gate}, revision ${revision}`;
}

function sayRoles(roles: readonly Role[], actor: Actor): string {
  return `This takes the role ${roles.join(' or ')}; you have ${actor.roles.join(' and ')}.`;
}

function sayOutcome(gate: Gate): string {
  const by = gate.settledBy ? ` by ${gate.settledBy.name}` : '';
  switch (gate.outcome?.kind) {
    case 'answered':
      return `This was already answered${by}.`;
    case 'expired':
      return EXPIRED;
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
