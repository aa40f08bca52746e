import type { Member } from '../../plan/schema.ts';
import { choices } from '../../rollout/choices.ts';
import type { AnswerWord, Effect, Topic } from '../../rollout/events.ts';
import type { Gate, Rollout } from '../../rollout/state.ts';
import { planRollsBackAt } from '../../rollout/unanswered.ts';
import { isKeptOut, voteOf } from '../../rollout/voting.ts';
import type { View } from '../buttons.ts';
import { Html, html, shorten } from '../html.ts';
import { sayDrift } from './drift.ts';
import { buttons } from './question/buttons.ts';
import { consequences } from './question/consequences.ts';
import { evidence } from './question/evidence.ts';
import { subjectOf } from './routing.ts';
import { answerMark, answerWord, clockTime, count, deadline, percent, versionsOf } from './words.ts';

/** A question as the chat shows it: while it is open with its buttons, afterwards with what became of it. */
export function question(rollout: Rollout, gate: Gate, people: readonly Member[]): View {
  const open = gate.outcome === undefined;
  const parts = [
    html`<b>${title(rollout, gate.topic)}</b>`,
    ...evidence(rollout, gate),
    ...(open ? whileOpen(rollout, gate, people) : []),
    ...votes(rollout, gate, people),
    ...(open ? [] : [outcome(gate)]),
  ];
  return { html: html`${parts}`.text, buttons: open ? buttons(rollout, gate) : [] };
}

function whileOpen(rollout: Rollout, gate: Gate, people: readonly Member[]): Html[] {
  return [
    ...consequences(rollout, gate),
    ...unanswered(rollout, gate),
    ...turned(rollout, gate),
    terms(rollout, gate, people),
  ];
}

/** Brings an open question to the end of the chat before it expires; undefined while nobody needs reminding. */
export function reminder(rollout: Rollout, gate: Gate, people: readonly Member[]): View | undefined {
  if (gate.remindedAt === undefined) return undefined;
  const asked = html`⏰ <b>${title(rollout, gate.topic)}</b>`;
  if (gate.outcome !== undefined) return { html: html`${[asked, outcome(gate)]}`.text };
  const lines = [
    asked,
    html`Nobody has settled it yet. It expires ${deadline(gate.expires, gate.remindedAt)}; the figures are in the question above.`,
    ...turned(rollout, gate),
    mayAnswer(rollout, gate, people),
  ];
  return { html: html`${lines}`.text, buttons: buttons(rollout, gate) };
}

function title(rollout: Rollout, topic: Topic): string {
  const { service, version } = rollout;
  switch (topic.kind) {
    case 'promote': {
      const from = percent(topic.from.shares[version] ?? 0);
      return `${service}: ${version} from ${from} to ${percent(topic.to.shares[version] ?? 0)}?`;
    }
    case 'roll-back':
      return topic.asker
        ? `${service}: roll back to ${versionsOf(topic.to)}?`
        : `🔴 ${service}: ${version} looks bad. Roll back to ${versionsOf(topic.to)}?`;
    case 'cron':
      return `${service}: may ${subjectOf(topic.change)} change?`;
    case 'stuck':
      return `${service}: ${STUCK[topic.effect]}. Try again?`;
    case 'drift':
      return `${service}: ${sayDrift(topic)}. What now?`;
  }
}

const STUCK: Record<Effect['kind'], string> = {
  'run-item': 'a command of the checklist could not be run',
  validate: 'the validation failed',
  'back-up': 'the backup failed',
  deploy: 'the deployment failed',
  'compare-cron': 'the cron jobs could not be compared',
  'deploy-cron': 'changing the cron jobs failed',
  verify: 'the checks failed',
  'set-split': 'moving the traffic failed',
  'put-back': 'the traffic is back, but not all of the rest',
  announce: 'the announcement failed',
  'look-after': 'an after-care look failed',
  assess: 'measuring the success criteria failed',
};

/** What the plan does where people say nothing. */
function unanswered(rollout: Rollout, gate: Gate): Html[] {
  const at = gate.topic.kind === 'roll-back' ? planRollsBackAt(rollout) : undefined;
  if (at === undefined) return [];
  return [
    html`<b>Without an answer it is rolled back ${deadline(at, gate.askedAt)}</b>, if it is still bad. /hold keeps it.`,
  ];
}

