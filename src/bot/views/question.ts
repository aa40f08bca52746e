import { sayDuration } from '../../plan/duration.ts';
import type { Member } from '../../plan/schema.ts';
import { describeSplit } from '../../plan/split.ts';
import { choices } from '../../rollout/answers.ts';
import type { AnswerWord, Topic } from '../../rollout/events.ts';
import type { Gate, Rollout } from '../../rollout/state.ts';
import type { Button, View } from '../buttons.ts';
import { Html, html, shorten } from '../html.ts';
import { answerMark, answerWord, clockTime, count, deadline, figures, percent, versionsOf } from './words.ts';

/** A question as the chat shows it: while it is open with its buttons, afterwards with what became of it. */
export function question(rollout: Rollout, gate: Gate, people: readonly Member[]): View {
  const open = gate.outcome === undefined;
  const parts = [
    html`<b>${title(rollout, gate.topic)}</b>`,
    ...evidence(rollout, gate),
    ...(open
      ? [...consequences(rollout, gate.topic), ...turned(rollout, gate), terms(rollout, gate, people)]
      : []),
    ...votes(rollout, gate),
    ...(open ? [] : [outcome(gate)]),
  ];
  return { html: html`${parts}`.text, buttons: open ? buttons(rollout, gate) : [] };
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
    case 'stuck':
      return `${service}: ${STUCK[topic.effect]}. Try again?`;
    case 'drift':
      return `${service}: the traffic was moved by another hand. What now?`;
  }
}

const STUCK = {
  'back-up': 'the backup failed',
  deploy: 'the deployment failed',
  verify: 'the checks failed',
  'set-split': 'moving the traffic failed',
} as const;

function evidence(rollout: Rollout, gate: Gate): Html[] {
  const { topic, verdict } = gate;
  switch (topic.kind) {
    case 'promote':
      if (topic.step === 0) return [html`It runs without traffic, and the checks say:`, ...checked(rollout)];
      if (!verdict) return [html`No figures yet.`];
      return [
        html`${judgedFor(rollout, topic.step - 1)}: ${answerMark(verdict)} <b>${answerWord(verdict)}</b>. ${figures(verdict)}`,
        ...(verdict.answer === 'good' ? knowable(gate) : [html`${shorten(verdict.reasons[0] ?? '', 200)}`]),
      ];
    case 'roll-back':
      return [
        html`${shorten(topic.reason, 300)}`,
        ...(verdict ? [html`${figures(verdict)}`] : []),
        html`Now: ${describeSplit(topic.from)}.`,
      ];
    case 'stuck':
      return [html`${shorten(topic.problem, 600)}`];
    case 'drift':
      return [html`Expected: ${describeSplit(topic.expected)}.`, html`Found: ${describeSplit(topic.live)}.`];
  }
}

function checked(rollout: Rollout): Html[] {
  return rollout.checks.map(
    ({ ok, name, detail }) => html`${ok ? '✅' : '❌'} <code>${name}</code> ${shorten(detail, 120)}`,
  );
}

function judgedFor(rollout: Rollout, index: number): string {
  const step = rollout.terms.steps[index];
  return step ? `${sayDuration(step.watch)} at ${percent(step.traffic)}` : 'So far';
}

function knowable(gate: Gate): Html[] {
  const detectable = gate.verdict?.detectable;
  if (detectable === undefined || detectable <= 1.5) return [];
  return [
    html`Not knowable with this traffic: error changes under ${detectable.toFixed(detectable < 10 ? 1 : 0)} times.`,
  ];
}

function consequences(rollout: Rollout, topic: Topic): Html[] {
  switch (topic.kind) {
    case 'promote': {
      const step = rollout.terms.steps[topic.step];
      const next = rollout.terms.steps[topic.step + 1];
      const after = step?.watch
        ? `, judged for ${sayDuration(step.watch)}${next ? ' before the next question' : ''}`
        : '';
      const share =
        step?.traffic === 1000 ? 'all of the traffic' : `${percent(step?.traffic ?? 0)} of the traffic`;
      const now = percent(topic.from.shares[rollout.version] ?? 0);
      return [html`<i>Promote</i>: ${share} to ${rollout.version}${after}. <i>Hold</i>: it stays at ${now}.`];
    }
    case 'roll-back':
      return [
        html`<i>Yes</i>: ${describeSplit(topic.to)} within seconds. <i>No</i>: everything stays as it is.`,
      ];
    case 'stuck':
      return [html`Nothing moves until somebody answers.`];
    case 'drift':
      return [
        html`<i>Keep it</i>: go on from what was found. <i>Put it back</i>: restore what was expected. <i>Stop here</i>: leave the traffic and end the rollout.`,
      ];
  }
}

