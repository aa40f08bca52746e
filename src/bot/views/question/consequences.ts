import { sayDuration } from '../../../plan/duration.ts';
import { describeSplit } from '../../../plan/split.ts';
import type { Effect } from '../../../rollout/events.ts';
import type { Gate, Rollout } from '../../../rollout/state.ts';
import { type Html, html } from '../../html.ts';
import { driftConsequences } from '../drift.ts';
import { percent } from '../words.ts';

/** What happens on which answer. */
export function consequences(rollout: Rollout, gate: Gate): Html[] {
  const { topic } = gate;
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
    case 'cron':
      return [
        html`<i>Apply</i>: they change now, and a rollback puts them back. <i>Leave</i>: all stays as it is, and the release goes on.`,
      ];
    case 'stuck':
      return [stuck(topic.effect)];
    case 'drift':
      return driftConsequences(rollout, { ...gate, topic });
  }
}

function stuck(effect: Effect['kind']): Html {
  switch (effect) {
    case 'validate':
      return html`Nothing was changed so far. <i>Try again</i>: all checks anew. <i>Overrule</i>: go on all the same, on the record.`;
    case 'verify':
      return html`The new version has no traffic. <i>Try again</i>: all checks anew. <i>Overrule</i>: ask for the first step all the same, on the record.`;
    case 'compare-cron':
    case 'deploy-cron':
      return html`<i>Leave the jobs</i>: the release goes on without a change to them.`;
    case 'put-back':
      return html`The traffic is back already. <i>Leave it</i>: cron jobs and files stay as they are now.`;
    default:
      return html`Nothing moves until somebody answers.`;
  }
}