/** The verdict has turned since the question was put: the message says so, and the buttons follow. */
function turned(rollout: Rollout, gate: Gate): Html[] {
  const now = rollout.verdict;
  if (gate.topic.kind !== 'promote' || !gate.verdict || !now || now.answer === gate.verdict.answer) return [];
  return [
    html`${answerMark(now)} <b>Since then: ${answerWord(now)}.</b> ${shorten(now.reasons[0] ?? '', 200)}`,
  ];
}

/** Names those who may answer, so that their phones ring. */
function mayAnswer(rollout: Rollout, gate: Gate, people: readonly Member[]): Html {
  const { topic } = gate;
  const roles = new Set(choices(rollout, gate).flatMap((choice) => choice.roles));
  const keptOut = (id: number) =>
    topic.kind === 'promote' && (isKeptOut(rollout, id) || voteOf(gate, { id }) !== undefined);
  const asked = people.filter((p) => !keptOut(p.id) && p.roles.some((role) => roles.has(role)));
  const mentions = asked.slice(0, 5).map((p) => html`<a href="tg://user?id=${p.id}">${p.name}</a>`.text);
  return mentions.length > 0
    ? html`For ${new Html(mentions.join(', '))}.`
    : html`Nobody in the team may answer this.`;
}

function terms(rollout: Rollout, gate: Gate, people: readonly Member[]): Html {
  const { needed } = rollout.terms.approval;
  const { topic } = gate;
  const may = mayAnswer(rollout, gate, people);
  const quorum = topic.kind === 'promote' && needed > 1 ? ` ${count(needed, 'approver')} must say yes.` : '';
  const asker = topic.kind === 'roll-back' ? topic.asker : undefined;
  const by = asker
    ? `Asked by ${asker.name}. `
    : topic.kind === 'promote'
      ? `Started by ${rollout.starter.name}. `
      : '';
  const expires = Number.isSafeInteger(gate.expires + 1)
    ? ` Expires ${deadline(gate.expires, gate.askedAt)}.`
    : '';
  return html`${by}${may}${quorum}${expires}`;
}

function votes(rollout: Rollout, gate: Gate, people: readonly Member[]): Html[] {
  const { needed } = rollout.terms.approval;
  if (gate.votes.length === 0 || needed === 1) return [];
  const counts = (id: number) =>
    gate.outcome !== undefined || people.some((p) => p.id === id && p.roles.includes('approver'));
  const left = needed - gate.votes.filter((vote) => counts(vote.by.id)).length;
  return [
    ...gate.votes.map((vote) =>
      counts(vote.by.id)
        ? html`✔️ ${vote.by.name} said yes at ${clockTime(vote.at)}.`
        : html`▫️ ${vote.by.name}’s yes counts no more: no longer an approver.`,
    ),
    ...(gate.outcome === undefined && left > 0
      ? [html`${count(left, 'more yes', 'more yeses')} needed.`]
      : []),
  ];
}

const ANSWERED: Record<AnswerWord, string> = {
  yes: 'said yes',
  no: 'said no',
  hold: 'put it off',
  retry: 'tries again',
  adopt: 'keeps what was found',
  restore: 'puts it back',
  overrule: 'overruled the verdict',
  emergency: 'promoted alone, in an emergency',
};

function saidOf({ kind }: Topic, answer: AnswerWord): string {
  if (kind === 'stuck' && answer === 'overrule') return 'overruled the checks';
  if (kind === 'cron') return answer === 'yes' ? 'has them changed' : 'leaves them as they are';
  return ANSWERED[answer];
}

function outcome(gate: Gate): Html {
  const { outcome: result, settledBy, settledAt } = gate;
  const at = clockTime(settledAt ?? gate.askedAt);
  switch (result?.kind) {
    case 'answered': {
      const reason = result.reason ? `: “${shorten(result.reason, 200)}”` : '.';
      return html`➡️ <b>${settledBy?.name ?? 'The plan'} ${saidOf(gate.topic, result.answer)}</b> at ${at}${reason}`;
    }
    case 'expired':
      return html`⌛ Nobody answered. Expired at ${at}.`;
    default:
      return html`✖️ No longer asked: ${shorten(result?.why ?? 'withdrawn', 200)} (${at}).`;
  }
}
