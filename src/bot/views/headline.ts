import { sayDuration } from '../../plan/duration.ts';
import { describeSplit } from '../../plan/split.ts';
import { openItems } from '../../rollout/checklist.ts';
import type { Bar } from '../../rollout/guard.ts';
import { heard } from '../../rollout/heard.ts';
import { isOver, openGate, type Rollout } from '../../rollout/state.ts';
import { type Html, html, shorten } from '../html.ts';
import { sayDrift } from './drift.ts';
import { subjectOf } from './routing.ts';
import { clockTime, count, dayOf, deadline, percent, shareNow } from './words.ts';

/** What is happening beside the record. */
export interface Moment {
  readonly now: number;
  /** A line from the effect that runs. */
  readonly progress?: string;
  /** What keeps the service's releases back. */
  readonly bar?: Bar;
  readonly audit?: AuditStanding;
}

/** Where the audit stands. */
export interface AuditStanding {
  /** Signed, for whoever checks the audit later: with it in the chat, its end cannot be cut off unseen. */
  readonly head: string;
  /** Why it cannot be written just now. */
  readonly problem?: string;
}

/** Characters of a command's line that the card shows. */
const PROGRESS_SHOWN = 120;

/** One line that says where the rollout stands. */
export function headline(rollout: Rollout, moment: Moment): Html {
  const { stage } = rollout;
  const { now, progress } = moment;
  const running = progress ? ` ${shorten(progress, PROGRESS_SHOWN)}` : '';
  switch (stage.at) {
    case 'checklist':
      return html`📋 Waiting for the checklist: ${count(openItems(rollout).length, 'item')} open. /checklist`;
    case 'validate':
      return html`🧪 Looking whether all is there that the release takes.${running}`;
    case 'back-up':
      return html`💾 Saving what a rollback needs.${running}`;
    case 'deploy':
      return html`🚚 Deploying without traffic.${running}`;
    case 'compare-cron':
      return html`⏰ Comparing cron.yaml and dispatch.yaml with what is there.${running}`;
    case 'ask-cron':
      return html`✋ Waiting for an answer below: may ${subjectOf(stage.change)} change?`;
    case 'deploy-cron':
      return html`⏰ Changing the cron jobs and the routing, as far as they differ.${running}`;
    case 'verify':
      return html`🔎 Checking the new version on its own address.${running}`;
    case 'shift':
      return stage.to
        ? html`🚰 Putting the traffic back: ${describeSplit(stage.to)}.${running}`
        : html`🚰 Moving traffic to ${percent(rollout.terms.steps[stage.step]?.traffic ?? 0)}.${running}`;
    case 'watch':
      return html`👀 Watching at ${shareNow(rollout)}: ${watched(stage, now)}, until ${clockTime(stage.to)}.`;
    case 'ask':
      return asking(rollout, stage.since, moment);
    case 'restore':
      return html`↩️ Rolling back: ${shorten(stage.reason, 300)}${running}`;
    case 'put-back':
      return html`↩️ Traffic is back${rollout.live ? ` (${describeSplit(rollout.live)})` : ''}. Putting cron jobs and files back.${running}`;
    case 'stuck':
      return html`🛑 Stopped, waiting for an answer below: ${shorten(stage.problem, 300)}`;
    case 'drift':
      return html`🛑 Waiting for an answer below: ${sayDrift({ expected: rollout.live, ...stage })}.`;
    case 'done':
      if (rollout.strayed) return html`🛑 It was out, but ${sayDrift(rollout.strayed)}: see below.`;
      if (!rollout.closed && !rollout.live?.shares[rollout.version])
        return html`🏁 Done: ${rollout.version} had all of the traffic until another hand moved it away.`;
      return rollout.closed
        ? html`🏁 Done: ${rollout.version} had all of the traffic until another version took over.`
        : html`🏁 Done: ${rollout.version} has ${shareNow(rollout) === '100 %' ? 'all' : shareNow(rollout)} of the traffic.`;
    case 'rolled-back':
      return html`↩️ Rolled back: ${shorten(stage.reason, 300)}`;
    case 'cancelled':
      return rollout.step >= 0
        ? html`✖️ Stopped. The traffic stays as it is.`
        : html`✖️ Cancelled. No traffic was moved by it.`;
  }
}

function watched(window: { from: number; to: number }, now: number): string {
  const minutes = Math.max(0, Math.min(window.to, now) - window.from) / 60_000;
  return `${Math.floor(minutes)} of ${sayDuration(window.to - window.from)}`;
}

function asking(rollout: Rollout, since: number, { now, bar }: Moment): Html {
  const next = percent(rollout.terms.steps[rollout.step + 1]?.traffic ?? 0);
  if (rollout.held || bar) return html`⏸ It stays at ${shareNow(rollout)}: ${next} is not asked for now.`;
  if (now < since)
    return html`⏸ Held at ${shareNow(rollout)}. The question for ${next} comes back at ${clockTime(since)}.`;
  const gate = openGate(rollout, 'promote');
  if (gate) return html`✋ Waiting for an approver: ${next}? Expires ${deadline(gate.expires, now)}.`;
  if (heard(rollout, rollout.verdict) === 'bad')
    return html`🔴 The verdict is bad, so ${next} is not offered.`;
  const last = rollout.gates.findLast((g) => g.topic.kind === 'promote');
  if (last?.outcome?.kind === 'expired')
    return html`⌛ Nobody answered in time. It stays at ${shareNow(rollout)}.`;
  return html`✋ The question for ${next} comes now.`;
}

/** What keeps it from going on, by whom and how that ends. */
export function brakes(rollout: Rollout, { bar }: Moment): Html[] {
  const { held, stage, service } = rollout;
  if (isOver(stage) && stage.at !== 'rolled-back') return [];
  return [
    ...(held ? [html`⏸ ${held.by.name} holds it: ${shorten(held.reason, 200)} /resume`] : []),
    ...(bar ? [sayBar(service, bar)] : []),
  ];
}

function sayBar(service: string, bar: Bar): Html {
  const why = shorten(bar.why, 200);
  if (bar.kind === 'lock')
    return html`🔒 ${service} is locked: ${why} <code>/unlock ${service} REASON</code>`;
  const until = bar.until === undefined ? 'somebody ends it' : `${dayOf(bar.until)}, ${clockTime(bar.until)}`;
  return html`❄️ Releases are frozen until ${until}: ${why} <code>/unfreeze REASON</code>`;
}
