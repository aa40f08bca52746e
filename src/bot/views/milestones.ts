import { describeSplit } from '../../plan/split.ts';
import { items, openItems } from '../../rollout/checklist.ts';
import type { Check, CronChange } from '../../rollout/events.ts';
import { isOver, type Rollout, type Stage } from '../../rollout/state.ts';
import { type Html, html, shorten, withPaths } from '../html.ts';
import { sayRouting } from './routing.ts';
import { answerMark, answerWord, count, figures, listShort, percent } from './words.ts';

/** What was done before the new version got traffic, a line each. */
export function preparation(rollout: Rollout): Html[] {
  const at = whereabouts(rollout.stage);
  return [
    ...checklistLine(rollout),
    ...validationLine(rollout, at === 'validate'),
    line(
      rollout.original !== undefined,
      at === 'back-up',
      rollout.original ? `Backup: ${describeSplit(rollout.original)}` : 'Backup',
    ),
    line(rollout.versionUrl !== undefined, at === 'deploy', 'Deployed without traffic'),
    ...cronLine(rollout, at),
    checksLine('Verification', rollout.checks, at === 'verify', overruling(rollout, 'verify')?.by),
  ];
}

/** The steps of the traffic, the present one with its figures. */
export function ladder(rollout: Rollout): Html[] {
  const { stage, verdict } = rollout;
  return rollout.terms.steps.map(({ traffic }, i) => {
    const shifting = stage.at === 'shift' && stage.step === i;
    const present = i === rollout.step && !isOver(stage);
    const reached = i < rollout.step || (i === rollout.step && isOver(stage));
    const text = html`${percent(traffic)}${alone(rollout, i)}`;
    if (reached && stage.at === 'rolled-back') return html`↩️ ${text}`;
    const base = line(reached, shifting || present, text);
    if (!present || !verdict) return base;
    // Errors and latency may be fine where something else is bad.
    const words = verdict.answer === 'bad' ? shorten(verdict.reasons[0] ?? '', 200) : figures(verdict);
    return html`${base} ${answerMark(verdict)} <b>${answerWord(verdict)}</b>. ${words}`;
  });
}

/** What a rollback put back, and which of the team's own announcements failed. */
export function aftermath({ putBack, announced }: Rollout): Html[] {
  const failed = Object.values(announced).flatMap((checks) => checks.filter((check) => !check.ok));
  return [
    ...listShort((putBack ?? []).map(checkLine)),
    ...listShort(
      failed.map(
        ({ name, detail }) =>
          html`📣 The announcement “${shorten(name, 60)}” failed: ${shorten(detail, 120)}`,
      ),
    ),
  ];
}

/** "❌ Staging bucket: it is not there". */
export function checkLine({ ok, name, detail }: Check): Html {
  return html`${ok ? '✅' : '❌'} <b>${withPaths(shorten(name, 60))}</b>: ${withPaths(shorten(detail, 150))}`;
}

/** "2 created, 1 deleted", "unchanged", "unchanged; routing: 1 added". */
export function sayCron(change: CronChange): string {
  const { create, remove } = change;
  const routing = sayRouting(change);
  const parts = [
    ...(create.length > 0 ? [`${create.length} created`] : []),
    ...(remove.length > 0 ? [`${remove.length} deleted`] : []),
  ];
  const jobs = parts.join(', ') || 'unchanged';
  return routing === undefined ? jobs : `${jobs}; routing: ${routing}`;
}

/** Where it stands, or stood when it was stopped. */
function whereabouts(stage: Stage): Stage['at'] {
  return stage.at === 'stuck' || stage.at === 'drift' ? whereabouts(stage.resume) : stage.at;
}

function checklistLine(rollout: Rollout): Html[] {
  const all = items(rollout).size;
  if (all === 0) return [];
  const open = openItems(rollout).length;
  const { closed } = rollout.checklist;
  const left = closed && open > 0 ? `, ${open} left open by ${closed.by.name}` : '';
  const why = left && closed?.reason ? `: ${shorten(closed.reason, 100)}` : '';
  const waits = rollout.stage.at === 'checklist';
  return [
    line(
      !waits && (open === 0 || closed !== undefined),
      waits,
      `Checklist ${all - open} of ${all}${left}${why}`,
    ),
  ];
}

/** A plan may ask for none. */
function validationLine(rollout: Rollout, active: boolean): Html[] {
  const { checks, commands } = rollout.terms.validation;
  if (checks.length + commands.length + rollout.validation.length === 0) return [];
  return [checksLine('Validation', rollout.validation, active, overruling(rollout, 'validate')?.by)];
}

function checksLine(title: string, checks: readonly Check[], active: boolean, overruledBy?: string): Html {
  const failed = checks.filter((check) => !check.ok);
  if (checks.length === 0) return line(false, active, title);
  if (failed.length === 0) return line(!active, active, `${title}: ${count(checks.length, 'check')} passed`);
  const names = shorten(failed.map((check) => check.name).join(', '), 120);
  return html`❌ ${title}: ${failed.length} of ${count(checks.length, 'check')} failed: ${names}${overruledBy ? `. Overruled by ${overruledBy}` : ''}`;
}

/** Who went on in spite of failed checks, and why. */
export function overruling(
  { gates }: Rollout,
  effect: 'validate' | 'verify',
): { readonly by: string; readonly why: string } | undefined {
  const last = gates.findLast(({ topic }) => topic.kind === 'stuck' && topic.effect === effect);
  if (last?.outcome?.kind !== 'answered' || last.outcome.answer !== 'overrule') return undefined;
  return { by: last.settledBy?.name ?? 'somebody', why: last.outcome.reason ?? '' };
}

function cronLine(rollout: Rollout, at: Stage['at']): Html[] {
  if (rollout.source.kind === 'version') return [];
  const active = at === 'compare-cron' || at === 'ask-cron' || at === 'deploy-cron';
  const passed = rollout.checks.length > 0 || rollout.step >= 0 || at === 'verify' || at === 'ask';
  if (active || !passed) return [line(false, active, 'Cron jobs')];
  const kept = rollout.gates.some(
    ({ topic, outcome }) =>
      (topic.kind === 'cron' || (topic.kind === 'stuck' && /cron$/.test(topic.effect))) &&
      outcome?.kind === 'answered' &&
      outcome.answer === 'no',
  );
  const change = rollout.cron?.change;
  return [
    line(true, false, `Cron jobs: ${change ? sayCron(change) : kept ? 'left as they are' : 'unchanged'}`),
  ];
}

/** Who opened a step without the others that the plan asks for. */
function alone({ gates }: Rollout, step: number): Html | string {
  const gate = gates.findLast(({ topic }) => topic.kind === 'promote' && topic.step === step);
  if (gate?.outcome?.kind !== 'answered' || gate.outcome.answer !== 'emergency') return '';
  return html` · ⚠️ ${gate.settledBy?.name ?? 'somebody'} alone: “${shorten(gate.outcome.reason ?? '', 100)}”`;
}

function line(done: boolean, active: boolean, text: string | Html): Html {
  return html`${done ? '✅' : active ? '▶️' : '▫️'} ${text}`;
}
