import { sayDuration } from '../plan/duration.ts';
import type { Rollout } from '../rollout/state.ts';
import type { View } from './buttons.ts';
import { html } from './html.ts';
import { clockTime, count, shareNow } from './views/words.ts';

/** One of Google's APIs that does not answer. Times are of the releases' clock. */
export interface Outage {
  readonly api: 'admin' | 'monitoring';
  readonly since: number;
  /** What the last request met: "HTTP 503", "no connection". */
  readonly why: string;
  /** When it answered again. */
  readonly until?: number;
}

const NAMES = { admin: 'The App Engine Admin API', monitoring: 'Cloud Monitoring' } as const;

const MEANS = {
  admin: [
    'Sluice can neither read nor move traffic. Nothing is promoted.',
    'A rollback is tried all the same, and again until it works. If it cannot wait: <code>gcloud app services set-traffic</code>, or the console.',
  ],
  monitoring: [
    'Nobody knows how the new version does. Nothing is promoted.',
    'A rollback works as ever: /rollback needs no figures.',
  ],
} as const;

/** That Google is out of reach, what it means, and what to do; in the past tense once it is over. */
export function outageView({ api, since, why, until }: Outage, rollouts: readonly Rollout[]): View {
  if (until !== undefined) {
    const lasted = sayDuration(Math.max(until - since, 1_000));
    return {
      html: html`✔️ ${NAMES[api]} did not answer from ${clockTime(since)} to ${clockTime(until)} (${lasted}).`
        .text,
    };
  }
  const [means, remedy] = MEANS[api];
  return {
    html: [
      html`⚠️ <b>${NAMES[api]} has not answered since ${clockTime(since)}</b> (${why}).`.text,
      means,
      html`Under way: ${rollouts.map(sayRollout).join('; ')}. The traffic stays as it is.`.text,
      remedy,
      'Sluice goes on asking and says when it is back. /status, and on the machine <code>sluice doctor</code>, say more.',
    ].join('\n'),
  };
}

/** That it is over; a message of its own, for an edit rings nobody's phone. */
export function overView({ api, since }: Outage, rollouts: readonly Rollout[]): View {
  const goesOn =
    rollouts.length === 0
      ? 'No release is under way.'
      : html`${count(rollouts.length, 'release')} under way: ${rollouts.map(sayRollout).join('; ')}. What was missed is judged now.`
          .text;
  return {
    html: `${html`✔️ <b>${NAMES[api]} answers again</b>, after a silence since ${clockTime(since)}.`.text}\n${goesOn}`,
  };
}

function sayRollout(rollout: Rollout): string {
  return `${rollout.service} ${rollout.version} at ${shareNow(rollout)}`;
}
