import type { ChecklistItem } from '../../plan/terms.ts';
import { itemId, openRequired } from '../../rollout/checklist.ts';
import type { Note } from '../../rollout/events.ts';
import type { Rollout, Tick } from '../../rollout/state.ts';
import type { Button, View } from '../buttons.ts';
import { type Html, html, shorten } from '../html.ts';
import { fitLines } from '../info/fit.ts';
import { sentence } from '../info/words.ts';
import { clockTime, lastLine } from './words.ts';

const MARKS = { done: '✅', 'not-applicable': '➖', open: '⬜' } as const;
/** Telegram takes eight buttons in a row and a hundred on a message; six are wide enough for a thumb. */
const ROW = 6;
const MOST_BUTTONS = 84;
/** Newest notes of an item that its section shows. */
const NOTES_SHOWN = 3;

/** One section of the checklist: what is known of each item, and what can be done about it. */
export function checklistSection(rollout: Rollout, section: number, progress?: string): View | undefined {
  const part = rollout.terms.checklist[section];
  if (!part) return undefined;
  const closed = rollout.stage.at !== 'checklist';
  const lines = [
    html`📋 <b>${rollout.version}: ${part.title}</b> (${section + 1} of ${rollout.terms.checklist.length})`,
    ...part.items.flatMap((item, i) => itemLines(rollout, item, itemId(section, i), i + 1, progress)),
    ...(closed ? [] : [html`<i>${openWords(rollout, section)}</i>`]),
  ];
  const view = fitLines(lines, (left) => html`<i>${left} more lines do not fit; /report has all of it.</i>`);
  return { html: view, buttons: closed ? [] : buttons(rollout, section) };
}

function itemLines(
  rollout: Rollout,
  item: ChecklistItem,
  id: string,
  number: number,
  progress: string | undefined,
): Html[] {
  const { ticks, notes } = rollout.checklist;
  const tick = ticks[id];
  const optional = item.required ? '' : ' (optional)';
  const head = html`${MARKS[tick?.mark.kind ?? 'open']} ${number}. ${shorten(item.text, 200)}${optional}${tick ? by(tick) : ''}`;
  const own = notes[id] ?? [];
  return [head, ...runLine(rollout, id, progress), ...own.slice(-NOTES_SHOWN).map(noteLine)];
}

function by({ mark, by: { name }, at }: Tick): Html {
  const why = mark.kind === 'done' ? '' : `does not apply: ${sentence(shorten(mark.reason, 120))} `;
  return html` <i>${why}(${name}, ${clockTime(at)})</i>`;
}

function runLine({ checklist, pending }: Rollout, id: string, progress: string | undefined): Html[] {
  const run = checklist.runs[id];
  if (!run) return [];
  if (run.state === 'wanted') {
    const running = pending?.effect.kind === 'run-item' && pending.effect.item === id;
    const words = running ? `running${progress ? `: ${shorten(progress, 100)}` : '…'}` : 'waits for its turn';
    return [html`   ⏳ ${words} <i>(${run.by.name})</i>`];
  }
  const at = clockTime(run.at);
  if (run.ok) return [html`   🟢 its command passed at ${at}`];
  const last = shorten(lastLine(run.output), 120);
  return [html`   ❌ its command failed at ${at}: ${run.detail}${last ? html`. <code>${last}</code>` : ''}`];
}

function noteLine(note: Note & { readonly by: { readonly name: string }; readonly at: number }): Html {
  const what = note.kind === 'text' ? shorten(note.text, 160) : note.name;
  return html`   ${note.kind === 'text' ? '📝' : '📎'} ${what} <i>(${note.by.name}, ${clockTime(note.at)})</i>`;
}

/** What is open in this section: a tick elsewhere must not have all sections edited, Telegram counts edits. */
function openWords({ terms, checklist }: Rollout, section: number): string {
  const open = (terms.checklist[section]?.items ?? []).filter((_, i) => !checklist.ticks[itemId(section, i)]);
  const required = open.filter((item) => item.required).length;
  const asked = [
    ...(required > 0 ? [`${required} required`] : []),
    ...(open.length > required ? [`${open.length - required} optional`] : []),
  ];
  return asked.length > 0 ? `Open here: ${asked.join(', ')}.` : 'Nothing is open here.';
}

function buttons(rollout: Rollout, section: number): Button[][] {
  const { id, terms, checklist } = rollout;
  const items = terms.checklist[section]?.items ?? [];
  const of = { rollout: id, section } as const;
  const idOf = (i: number) => itemId(section, i);
  const marks = items.map<Button>((_, i) => ({
    text: `${MARKS[checklist.ticks[idOf(i)]?.mark.kind ?? 'open']} ${i + 1}`,
    press: { kind: 'tick', ...of, item: i },
  }));
  const runnable = items.flatMap((item, i) =>
    item.run !== undefined && !checklist.ticks[idOf(i)] && checklist.runs[idOf(i)]?.state !== 'wanted'
      ? [i]
      : [],
  );
  const runs = runnable.map<Button>((i) => ({
    text: `▶️ Run ${i + 1}`,
    press: { kind: 'run', ...of, item: i },
  }));
  const runAll: Button[] =
    runnable.length > 1 ? [{ text: 'Run all commands', press: { kind: 'run', ...of, item: 'all' } }] : [];
  const open = items.some((_, i) => !checklist.ticks[idOf(i)]);
  const rest: Button[] = open
    ? [{ text: 'Tick all', press: { kind: 'tick', ...of, item: 'all' }, style: 'success' }]
    : [];
  if (section + 1 < terms.checklist.length) {
    rest.push({ text: 'Next section', press: { kind: 'turn', rollout: id, section: section + 1 } });
  }
  const words: Button[] = [
    ...(open ? [{ text: 'Does not apply…', press: { kind: 'waive', ...of } } as const] : []),
    { text: 'Note or file…', press: { kind: 'note', ...of } },
  ];
  return [
    ...rows(marks.slice(0, MOST_BUTTONS), ROW),
    ...rows(runs.slice(0, Math.max(0, MOST_BUTTONS - marks.length)), 4),
    runAll,
    rest,
    words,
    closing(rollout, section),
  ].filter((row) => row.length > 0);
}

/** On the last section, or anywhere once nothing required is open: going on is no early temptation. */
function closing(rollout: Rollout, section: number): Button[] {
  const required = openRequired(rollout).length > 0;
  if (required && section + 1 < rollout.terms.checklist.length) return [];
  const text = required ? 'Go on with open items…' : 'Go on without the optional ones';
  return [{ text, press: { kind: 'close', rollout: rollout.id } }];
}

function rows(all: readonly Button[], size: number): Button[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));
}

/** The first section that has an open item; undefined when all are done. */
export function firstOpenSection({
  terms,
  checklist,
}: Pick<Rollout, 'terms' | 'checklist'>): number | undefined {
  const at = terms.checklist.findIndex((part, s) =>
    part.items.some((_, i) => !checklist.ticks[itemId(s, i)]),
  );
  return at < 0 ? undefined : at;
}
