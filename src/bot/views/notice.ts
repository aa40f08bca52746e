import { sayDuration } from '../../plan/duration.ts';
import { describeSplit } from '../../plan/split.ts';
import { beginCare } from '../../rollout/care.ts';
import type { Bar } from '../../rollout/guard.ts';
import { type Gate, isYes, type Rollout } from '../../rollout/state.ts';
import type { View } from '../buttons.ts';
import { type Html, html, shorten } from '../html.ts';
import { checkLine, sayCron } from './milestones.ts';
import { clockTime, dayOf, figures, listShort, percent, versionsOf } from './words.ts';

/** A separate message that says how a rollout ended. */
export interface Notice {
  /** Which of them it is: what comes later under the same key is the same message. */
  readonly key: 'done' | 'back' | 'cancelled';
  readonly view: View;
}

/**
 * What is said when a rollout has ended, or as soon as the traffic is back; undefined while it goes on.
 * @param bar what keeps the service's releases back now.
 */
export function notice(rollout: Rollout, bar?: Bar): Notice | undefined {
  const { stage, service, version, live, terms } = rollout;
  if (stage.at === 'cancelled') {
    const split = live ? describeSplit(live) : 'unchanged';
    const text = html`✖️ <b>${service}: the rollout of ${version} is cancelled.</b> Traffic: ${split}.`;
    return { key: 'cancelled', view: { html: text.text } };
  }
  // The plan may leave the word to the team's own announcements.
  if (!terms.announce.chat) return undefined;
  if (stage.at === 'done') return { key: 'done', view: { html: announcement(rollout).text } };
  const reason = reasonOfReturn(rollout);
  return reason === undefined
    ? undefined
    : { key: 'back', view: { html: returned(rollout, reason, bar).text } };
}

function announcement(rollout: Rollout): Html {
  const {
    service,
    version,
    starter,
    startedAt,
    endedAt = startedAt,
    original,
    changes,
    commit,
    closed,
  } = rollout;
  const verdict = rollout.verdict ?? rollout.gates.findLast((gate) => gate.verdict)?.verdict;
  const change = rollout.cron?.change;
  const shown = listShort(
    changes.map((text) => html`• ${shorten(text, 160)}`),
    8,
  );
  return html`${[
    html`🏁 <b>${service}: ${version} is done.</b>`,
    html`It has all of the traffic, ${sayDuration(endedAt - startedAt)} after ${starter.name} started it.`,
    ...(commit ? [html`Commit <code>${commit.id.slice(0, 7)}</code> ${shorten(commit.subject, 120)}`] : []),
    ...(shown.length > 0 ? [html`What changed:`, ...shown] : []),
    ...(change ? [html`Cron jobs: ${sayCron(change)}.`] : []),
    ...(verdict ? [html`Last figures: ${figures(verdict)}`] : []),
    html`Approved: ${approvals(rollout)}.`,
    ...nextInCare(rollout),
    closed
      ? html`Another version has taken over since.`
      : html`/rollback takes it back to ${original ? describeSplit(original) : 'what was before'}.`,
  ]}`;
}

const HOW = { overrule: 'overruled', emergency: 'alone, in an emergency' } as const;

/** "10 % by Ben, 50 % by Ben (overruled: “It is a holiday.”)". */
function approvals({ gates, terms }: Rollout): string {
  const steps = gates.flatMap(({ topic, outcome, votes }: Gate) => {
    if (topic.kind !== 'promote' || outcome?.kind !== 'answered' || !isYes(outcome.answer)) return [];
    const who = votes.map((vote) => vote.by.name).join(' and ');
    const why =
      outcome.answer === 'yes' ? '' : ` (${HOW[outcome.answer]}: “${shorten(outcome.reason ?? '', 100)}”)`;
    return [`${percent(terms.steps[topic.step]?.traffic ?? 0)} by ${who}${why}`];
  });
  return steps.join(', ') || 'nothing had to be';
}

/** As it stood when after-care began, so that the announcement does not change with every look. */
function nextInCare({ terms, care }: Rollout): Html[] {
  if (!care) return [];
  const first = beginCare(terms, care.begun).rounds.flatMap(({ next }, i) =>
    next === undefined ? [] : [{ next, name: terms.afterCare.rounds[i]?.name ?? '' }],
  );
  const soonest = first.toSorted((a, b) => a.next - b.next)[0];
  const verdict = terms.success.criteria.length > 0 ? care.begun + terms.success.after : undefined;
  const parts = [
    ...(soonest ? [`first look ${dayOf(soonest.next)}, ${clockTime(soonest.next)} (${soonest.name})`] : []),
    ...(verdict === undefined ? [] : [`verdict on the success criteria on ${dayOf(verdict)}`]),
  ];
  return parts.length > 0 ? [html`After-care: ${parts.join('; ')}.`] : [];
}

/** Why it was rolled back, once the traffic is back. */
function reasonOfReturn({ stage }: Rollout): string | undefined {
  if (stage.at === 'rolled-back' || stage.at === 'put-back') return stage.reason;
  return stage.at === 'stuck' && stage.resume.at === 'put-back' ? stage.resume.reason : undefined;
}

/** Nobody answered, and the plan says what then. */
function byPlan(gate: Gate | undefined): string {
  return gate?.outcome?.kind === 'answered' ? `, done by the plan: ${gate.outcome.reason ?? ''}` : '';
}

function returned(rollout: Rollout, reason: string, bar: Bar | undefined): Html {
  const { stage, service, version, live, original, putBack } = rollout;
  const gate = rollout.gates.findLast((g) => g.topic.kind === 'roll-back');
  const asker = gate?.topic.kind === 'roll-back' ? gate.topic.asker?.name : undefined;
  const split = live ?? original;
  const checks = listShort((putBack ?? []).map(checkLine));
  const rest =
    stage.at === 'rolled-back'
      ? putBack
        ? checks
        : [html`The rest was left as it is.`]
      : [
          ...checks,
          stage.at === 'stuck' ? html`🛑 That waits for an answer.` : html`⏳ Cron jobs and files follow.`,
        ];
  return html`${[
    html`↩️ <b>${service} is rolled back.</b> Traffic is back on ${split ? versionsOf(split) : 'what was before'}, as before the rollout of ${version}.`,
    html`Why: ${shorten(reason, 400)}`,
    html`Asked for by ${asker ?? 'the judge'}${gate?.settledBy ? `, approved by ${gate.settledBy.name}` : byPlan(gate)}.`,
    ...rest,
    ...(bar?.kind === 'lock'
      ? [
          html`🔒 ${service} is locked: nothing is released until an approver sends <code>/unlock ${service} REASON</code>.`,
        ]
      : []),
  ]}`;
}
