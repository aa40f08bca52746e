import { sayDuration } from '../../plan/duration.ts';
import { describeSplit } from '../../plan/split.ts';
import type { Rollout } from '../../rollout/state.ts';
import type { View } from '../buttons.ts';
import { html } from '../html.ts';

/** The separate message when a rollout has ended; undefined while it goes on. */
export function notice(rollout: Rollout): View | undefined {
  const { stage, service, version, live } = rollout;
  const split = live ? describeSplit(live) : 'unchanged';
  switch (stage.at) {
    case 'done': {
      const took = sayDuration((rollout.endedAt ?? rollout.startedAt) - rollout.startedAt);
      const approvers = approversOf(rollout);
      return {
        html: html`🏁 <b>${service}: ${version} is done.</b>
It has all of the traffic, ${took} after ${rollout.starter.name} started it. Approved by ${approvers}.
/rollback takes it back to ${rollout.original ? describeSplit(rollout.original) : 'what was before'}.`.text,
      };
    }
    case 'rolled-back':
      return {
        html: html`↩️ <b>${service} is rolled back.</b>
Traffic: ${split}, as before the rollout of ${version}.
Why: ${stage.reason}`.text,
      };
    case 'cancelled':
      return {
        html: html`✖️ <b>${service}: the rollout of ${version} is cancelled.</b> Traffic: ${split}.`.text,
      };
    default:
      return undefined;
  }
}

function approversOf(rollout: Rollout): string {
  const names = rollout.gates.flatMap((gate) =>
    gate.topic.kind === 'promote' ? gate.votes.map((vote) => vote.by.name) : [],
  );
  return [...new Set(names)].join(' and ') || 'nobody';
}
