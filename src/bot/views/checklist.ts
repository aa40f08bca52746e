import { itemId, type Rollout } from '../../rollout/state.ts';
import type { Button, View } from '../buttons.ts';
import { html } from '../html.ts';

const MARKS = { done: '✅', 'not-applicable': '➖', open: '⬜' } as const;

/** One section of the checklist, with a button for each item. */
export function checklistSection(rollout: Rollout, section: number): View | undefined {
  const part = rollout.terms.checklist[section];
  if (!part) return undefined;
  const total = rollout.terms.checklist.length;
  const closed = rollout.stage.at !== 'checklist';
  const lines = part.items.map((item, i) => {
    const tick = rollout.ticks[itemId(section, i)];
    if (!tick) return html`⬜ ${i + 1}. ${item}`;
    const { mark, by } = tick;
    return mark.kind === 'done'
      ? html`✅ ${i + 1}. ${item} <i>${by.name}</i>`
      : html`➖ ${i + 1}. ${item} <i>does not apply: ${mark.reason} (${by.name})</i>`;
  });
  const view = html`📋 <b>${rollout.version}: ${part.title}</b> (${section + 1} of ${total})
${lines}`.text;
  if (closed) return { html: view, buttons: [] };

  const marks: Button[] = part.items.map((_, i) => ({
    text: `${MARKS[rollout.ticks[itemId(section, i)]?.mark.kind ?? 'open']} ${i + 1}`,
    press: { kind: 'tick', rollout: rollout.id, section, item: i },
  }));
  const open = part.items.some((_, i) => !rollout.ticks[itemId(section, i)]);
  const rest: Button[] = open
    ? [
        {
          text: 'Tick all',
          press: { kind: 'tick', rollout: rollout.id, section, item: 'all' },
          style: 'success',
        },
      ]
    : [];
  if (section + 1 < total) {
    rest.push({ text: 'Next section', press: { kind: 'turn', rollout: rollout.id, section: section + 1 } });
  }
  const waive: Button = { text: 'Does not apply…', press: { kind: 'waive', rollout: rollout.id, section } };
  return { html: view, buttons: [marks, rest, open ? [waive] : []].filter((row) => row.length > 0) };
}

/** The first section that has an open item; undefined when all are done. */
export function firstOpenSection(rollout: Rollout): number | undefined {
  const at = rollout.terms.checklist.findIndex((part, s) =>
    part.items.some((_, i) => !rollout.ticks[itemId(s, i)]),
  );
  return at < 0 ? undefined : at;
}
