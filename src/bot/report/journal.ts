import type { Event } from '../../rollout/events.ts';
import { type Html, html } from '../html.ts';
import { person, table, time } from './parts.ts';

/** The record itself, every line of it and all that it holds, whether or not a chapter above knows its kind. */
export function journalSection(events: readonly Event[]): Html {
  const rows = events.map((event, i) => {
    const { type, at, ...rest } = event;
    const { by, ...more } = 'by' in rest && rest.by ? rest : { ...rest, by: undefined };
    const held =
      Object.keys(more).length > 0 ? html`<pre>${JSON.stringify(more, undefined, 1)}</pre>` : undefined;
    return [i + 1, time(at), html`<code>${type}</code>`, by ? person(by) : '', held];
  });
  return html`<section class="journal">
<h2>Journal</h2>
<details><summary>All ${events.length} lines of the record</summary>
${table(['Line', 'When', 'What', 'Who', 'In full'], rows)}
</details>
</section>`;
}
