import { sayDuration } from '../../plan/duration.ts';
import { describeSplit } from '../../plan/split.ts';
import { canRollBack, isOver, itemIds, openGate, type Rollout } from '../../rollout/state.ts';
import type { Button, View } from '../buttons.ts';
import { type Html, html, shorten } from '../html.ts';
import { answerMark, answerWord, clockTime, count, deadline, figures, percent, shareNow } from './words.ts';

/** What is happening beside the record: a line from the effect that runs, and the time, for countdowns. */
export interface Moment {
  readonly now: number;
  readonly progress?: string;
}

/** The living message of a rollout. */
export function card(rollout: Rollout, moment: Moment): View {
  const lines: Html[] = [
    html`<b>${rollout.service} · ${rollout.version}</b>`,
    headline(rollout, moment),
    html``,
    ...preparation(rollout),
    ...ladder(rollout),
  ];
  if (rollout.live) lines.push(html``, html`Traffic: ${describeSplit(rollout.live)}`);
  lines.push(
    html`<i>Started by ${rollout.starter.name} at ${clockTime(rollout.startedAt)} · ${rollout.id}</i>`,
  );
  return { html: html`${lines}`.text, buttons: buttons(rollout) };
}

/** One line that says where the rollout stands. */
export function headline(rollout: Rollout, { now, progress }: Moment): Html {
  const { stage } = rollout;
  const running = progress ? ` ${progress}` : '';
  switch (stage.at) {
    case 'checklist': {
      const items = itemIds(rollout);
      const open = items.filter((item) => !rollout.ticks[item]).length;
      return html`📋 Waiting for the checklist: ${count(open, 'item')} of ${items.length} open. /checklist`;
    }
    case 'back-up':
      return html`💾 Saving what a rollback needs.${running}`;
    case 'deploy':
      return html`🚚 Deploying without traffic.${running}`;
    case 'verify':
      return html`🔎 Checking the new version on its own address.${running}`;
    case 'shift':
      return html`🚰 Moving traffic to ${percent(rollout.terms.steps[stage.step]?.traffic ?? 0)}.${running}`;
    case 'watch':
      return html`👀 Watching at ${shareNow(rollout)}: ${watched(stage, now)}, until ${clockTime(stage.to)}.`;
    case 'ask':
      return asking(rollout, stage.since, now);
    case 'restore':
      return html`↩️ Rolling back: ${stage.reason}${running}`;
    case 'stuck':
      return html`🛑 Stopped, waiting for an answer below: ${shorten(stage.problem, 300)}`;
    case 'drift':
      return html`🛑 Traffic was moved by another hand, waiting for an answer below.`;
    case 'done':
      return html`🏁 Done: ${rollout.version} has all of the traffic.`;
    case 'rolled-back':
      return html`↩️ Rolled back: ${stage.reason}`;
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

function asking(rollout: Rollout, since: number, now: number): Html {
  const next = percent(rollout.terms.steps[rollout.step + 1]?.traffic ?? 0);
  if (now < since)
    return html`⏸ Held at ${shareNow(rollout)}. The question for ${next} comes back at ${clockTime(since)}.`;
  const gate = openGate(rollout, 'promote');
  if (gate) return html`✋ Waiting for an approver: ${next}? Expires ${deadline(gate.expires, now)}.`;
  if (rollout.verdict?.answer === 'bad') return html`🔴 The verdict is bad, so ${next} is not offered.`;
  const last = rollout.gates.findLast((g) => g.topic.kind === 'promote');
  if (last?.outcome?.kind === 'expired')
    return html`⌛ Nobody answered in time. It stays at ${shareNow(rollout)}.`;
  return html`✋ The question for ${next} comes now.`;
}

function preparation(rollout: Rollout): Html[] {
  const { stage, terms } = rollout;
  const items = itemIds(rollout);
  const ticked = items.filter((item) => rollout.ticks[item]).length;
  const passed = rollout.checks.filter((check) => check.ok).length;
  const backedUp = rollout.original !== undefined;
  return [
    ...(terms.checklist.length > 0
      ? [line(ticked === items.length, stage.at === 'checklist', `Checklist ${ticked} of ${items.length}`)]
      : []),
    line(
      backedUp,
      stage.at === 'back-up',
      rollout.original ? `Backup: ${describeSplit(rollout.original)}` : 'Backup',
    ),
    line(rollout.versionUrl !== undefined, stage.at === 'deploy', 'Deployed without traffic'),
    line(
      rollout.checks.length > 0 && passed === rollout.checks.length,
      stage.at === 'verify',
      rollout.checks.length > 0
        ? `Verified: ${passed} of ${count(rollout.checks.length, 'check')}`
        : 'Verified',
    ),
  ];
}

function ladder(rollout: Rollout): Html[] {
  const { stage, verdict } = rollout;
  return rollout.terms.steps.map(({ traffic }, i) => {
    const shifting = stage.at === 'shift' && stage.step === i;
    const present = i === rollout.step && !isOver(stage);
    const done = i < rollout.step || (i === rollout.step && stage.at === 'done');
    const base = line(done, shifting || present, `${percent(traffic)}`);
    if (!present || !verdict) return base;
    return html`${base} ${answerMark(verdict)} <b>${answerWord(verdict)}</b>. ${figures(verdict)}`;
  });
}

function line(done: boolean, active: boolean, text: string): Html {
  return html`${done ? '✅' : active ? '▶️' : '▫️'} ${text}`;
}

function buttons(rollout: Rollout): Button[][] {
  const { stage, id } = rollout;
  const row: Button[] = [];
  const last = rollout.gates.findLast((g) => g.topic.kind === 'promote');
  if (stage.at === 'ask' && last?.outcome?.kind === 'expired') {
    row.push({ text: 'Ask again', press: { kind: 'ask-again', rollout: id }, style: 'primary' });
  }
  if (rollout.step >= 0 && canRollBack(rollout) && !openGate(rollout, 'roll-back')) {
    row.push({ text: 'Roll back…', press: { kind: 'roll-back', rollout: id } });
  }
  return row.length > 0 ? [row] : [];
}
