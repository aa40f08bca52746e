import { describeSplit } from '../../plan/split.ts';
import { canRollBack, openGate, type Rollout } from '../../rollout/state.ts';
import type { Button, View } from '../buttons.ts';
import { careLine } from '../care/line.ts';
import { type Html, html, shorten } from '../html.ts';
import { brakes, headline, type Moment } from './headline.ts';
import { aftermath, ladder, preparation } from './milestones.ts';
import { clockTime, dayOf } from './words.ts';

/** The living message of a rollout. */
export function card(rollout: Rollout, moment: Moment): View {
  const care = careLine(rollout, moment.now);
  const lines: Html[] = [
    html`<b>${rollout.service} · ${rollout.version}</b>`,
    headline(rollout, moment),
    ...brakes(rollout, moment),
    ...warning(rollout),
    ...silence(moment),
    html``,
    ...preparation(rollout),
    ...ladder(rollout),
    ...aftermath(rollout),
    ...(care ? [care] : []),
  ];
  if (rollout.live) lines.push(html``, html`Traffic: ${describeSplit(rollout.live)}`);
  lines.push(
    html`<i>Started by ${rollout.starter.name} at ${clockTime(rollout.startedAt)} · ${rollout.id}</i>`,
  );
  if (moment.audit) lines.push(html`<i>Audit</i> <code>${moment.audit.head}</code>`);
  return { html: html`${lines}`.text, buttons: buttons(rollout) };
}

/** That this very version was rolled back before. */
export function warning({ rejected, version }: Rollout): Html[] {
  return rejected
    ? [html`⚠️ ${version} was rolled back on ${dayOf(rejected.at)}: ${shorten(rejected.why, 200)}`]
    : [];
}

/** That nothing goes on record now, and what that holds up. */
function silence({ audit }: Moment): Html[] {
  return audit?.problem === undefined
    ? []
    : [html`🛑 Nothing is promoted before this is put right: ${shorten(audit.problem, 300)}`];
}

function buttons(rollout: Rollout): Button[][] {
  const { stage, id, closed } = rollout;
  if (closed) return [];
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
