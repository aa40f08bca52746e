import { describeSplit, sameSplit } from '../../plan/split.ts';
import { choices } from '../../rollout/choices.ts';
import type { CronChange, Topic } from '../../rollout/events.ts';
import type { VersionChange } from '../../rollout/sighting.ts';
import type { Gate, Rollout } from '../../rollout/state.ts';
import { Html, html, shorten } from '../html.ts';
import { ruleChanges, subjectOf } from './routing.ts';
import { listShort } from './words.ts';

type Drift = Extract<Topic, { kind: 'drift' }>;

/** "the traffic was moved by another hand", "v2 was replaced by another hand". */
export function sayDrift({
  expected,
  live,
  versions = [],
}: Pick<Drift, 'live' | 'versions'> & { readonly expected?: Drift['expected'] | undefined }): string {
  const [change] = versions;
  const moved = expected === undefined || !sameSplit(expected, live);
  if (moved || !change) return 'the traffic was moved by another hand';
  return `${change.version} was ${DONE[change.what]} by another hand`;
}

const DONE: Record<VersionChange['what'], string> = {
  gone: 'deleted',
  stopped: 'stopped',
  replaced: 'replaced',
};

/** What was found, beside what was expected. */
export function driftEvidence(rollout: Rollout, { expected, live, versions = [] }: Drift): Html[] {
  const moved = sameSplit(expected, live)
    ? [html`Traffic, as before: ${describeSplit(live)}.`]
    : [html`Expected: ${describeSplit(expected)}.`, html`Found: ${describeSplit(live)}.`];
  return [...moved, ...versions.map((change) => html`⚠️ ${sayChange(rollout, change)}`)];
}

function sayChange({ version: released }: Rollout, { version, what }: VersionChange): string {
  const own = version === released;
  switch (what) {
    case 'gone':
      return own
        ? `${version} is deleted. It cannot be let out; deploy it anew under another id.`
        : `${version} is deleted. A rollback can no longer bring the traffic back to it.`;
    case 'stopped':
      return own
        ? `${version} is stopped. Started again, it is noticed within a minute, and this goes on.`
        : `${version} is stopped. It answers nobody until it is started again.`;
    case 'replaced':
      return own
        ? `${version} was deployed anew since it was checked: what runs now is not what was checked and judged.`
        : `${version} was deployed anew: it is no longer what the traffic came from.`;
  }
}

/** What happens on which of the answers that are on offer. */
export function driftConsequences(rollout: Rollout, gate: Gate & { readonly topic: Drift }): Html[] {
  const { topic } = gate;
  const care = rollout.stage.at === 'done';
  const own = topic.versions?.some(({ version }) => version === rollout.version) ?? false;
  const keeps = care
    ? topic.live.shares[rollout.version]
      ? 'after-care goes on with the traffic as it was found.'
      : 'the traffic stays as it was found, and after-care ends.'
    : own
      ? 'it is checked anew, and the step is asked for again.'
      : 'go on from what was found; the step is judged and asked for anew.';
  const said = choices(rollout, gate).map(({ answer }) => {
    if (answer === 'adopt') return html`<i>Keep it</i>: ${keeps}`;
    if (answer === 'restore') return html`<i>Put it back</i>: ${describeSplit(topic.expected)}.`;
    return html`<i>Stop here</i>: leave the traffic and end the rollout.`;
  });
  return [new Html(said.map(({ text }) => text).join(' '))];
}

/** Told once, and nothing waits for it. */
export function sharedDrift({ service, version }: Rollout, change: CronChange): Html {
  const { added, gone } = ruleChanges(change);
  const lines = [
    ...[...change.create, ...added].map((line) => html`➕ ${shorten(line, 120)}`),
    ...[...change.remove, ...gone].map((line) => html`➖ ${shorten(line, 120)}`),
  ];
  const subject = subjectOf(change);
  const were = subject === 'the routing' ? 'was' : 'were';
  const order =
    lines.length === 0 ? [html`Its rules stand in another order; the first that fits counts.`] : [];
  return html`${[
    html`⏰ <b>${service}: ${subject} ${were} changed while ${version} is released, and not by it.</b>`,
    ...listShort(lines, 8),
    ...order,
    html`All is left as it is: a rollback undoes only what this release changed.`,
  ]}`;
}