/** The verdict has turned since the question was put: the message says so, and the buttons follow. */
function turned(rollout: Rollout, gate: Gate): Html[] {
  const now = rollout.verdict;
  if (gate.topic.kind !== 'promote' || !gate.verdict || !now || now.answer === gate.verdict.answer) return [];
  return [
    html`${answerMark(now)} <b>Since then: ${answerWord(now)}.</b> ${shorten(now.reasons[0] ?? '', 200)}`,
  ];
}

function terms(rollout: Rollout, gate: Gate, people: readonly Member[]): Html {
  const { needed, twoPerson } = rollout.terms.approval;
  const { topic } = gate;
  const roles = new Set(choices(rollout, gate).flatMap((choice) => choice.roles));
  const excluded = topic.kind === 'promote' && twoPerson ? rollout.starter.id : undefined;
  const asked = people.filter((p) => p.id !== excluded && p.roles.some((role) => roles.has(role)));
  const mentions = asked.slice(0, 5).map((p) => html`<a href="tg://user?id=${p.id}">${p.name}</a>`.text);
  const may =
    mentions.length > 0
      ? html`For ${new Html(mentions.join(', '))}.`
      : html`Nobody in the team may answer this.`;
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

function votes(rollout: Rollout, gate: Gate): Html[] {
  if (gate.votes.length === 0 || rollout.terms.approval.needed === 1) return [];
  return gate.votes.map((vote) => html`✔️ ${vote.by.name} said yes at ${clockTime(vote.at)}.`);
}

const ANSWERED: Record<AnswerWord, string> = {
  yes: 'said yes',
  no: 'said no',
  hold: 'put it off',
  retry: 'tries again',
  adopt: 'keeps what was found',
  restore: 'puts it back',
  overrule: 'overruled the verdict',
};

function outcome(gate: Gate): Html {
  const { outcome: result, settledBy, settledAt } = gate;
  const at = clockTime(settledAt ?? gate.askedAt);
  switch (result?.kind) {
    case 'answered': {
      const reason = result.reason ? `: “${shorten(result.reason, 200)}”` : '.';
      return html`➡️ <b>${settledBy?.name ?? 'Somebody'} ${ANSWERED[result.answer]}</b> at ${at}${reason}`;
    }
    case 'expired':
      return html`⌛ Nobody answered. Expired at ${at}.`;
    default:
      return html`✖️ No longer asked: ${result?.why ?? 'withdrawn'} (${at}).`;
  }
}

function buttons(rollout: Rollout, gate: Gate): Button[][] {
  const offered = choices(rollout, gate).map((choice) => answerButton(rollout, gate, choice.answer));
  if (gate.topic.kind !== 'promote') return [offered];
  if (gate.topic.step === 0) return [offered];
  return [
    offered,
    [
      { text: 'Roll back…', press: { kind: 'roll-back', rollout: rollout.id }, style: 'danger' },
      { text: 'Chart and logs', press: { kind: 'evidence', rollout: rollout.id } },
    ],
  ];
}

function answerButton(rollout: Rollout, gate: Gate, answer: AnswerWord): Button {
  const press = { kind: 'answer', gate: gate.id, revision: gate.revision, answer } as const;
  const { topic } = gate;
  switch (answer) {
    case 'yes':
      return topic.kind === 'promote'
        ? { text: `Promote to ${percent(topic.to.shares[rollout.version] ?? 0)}`, press, style: 'success' }
        : { text: 'Yes, roll back now', press, style: 'danger' };
    case 'no':
      return {
        text:
          topic.kind === 'roll-back'
            ? 'No, leave it'
            : topic.kind === 'stuck'
              ? 'Cancel the rollout'
              : 'Stop here',
        press,
      };
    case 'hold':
      return { text: `Hold ${sayDuration(rollout.terms.approval.hold)}`, press };
    case 'retry':
      return { text: 'Try again', press, style: 'primary' };
    case 'adopt':
      return { text: 'Keep it', press };
    case 'restore':
      return { text: 'Put it back', press, style: 'primary' };
    case 'overrule':
      return { text: 'Overrule, with a reason…', press };
  }
}
