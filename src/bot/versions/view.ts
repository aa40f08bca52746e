import { sayDuration } from '../../plan/duration.ts';
import type { View } from '../buttons.ts';
import { type Html, html, shorten } from '../html.ts';
import { fitLines } from '../info/fit.ts';
import type { LiveVersion } from '../info/traffic.ts';
import { bytes, dateTime } from '../info/words.ts';
import { count, listShort } from '../views/words.ts';
import type { Cleaning } from './cleaner.ts';
import type { CleaningRules, Proposal } from './propose.ts';

/** Asks whether what is old may go. */
export function removalView(
  id: string,
  { service, of, remove, needed }: Proposal,
  { keep, olderThan }: CleaningRules,
): View {
  const all = count(remove.length, 'version');
  const size = bytes(remove.reduce((sum, { diskUsage }) => sum + diskUsage, 0));
  const lines = [
    html`🧹 <b>${service}: delete ${remove.length} of ${of} versions?</b> ${size} in all.`,
    ...remove.map(versionLine),
    html`No traffic, older than ${sayDuration(olderThan)}, not among the newest ${keep}, and nobody’s way back. <b>What is deleted is gone for good.</b>`,
    ...neededLines(needed),
    html`For approvers. Nothing changes before somebody presses.`,
  ];
  const press = { kind: 'clean', cleaning: id } as const;
  return {
    html: fitLines(lines, (left) => html`… and ${left} lines more.`),
    buttons: [
      [{ text: `Delete ${remove.length === 1 ? 'this version' : `these ${all}`}`, press, style: 'danger' }],
    ],
  };
}

/** Asks whether what runs for nobody may be stopped. */
export function stopView(id: string, { service, stop }: Proposal): View {
  const all = count(stop.length, 'version');
  const lines = [
    html`💤 <b>${service}: stop ${all} without traffic?</b>`,
    ...stop.map(versionLine),
    html`They run, and cost, whether anybody comes or not. A stopped version stays, and can be started again.`,
    html`For approvers. Nothing changes before somebody presses.`,
  ];
  const press = { kind: 'clean', cleaning: id } as const;
  return {
    html: fitLines(lines, (left) => html`… and ${left} lines more.`),
    buttons: [[{ text: `Stop ${stop.length === 1 ? 'this version' : `these ${all}`}`, press }]],
  };
}

export function nothingView(proposals: readonly Proposal[], { keep, olderThan }: CleaningRules): View {
  const names = proposals.map(({ service }) => service).join(', ');
  const needed = proposals.flatMap((proposal) => proposal.needed);
  return {
    html: html`🧹 <b>${names}</b>: there is nothing to clean away. The newest ${keep} versions stay, and whatever is younger than ${sayDuration(olderThan)}, has traffic or is somebody’s way back.
${neededLines(needed)}`.text.trimEnd(),
  };
}

function versionLine({ id, createTime, diskUsage, env, runtime }: LiveVersion): Html {
  const facts = [/^flex/.test(env) ? `flex, ${runtime}` : runtime, `made ${dateTime(createTime)}`];
  return html`▫️ <code>${shorten(id, 63)}</code> · ${facts.join(' · ')} · ${bytes(diskUsage)}`;
}

function neededLines(needed: Proposal['needed']): Html[] {
  return listShort(needed.map(({ id, why }) => html`Stays, though it is old: ${id}, ${why}.`));
}

/** What came of it. */
export function cleanedView({ service, what, versions, results, begun }: Cleaning): View {
  const done = results.filter(({ ok }) => ok).map(({ name }) => name);
  const failed = results.filter(({ ok }) => !ok);
  const past = what === 'delete' ? 'deleted' : 'stopped';
  const lines = [
    html`🧹 <b>${service}</b>: ${done.length} of ${count(versions.length, 'version')} ${past}, on ${begun?.by.name ?? 'somebody'}’s word.`,
    ...(done.length > 0 ? [html`✅ ${done.join(', ')}`] : []),
    ...failed.map(({ name, detail }) => html`❌ <code>${name}</code>: ${shorten(detail, 400)}`),
  ];
  return { html: fitLines(lines, (left) => html`… and ${left} lines more.`) };
}
