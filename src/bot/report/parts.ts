import { describeSplit, type Split } from '../../plan/split.ts';
import type { Reading } from '../../plan/terms.ts';
import type { Who } from '../../rollout/draft.ts';
import type { Check } from '../../rollout/events.ts';
import { type Html, html } from '../html.ts';

/** A chapter of the report; nothing when it has nothing to say. */
export function section(title: string, ...body: readonly (Html | undefined)[]): Html | undefined {
  const said = body.filter((part) => part !== undefined);
  if (said.length === 0) return undefined;
  return html`<section>
<h2>${title}</h2>
${said}
</section>`;
}

/** Rows under a head. On a narrow screen each row becomes a block whose cells bear their column's name. */
export function table(head: readonly string[], rows: readonly (readonly unknown[])[]): Html | undefined {
  if (rows.length === 0) return undefined;
  return html`<table>
<thead><tr>${head.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>
${rows.map((row) => html`<tr>${row.map((cell, i) => html`<td data-name="${head[i]}">${cell}</td>`)}</tr>`)}
</tbody>
</table>`;
}

/** Names with what belongs to each. */
export function facts(pairs: readonly (readonly [string, unknown] | undefined)[]): Html {
  const rows = pairs.flatMap((pair) => (pair ? [html`<dt>${pair[0]}</dt><dd>${pair[1]}</dd>`] : []));
  return html`<dl>${rows}</dl>`;
}

export function list(items: readonly unknown[]): Html | undefined {
  return items.length === 0 ? undefined : html`<ul>${items.map((item) => html`<li>${item}</li>`)}</ul>`;
}

/** What a command said, folded: it may be long. */
export function output(text: string | undefined, title = 'Output'): Html | undefined {
  if (!text?.trim()) return undefined;
  return html`<details><summary>${title}</summary><pre>${text.trimEnd()}</pre></details>`;
}

const DAY = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' });

/** "22 Nov 2026, 14:05:09", in UTC like every time of the report. */
export function time(at: number): Html {
  const iso = new Date(at).toISOString();
  return html`<time datetime="${iso}">${DAY.format(at)}, ${iso.slice(11, 19)}</time>`;
}

/** Names change hands; the number is who it was. */
export function person(who: Who): Html {
  return html`${who.name} <span class="number">${who.id}</span>`;
}

export function split(of: Split | undefined): string {
  return of ? describeSplit(of) : 'none';
}

/** The colour tells what the word says already. */
export function badge(tone: 'good' | 'bad' | 'open', word: string): Html {
  return html`<span class="badge ${tone}">${word}</span>`;
}

export function checkTable(checks: readonly Check[]): Html | undefined {
  return table(
    ['Check', 'Result', 'Detail'],
    checks.map(({ name, ok, detail, output: said }) => [
      name,
      ok ? badge('good', 'passed') : badge('bad', 'failed'),
      html`${detail}${output(said)}`,
    ]),
  );
}

const ANSWERS = {
  good: badge('good', 'good'),
  off: badge('bad', 'off'),
  unknown: badge('open', 'not known'),
} as const;

export function readingTable(readings: readonly Reading[]): Html | undefined {
  return table(
    ['Check', 'Result', 'Detail'],
    readings.map(({ name, answer, detail }) => [name, ANSWERS[answer], detail]),
  );
}
