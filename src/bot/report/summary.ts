import { sayDuration } from '../../plan/duration.ts';
import { saySource } from '../../rollout/draft.ts';
import type { Rollout, Stage } from '../../rollout/state.ts';
import { type Html, html } from '../html.ts';
import { count } from '../views/words.ts';
import { linesOf, type ReportData } from './data.ts';
import { badge, facts, person, split, time } from './parts.ts';

/** Who let what out, when, and what came of it. */
export function summary(data: ReportData): Html {
  const { rollout, events } = data;
  const { service, version, source, commit, starter, startedAt, endedAt, id } = rollout;
  const upTo = events.at(-1)?.at ?? startedAt;
  return html`<header>
<h1>${service}: ${version}</h1>
<p>${outcome(rollout)}</p>
${facts([
  ['Rollout', html`<code>${id}</code>`],
  ['Started', html`${time(startedAt)} by ${person(starter)}`],
  endedAt === undefined
    ? undefined
    : ['Ended', html`${time(endedAt)}, ${sayDuration(endedAt - startedAt)} after its start`],
  ['Source', source.kind === 'folder' ? html`<code>${source.path}</code>` : saySource(source)],
  commit && ['Commit', html`<code>${commit.id}</code> ${commit.subject}`],
  rollout.versionUrl ? ['Address', html`<code>${rollout.versionUrl}</code>`] : undefined,
  ['Traffic before', split(rollout.original)],
  ['Traffic last seen', split(rollout.live)],
  ['Approved by', approvers(rollout)],
  rollout.rejected && ['Rolled back before', html`${time(rollout.rejected.at)}: ${rollout.rejected.why}`],
  ['Attempts refused', linesOf(data, 'refused').length],
  ['Record', html`${count(events.length, 'line')} up to ${time(upTo)}`],
])}
<p class="note">All times are UTC. Numbers after names are Telegram’s, which do not change hands.</p>
</header>`;
}

function outcome({ stage, care }: Rollout): Html {
  switch (stage.at) {
    case 'done':
      if (care?.conclusion?.met === false)
        return badge('bad', 'Done, and not a success: the new version missed its criteria');
      return badge('good', 'Done: the new version has all of the traffic');
    case 'rolled-back':
      return html`${badge('bad', 'Rolled back')} ${stage.reason}`;
    case 'cancelled':
      return badge('open', 'Cancelled');
    default:
      return badge('open', `Goes on: ${STAGES[stage.at]}`);
  }
}

const STAGES: { readonly [at in Exclude<Stage['at'], 'done' | 'rolled-back' | 'cancelled'>]: string } = {
  checklist: 'the checklist is open',
  validate: 'validation',
  'back-up': 'the backup is taken',
  deploy: 'the version is deployed',
  'compare-cron': 'cron jobs and routing are compared',
  'ask-cron': 'people are asked about cron jobs or routing',
  'deploy-cron': 'cron jobs or routing are changed',
  verify: 'the version is verified',
  ask: 'people are asked for the next step',
  shift: 'traffic is moved',
  watch: 'a step is judged',
  restore: 'the traffic is moved back',
  'put-back': 'cron jobs and files are put back',
  stuck: 'stopped, people are asked',
  drift: 'stopped, another hand changed traffic or versions',
};

function approvers({ gates }: Rollout): string {
  const names = gates.flatMap(({ topic, votes }) =>
    topic.kind === 'promote'
      ? votes.map(({ by, answer }) =>
          answer === 'emergency' ? `${by.name} (alone, in an emergency)` : by.name,
        )
      : [],
  );
  return [...new Set(names)].join(', ') || 'nobody';
}
