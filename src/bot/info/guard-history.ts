import type { GuardEntry } from '../../rollout/guard-record.ts';
import type { View } from '../buttons.ts';
import { type Html, html } from '../html.ts';
import { fitLines } from './fit.ts';
import { dateTime, sentence } from './words.ts';

const PAGE = 20;

/** Who froze, locked and lifted what, when and why; the newest first. */
export function guardHistory(entries: readonly GuardEntry[]): View {
  if (entries.length === 0) return { html: 'Nothing was frozen or locked so far.' };
  const shown = entries.slice(-PAGE).toReversed();
  const lines = [
    html`<b>Freezes and locks</b>, the newest first`,
    ...shown.map((entry) => html`${dateTime(entry.at)}: ${what(entry)} ${sentence(entry.why)}`),
  ];
  const rest = (left: number) => html`… and ${left} lines more, too many for a message.`;
  return { html: fitLines(lines, rest) };
}

function what(entry: GuardEntry): Html {
  switch (entry.type) {
    case 'frozen': {
      const end = entry.until === undefined ? 'until somebody ends it' : `until ${dateTime(entry.until)}`;
      return html`❄️ ${entry.by.name} froze releases ${end}:`;
    }
    case 'unfrozen':
      return html`☀️ ${entry.by.name} ended the freeze${entry.lifts === undefined ? '' : `, the plan’s window until ${dateTime(entry.lifts)} too`}:`;
    case 'locked':
      return html`🔒 ${entry.by?.name ?? 'The rollback'} locked ${entry.service}:`;
    case 'unlocked':
      return html`🔓 ${entry.by.name} unlocked ${entry.service}:`;
    case 'rejected':
      return html`↩️ ${entry.service} ${entry.version} was rolled back:`;
  }
}
