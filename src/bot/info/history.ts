import type { Clock } from '../../plan/clock.ts';
import { sayDuration } from '../../plan/duration.ts';
import type { Guard } from '../../rollout/guard.ts';
import { type Past, pastOf } from '../../rollout/past.ts';
import type { Store } from '../../rollout/ports.ts';
import { isOver, type Rollout } from '../../rollout/state.ts';
import type { View } from '../buttons.ts';
import { type Html, html, shorten } from '../html.ts';
import { shareNow } from '../views/words.ts';
import { fitLines } from './fit.ts';
import { guardHistory } from './guard-history.ts';
import { dateTime, REASON_SHOWN } from './words.ts';

export interface HistoryPorts {
  readonly store: Pick<Store, 'history'>;
  readonly guard: Pick<Guard, 'history'>;
  readonly clock: Pick<Clock, 'now'>;
  rollouts(): readonly Rollout[];
}

const PAGE = 10;

/**
 * `/history [ID]`: what each rollout ended as, the newest first; with an id those before that one. `/history locks`: who
 * froze, locked and lifted what.
 */
export async function historyCommand(
  text: string,
  { store, guard, clock, rollouts }: HistoryPorts,
): Promise<View> {
  const before = text.trim();
  if (before === 'locks') return guardHistory(guard.history());
  if (!/^[a-z0-9]*$/.test(before)) {
    return {
      html: html`After /history comes the id of a rollout, the word locks, or nothing; not '${before}'.`.text,
    };
  }
  // Those that are over and not closed are kept by the engine, not by the history.
  const recent = rollouts().toSorted((a, b) => b.startedAt - a.startedAt);
  const at = recent.findIndex(({ id }) => id === before);
  const open = before === '' ? recent : at >= 0 ? recent.slice(at + 1) : [];
  const cursor = before === '' || at >= 0 ? undefined : before;
  const closed = await store.history(PAGE + 1, cursor);
  const ids = new Set(open.map(({ id }) => id));
  const all: readonly Entry[] = [...open, ...closed.filter(({ id }) => !ids.has(id))];
  return historyView(all, clock.now(), before !== '');
}

type Entry = Rollout | Past;

function historyView(all: readonly Entry[], now: number, paged: boolean): View {
  if (all.length === 0) {
    return { html: paged ? 'There is none before that one.' : 'No rollout so far. /deploy begins one.' };
  }
  const shown = all.slice(0, PAGE);
  const last = shown.at(-1);
  const lines = [
    html`<b>Rollouts</b>, the newest first`,
    ...shown.map((one) => entryLine(one, now)),
    ...(all.length > PAGE && last ? [html`Older ones: <code>/history ${last.id}</code>`] : []),
    html`All of one: <code>/report ID</code>. Freezes and locks: <code>/history locks</code>`,
  ];
  return { html: fitLines(lines, (left) => html`… and ${left} lines more, too many for a message.`) };
}

function entryLine(entry: Entry, now: number): Html {
  if (!('stage' in entry)) return pastLine(entry);
  if (isOver(entry.stage)) return pastLine(pastOf(entry));
  const { id, service, version, startedAt, starter } = entry;
  return html`▶️ <b>${service} ${version}</b> goes on at ${shareNow(entry)}, begun ${sayDuration(now - startedAt)} ago by ${starter.name} · <code>${id}</code>`;
}

const ENDS = { done: '🏁', 'rolled-back': '↩️', cancelled: '✖️' } as const;
const WORDS = { done: 'done', 'rolled-back': 'rolled back', cancelled: 'cancelled' } as const;

function pastLine({ id, service, version, endedAt, outcome, by, why }: Past): Html {
  const reason = why ? `: ${shorten(why, REASON_SHOWN / 3)}` : '';
  return html`${ENDS[outcome]} <b>${service} ${version}</b> ${WORDS[outcome]} ${dateTime(endedAt)}, started by ${by}${reason} · <code>${id}</code>`;
}
