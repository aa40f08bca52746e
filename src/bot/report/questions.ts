import { sayDuration } from '../../plan/duration.ts';
import type { AnswerWord, Effect, Outcome, Topic } from '../../rollout/events.ts';
import type { Gate, Rollout } from '../../rollout/state.ts';
import { type Html, html } from '../html.ts';
import { sayDrift } from '../views/drift.ts';
import { subjectOf } from '../views/routing.ts';
import { answerWord, figures, percent } from '../views/words.ts';
import { linesOf, type ReportData } from './data.ts';
import { badge, facts, list, person, section, split, table, time } from './parts.ts';
import { routes } from './preparation.ts';

/** Every question with what was shown, who said what and when; and what was turned away. */
export function questionSections(data: ReportData): (Html | undefined)[] {
  return [
    section('Questions and answers', ...data.rollout.gates.map((gate) => question(data, gate))),
    section('Refused attempts', refusals(data)),
  ];
}

function question(data: ReportData, gate: Gate): Html {
  const { topic, verdict, votes, digest, askedAt, expires, id, revision } = gate;
  return html`<article class="question">
<h3>${title(data.rollout, topic)}</h3>
${shown(topic)}
${
  verdict &&
  html`<p>Shown: ${badge(verdict.answer === 'good' ? 'good' : verdict.answer === 'bad' ? 'bad' : 'open', answerWord(verdict))}. ${figures(verdict)}</p>${list(verdict.reasons)}`
}
${facts([
  ['Asked', html`${time(askedAt)}, as <code>${id}</code>, revision ${revision}`],
  Number.isSafeInteger(expires + 1) ? ['Open for', sayDuration(expires - askedAt)] : undefined,
  ...votes.map((vote) => ['Vote', html`${vote.answer} of ${person(vote.by)}, ${time(vote.at)}`] as const),
  ['Ended', ending(gate)],
  ['Evidence', html`SHA-256 <code>${digest}</code>`],
])}
</article>`;
}

function title({ service, version }: Rollout, topic: Topic): string {
  switch (topic.kind) {
    case 'promote':
      return `${version} from ${percent(topic.from.shares[version] ?? 0)} to ${percent(topic.to.shares[version] ?? 0)}?`;
    case 'roll-back':
      return `Roll ${service} back?`;
    case 'cron':
      return `Change ${subjectOf(topic.change)}?`;
    case 'stuck':
      return `${FAILED[topic.effect]} failed: try again?`;
    case 'drift':
      return `${sayDrift(topic)}: what now?`;
  }
}

const FAILED: { readonly [effect in Effect['kind']]: string } = {
  'run-item': 'A checklist command',
  validate: 'The validation',
  'back-up': 'The backup',
  deploy: 'The deployment',
  'compare-cron': 'Comparing the cron jobs',
  'deploy-cron': 'Changing the cron jobs',
  verify: 'The verification',
  'set-split': 'Moving the traffic',
  'put-back': 'Putting cron jobs and files back',
  announce: 'The announcement',
  'look-after': 'A look of the after-care',
  assess: 'Measuring the criteria',
};

function shown(topic: Topic): Html | undefined {
  switch (topic.kind) {
    case 'promote':
      return html`<p>From ${split(topic.from)} to ${split(topic.to)}.${topic.step === 0 ? ' Shown: what the verification had found.' : ''}</p>`;
    case 'roll-back': {
      const by = topic.asker ? html` Asked for by ${person(topic.asker)}.` : ' Asked for by the judge.';
      return html`<p>From ${split(topic.from)} to ${split(topic.to)}.${by} ${topic.reason}</p>`;
    }
    case 'cron':
      return list([
        ...topic.change.create.map((job) => html`new: ${job}`),
        ...topic.change.remove.map((job) => html`gone: ${job}`),
        ...routes(topic.change),
      ]);
    case 'stuck':
      return html`<pre>${topic.problem}</pre>`;
    case 'drift':
      return html`<p>Expected ${split(topic.expected)}, found ${split(topic.live)}.${(topic.versions ?? []).map(({ version, what }) => ` ${version}: ${what}.`).join('')}</p>`;
  }
}

const ANSWERED: { readonly [answer in AnswerWord]: string } = {
  yes: 'yes',
  no: 'no',
  hold: 'put off',
  retry: 'try again',
  adopt: 'keep what was found',
  restore: 'put it back',
  overrule: 'yes, against the verdict',
  emergency: 'yes, alone in an emergency',
};

function ending({ outcome, settledAt, settledBy }: Gate): Html {
  if (!outcome) return badge('open', 'still open');
  const when = settledAt === undefined ? '' : html`, ${time(settledAt)}`;
  const by = settledBy ? html` by ${person(settledBy)}` : '';
  return html`<strong>${said(outcome)}</strong>${by}${when}`;
}

function said(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'answered':
      return `${ANSWERED[outcome.answer]}${outcome.reason ? `: ${outcome.reason}` : ''}`;
    case 'expired':
      return 'expired, nobody answered';
    case 'superseded':
      return `no longer asked: ${outcome.why}`;
  }
}

function refusals(data: ReportData): Html | undefined {
  const rows = linesOf(data, 'refused').map(({ at, by, attempt, why }) => [
    time(at),
    person(by),
    attempt,
    why,
  ]);
  return table(['When', 'Who', 'Attempt', 'Why refused'], rows);
}
