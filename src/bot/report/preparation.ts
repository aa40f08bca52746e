import type { CronChange } from '../../rollout/events.ts';
import { type Html, html } from '../html.ts';
import { ruleChanges } from '../views/routing.ts';
import { count } from '../views/words.ts';
import { linesOf, type ReportData } from './data.ts';
import { badge, checkTable, facts, list, section, split, table, time } from './parts.ts';

/** From the validation to the version that stands without traffic; every attempt, the failed ones too. */
export function preparationSections(data: ReportData): (Html | undefined)[] {
  return [
    section('Validation', ...linesOf(data, 'validated').map((e) => attempt(e.at, checkTable(e.checks)))),
    section(
      'Backup',
      ...linesOf(data, 'backed-up').map((e) =>
        facts([
          ['Taken', time(e.at)],
          ['Kept as', html`<code>${e.backup}</code>`],
          ['Traffic', split(e.split)],
        ]),
      ),
    ),
    section('Deployment', ...deployments(data), ...cron(data)),
    section('Verification', ...linesOf(data, 'verified').map((e) => attempt(e.at, checkTable(e.checks)))),
    section('What failed on the way', failures(data)),
  ];
}

function attempt(at: number, found: Html | undefined): Html {
  return html`<p>${time(at)}</p>${found ?? html`<p>Nothing was to be looked at.</p>`}`;
}

function deployments(data: ReportData): Html[] {
  return linesOf(data, 'deployed').map(({ at, versionUrl, files, uploaded, changes }) => {
    const differs = list(changes);
    return html`${facts([
      ['Deployed', time(at)],
      ['Address', html`<code>${versionUrl}</code>`],
      ['Files', `${count(files, 'file')}, ${uploaded} uploaded`],
    ])}${differs ? html`<h3>What differs from the version before</h3>${differs}` : undefined}`;
  });
}

function cron(data: ReportData): Html[] {
  const compared = linesOf(data, 'cron-compared').map((e) =>
    cronChange('Cron jobs compared', e.at, e.change),
  );
  const deployed = linesOf(data, 'cron-deployed').map((e) => cronChange('Cron jobs changed', e.at, e.change));
  return [...compared, ...deployed];
}

function cronChange(title: string, at: number, change: CronChange): Html {
  const { create, remove, same } = change;
  const lines = [
    ...create.map((job) => html`new: ${job}`),
    ...remove.map((job) => html`gone: ${job}`),
    ...routes(change),
  ];
  return html`<h3>${title}</h3><p>${time(at)}: ${count(same, 'job')} as before.</p>${list(lines)}`;
}

/** What a change does to the routing, a line for each rule. */
export function routes(change: CronChange): Html[] {
  if (!change.routes) return [];
  const { added, gone } = ruleChanges(change);
  const lines = [
    ...added.map((rule) => html`new route: ${rule}`),
    ...gone.map((rule) => html`gone route: ${rule}`),
  ];
  return lines.length > 0 ? lines : [html`routes in another order: ${change.routes.after.join('; ')}`];
}

function failures(data: ReportData): Html | undefined {
  const rows = linesOf(data, 'effect-failed').map(({ at, effect, problem }) => [
    time(at),
    effect.replace(/\..*$/, ''),
    html`${badge('bad', 'failed')} ${problem}`,
  ]);
  return table(['When', 'Work', 'Problem'], rows);
}
