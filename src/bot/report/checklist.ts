import { itemId } from '../../rollout/checklist.ts';
import type { Note } from '../../rollout/events.ts';
import type { Checklist, Rollout, Run } from '../../rollout/state.ts';
import { type Html, html } from '../html.ts';
import { listed } from '../info/words.ts';
import type { ReportData } from './data.ts';
import { badge, list, output, person, section, table, time } from './parts.ts';
import type { Pictures } from './pictures.ts';

/** Every item with its mark, who set it and when, and the evidence beside it. */
export function checklistSection({ rollout }: ReportData, pictures: Pictures): Html | undefined {
  const { terms, checklist } = rollout;
  const parts = terms.checklist.map((part, s) => {
    const rows = part.items.map((item, i) => {
      const id = itemId(s, i);
      return [
        html`${id} ${item.text}${item.required ? '' : html` <span class="note">optional</span>`}`,
        mark(checklist, id),
        evidence(checklist, id, pictures),
      ];
    });
    return html`<h3>${part.title}</h3>${table(['Item', 'Mark', 'Evidence'], rows)}`;
  });
  return section('Checklist', closing(rollout), ...parts);
}

function mark({ ticks }: Checklist, id: string): Html {
  const tick = ticks[id];
  if (!tick) return badge('open', 'open');
  const by = html`${person(tick.by)}, ${time(tick.at)}`;
  if (tick.mark.kind === 'done') return html`${badge('good', 'done')} ${by}`;
  return html`<span class="badge">does not apply</span> ${by}: ${tick.mark.reason}`;
}

function evidence({ notes, runs }: Checklist, id: string, pictures: Pictures): Html {
  const said = (notes[id] ?? []).map(
    (note) => html`${shown(note, pictures)} <span class="note">${person(note.by)}, ${time(note.at)}</span>`,
  );
  const run = runs[id];
  return html`${list(said)}${run && ran(run)}`;
}

function shown(note: Note, pictures: Pictures): Html {
  if (note.kind === 'text') return html`${note.text}`;
  const picture = pictures.get(note.kept);
  const image = picture && html`<img class="evidence" alt="${note.name}" src="${picture}">`;
  return html`File ${note.name}, kept as <code>${note.kept}</code>${image}`;
}

function ran(run: Run): Html {
  if (run.state === 'wanted') return html`Its command was to run, wished by ${person(run.by)}.`;
  const result = run.ok ? badge('good', 'passed') : badge('bad', 'failed');
  return html`Command ${result} ${time(run.at)}: ${run.detail}${output(run.output)}`;
}

function closing({ checklist: { closed } }: Rollout): Html | undefined {
  if (!closed || closed.open.length === 0) return undefined;
  return html`<p>${badge('open', 'Closed with items open')} by ${person(closed.by)}: ${listed(closed.open)}. ${closed.reason ?? ''}</p>`;
}
