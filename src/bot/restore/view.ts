import { describeSplit, sameSplit } from '../../plan/split.ts';
import type { Check } from '../../rollout/events.ts';
import type { Button, View } from '../buttons.ts';
import { type Html, html, shorten } from '../html.ts';
import { dateTime } from '../info/words.ts';
import { digestOf } from './press.ts';
import type { Comparison } from './restorer.ts';

/** Lines of cron jobs that a message shows of each kind. */
const JOBS = 8;

/** What a backup would change, with a button for each part that differs. */
export function comparisonView(id: string, { service, takenAt, traffic, cron, kept }: Comparison): View {
  const { saved, live } = traffic;
  const sameTraffic = sameSplit(saved, live);
  const differs = 'same' in cron && cron.create.length + cron.remove.length > 0;
  const lines: Html[] = [
    html`💾 <b>${service}: back to ${dateTime(takenAt)}?</b> <code>${id}</code>`,
    sameTraffic
      ? html`Traffic: as it was, ${describeSplit(saved)}.`
      : html`Traffic: ${describeSplit(live)} now, <b>${describeSplit(saved)}</b> then.`,
    ...cronLines(cron),
  ];
  if (kept !== undefined) lines.push(html`⛔ ${kept}`);
  const buttons: Button[] = [];
  if (kept === undefined && !sameTraffic) {
    const press = { kind: 'restore-traffic', rollout: id, seen: digestOf(live) } as const;
    buttons.push({ text: `Traffic to ${shorten(describeSplit(saved), 40)}`, press, style: 'danger' });
  }
  if (differs) buttons.push({ text: 'Cron jobs as they were', press: { kind: 'restore-cron', rollout: id } });
  if (buttons.length > 0) lines.push(html`For approvers. Nothing changes before somebody presses.`);
  else if (kept === undefined) lines.push(html`There is nothing to bring back.`);
  return { html: html`${lines}`.text, buttons: buttons.map((button) => [button]) };
}

function cronLines(cron: Comparison['cron']): Html[] {
  if ('unread' in cron) return [html`Cron jobs: not in the backup (${cron.unread}).`];
  const { create, remove, same } = cron;
  if (create.length + remove.length === 0) return [html`Cron jobs: as they were, ${same} of them.`];
  return [
    html`Cron jobs: ${same} as they were;`,
    ...jobs('➕ would come back: ', create),
    ...jobs('➖ would go: ', remove),
  ];
}

function jobs(what: string, all: readonly string[]): Html[] {
  const shown = all.slice(0, JOBS).map((job) => html`${what}<code>${shorten(job, 120)}</code>`);
  return all.length > JOBS ? [...shown, html`… and ${all.length - JOBS} more.`] : shown;
}

/** What became of it. */
export function restoredView(service: string, who: string, checks: readonly Check[]): View {
  const lines = checks.map(
    ({ ok, name, detail }) => html`${ok ? '✅' : '❌'} <b>${name}</b>: ${shorten(detail, 600)}`,
  );
  return { html: html`💾 <b>${service}</b>: ${who} brought this back.\n${lines}`.text };
}
