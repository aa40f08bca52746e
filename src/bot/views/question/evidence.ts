import { sayDuration } from '../../../plan/duration.ts';
import { describeSplit } from '../../../plan/split.ts';
import type { Verdict } from '../../../plan/verdict.ts';
import type { Check, CronChange, Effect, Topic } from '../../../rollout/events.ts';
import type { Gate, Rollout } from '../../../rollout/state.ts';
import { type Html, html, shorten, tailOf } from '../../html.ts';
import { warning } from '../card.ts';
import { driftEvidence } from '../drift.ts';
import { checkLine, overruling } from '../milestones.ts';
import { ruleChanges } from '../routing.ts';
import { answerMark, answerWord, count, figures, lastLine, listShort, percent } from '../words.ts';

/** Characters of a command's output that a question shows. */
const TAIL = 350;
/** So many of the failed checks show their output. */
const TAILS = 3;

/** What a question is asked on. */
export function evidence(rollout: Rollout, gate: Gate): Html[] {
  const { topic, verdict } = gate;
  switch (topic.kind) {
    case 'promote':
      if (topic.step === 0) return beforeTraffic(rollout);
      if (!verdict) return [html`No figures yet.`];
      return said(
        html`${judgedFor(rollout, topic.step - 1)}: ${answerMark(verdict)} <b>${answerWord(verdict)}</b>.`,
        verdict,
      );
    case 'roll-back':
      return [
        // The judge's own reason is the first of its verdict's.
        ...(verdict && !topic.asker ? said(undefined, verdict) : [html`${shorten(topic.reason, 300)}`]),
        ...(verdict && topic.asker ? [html`${figures(verdict)}`] : []),
        html`Now: ${describeSplit(topic.from)}.`,
      ];
    case 'cron':
      return cronLines(topic.change);
    case 'stuck':
      return problem(rollout, topic);
    case 'drift':
      return driftEvidence(rollout, topic);
  }
}

/** All that is known before anybody was let in. */
function beforeTraffic(rollout: Rollout): Html[] {
  const { changes, validation, checks } = rollout;
  const all = [...validation, ...checks];
  const found = all.every((check) => check.ok)
    ? [
        html`✅ All passed: ${validation.length > 0 ? `${count(validation.length, 'validation')}, ` : ''}${count(checks.length, 'check')} of the new version.`,
      ]
    : listShort(all.filter((check) => !check.ok).map(checkLine));
  return [
    html`It runs without traffic.`,
    ...warning(rollout),
    ...leftOpen(rollout),
    ...found,
    ...overruled(rollout),
    ...(changes.length > 0 ? [html`What changes:`] : []),
    ...listShort(changes.map((text) => html`• ${shorten(text, 120)}`)),
  ];
}

/** Who went on with which open items, and why. */
function leftOpen({ checklist: { closed } }: Rollout): Html[] {
  if (!closed || closed.open.length === 0) return [];
  const why = closed.reason ? `: “${shorten(closed.reason, 120)}”` : '.';
  return [html`⚠️ ${closed.by.name} left ${count(closed.open.length, 'item')} of the checklist open${why}`];
}

/** Who went on in spite of what failed, and why. */
function overruled(rollout: Rollout): Html[] {
  return (['validate', 'verify'] as const).flatMap((effect) => {
    const word = overruling(rollout, effect);
    return word ? [html`⚠️ ${word.by} overruled that: “${shorten(word.why, 120)}”`] : [];
  });
}

function judgedFor(rollout: Rollout, index: number): string {
  const step = rollout.terms.steps[index];
  return step ? `${sayDuration(step.watch)} at ${percent(step.traffic)}` : 'So far';
}

/** Characters of one reason, and of all: a question stands under a picture, which leaves it 1,024. */
const REASON = 240;
const REASONS = 560;

/** A verdict in two lines: what counts most, and all the rest as far as there is room. */
function said(head: Html | undefined, { reasons }: Verdict): Html[] {
  const sentences = reasons.map((reason) => shorten(reason, REASON));
  const first = sentences.slice(0, 2).join(' ');
  const rest = shorten(sentences.slice(2).join(' '), REASONS - first.length);
  return [head ? html`${head} ${first}` : html`${first}`, ...(rest ? [html`${rest}`] : [])];
}

function cronLines(change: CronChange): Html[] {
  const { create, remove, same, routes } = change;
  const { added, gone } = ruleChanges(change);
  const routing = [
    ...added.map((rule) => html`➕ route ${shorten(rule, 120)}`),
    ...gone.map((rule) => html`➖ route ${shorten(rule, 120)}`),
  ];
  const order = html`The routes in another order, of which the first that fits counts: ${shorten(routes?.after.join('; ') ?? '', 400)}.`;
  return [
    ...listShort(create.map((job) => html`➕ ${shorten(job, 120)}`)),
    ...listShort(remove.map((job) => html`➖ ${shorten(job, 120)}`)),
    ...(create.length + remove.length > 0 && same > 0
      ? [html`${count(same, 'job')} ${same === 1 ? 'stays' : 'stay'} as now.`]
      : []),
    ...(routes && routing.length === 0 ? [order] : listShort(routing)),
    ...(create.length + remove.length > 0
      ? [html`Cron jobs call whichever version has the traffic: the old one until the first step.`]
      : []),
    ...(routes ? [html`Routes hold for the whole app at once.`] : []),
  ];
}

/** The failed checks with the end of what they said, where it is checks that failed; else the problem in words. */
function problem(rollout: Rollout, topic: Extract<Topic, { kind: 'stuck' }>): Html[] {
  const checks = checksOf(rollout, topic.effect);
  const failed = checks.filter((check) => !check.ok);
  // A later try has other checks: then the words of this one are what is left.
  const same =
    failed.length > 0 && failed.every((check) => topic.problem.includes(`${check.name}: ${check.detail}`));
  if (!same) return [html`${shorten(topic.problem, 600)}`];
  const passed = checks.length - failed.length;
  return [
    ...listShort(failed.map((check, i) => (i < TAILS ? withOutput(check) : checkLine(check)))),
    ...(passed > 0 ? [html`${count(passed, 'other check')} passed.`] : []),
  ];
}

function checksOf({ validation, checks, putBack = [] }: Rollout, effect: Effect['kind']): readonly Check[] {
  switch (effect) {
    case 'validate':
      return validation;
    case 'verify':
      return checks;
    case 'put-back':
      return putBack;
    default:
      return [];
  }
}

function withOutput(check: Check): Html {
  const output = check.output?.trim();
  if (!output) return checkLine(check);
  const head = html`${checkLine(check)}. <code>${shorten(lastLine(output), 100)}</code>`;
  if (!output.includes('\n')) return head;
  // A folded quote shows its beginning, and what went wrong is said at the end.
  return html`${head}
<blockquote expandable>${tailOf(output, TAIL)}</blockquote>`;
}
