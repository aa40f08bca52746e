import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Event } from '../../src/rollout/events.ts';
import { show } from './play.ts';
import { journalIn, list } from './step.ts';
import type { World } from './world.ts';

/** What a run came to, in words that do not hang on its times. Two runs of a scenario are held against each other by it. */
export interface Ending {
  /** Splits in the order in which App Engine took them, without those that changed nothing. */
  readonly traffic: readonly string[];
  /** Versions made, and cron jobs created, changed and deleted. */
  readonly made: readonly string[];
  /** What the journal has recorded, figures and looks aside. */
  readonly facts: readonly string[];
  /** What stands in the chat of the posts that the bot keeps up, each with its text. */
  readonly posts: readonly string[];
  /** First lines of everything else that the bot said. */
  readonly replies: readonly string[];
  /** First lines of what was sent loud and with buttons. */
  readonly questions: readonly string[];
}

export async function endingOf(world: World): Promise<Ending> {
  const journal = journalIn(world.dataDir);
  const own = shelved(world.dataDir);
  const said = (await world.messages()).filter((m) => m.from.is_bot);
  const titles = new Set(said.filter((m) => own.has(m.message_id)).map((m) => title(show(m))));
  const isPost = (text: string, id: number) => own.has(id) || titles.has(title(text));
  const shown = said.map((m) => ({ text: plain(show(m)), id: m.message_id }));
  return {
    traffic: splits(world),
    made: made(world),
    facts: journal.flatMap(sayFact).toSorted(),
    posts: shown
      .filter(({ text, id }) => isPost(text, id))
      .map(({ text }) => text)
      .toSorted(),
    replies: shown
      .filter(({ text, id }) => !isPost(text, id))
      .map(({ text }) => title(text))
      .toSorted(),
    questions: questions(world).toSorted(),
  };
}

/** What differs, a line each; what came twice says so. */
export function differences(wanted: Ending, found: Ending): string[] {
  const lists = ['traffic', 'made', 'facts', 'posts', 'questions'] as const;
  return lists.flatMap((list) => {
    if (wanted[list].join('\n') === found[list].join('\n')) return [];
    const lines = [
      ...without(wanted[list], found[list]).map((text) => `${list}: missing: ${text}`),
      ...without(found[list], wanted[list]).map((text) => `${list}: too much: ${text}`),
    ];
    return lines.length > 0 ? lines : [`${list}: another order: ${found[list].join(' | ')}`];
  });
}

/** What is in `all` more often than in `taken`. */
export function without(all: readonly string[], taken: readonly string[]): string[] {
  const left = [...taken];
  return all.filter((text) => {
    const at = left.indexOf(text);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

function splits({ calls }: World): string[] {
  const all = calls.flatMap(({ kind, status, body }) => {
    if (kind !== 'admin services.patch' || status !== 200) return [];
    const { split } = JSON.parse(body) as { split: { allocations: Record<string, number> } };
    const shares = Object.entries(split.allocations).toSorted(([a], [b]) => (a < b ? -1 : 1));
    return [shares.map(([version, share]) => `${version} ${share}`).join(', ')];
  });
  return all.filter((split, i) => split !== all[i - 1]);
}

function made({ calls }: World): string[] {
  return calls
    .filter(
      ({ kind, status }) =>
        status < 300 && (kind === 'admin versions.create' || /^scheduler jobs\.(?!get)/.test(kind)),
    )
    .map(({ kind }) => kind)
    .toSorted();
}

/** What was asked of people: loud, and with buttons. */
function questions({ calls }: World): string[] {
  return calls.flatMap(({ kind, status, body }) => {
    if (!/^telegram send(Message|Photo)$/.test(kind) || status !== 200) return [];
    const loud = /disable_notification(":false|"\r\n\r\nfalse)/.test(body);
    return loud && /callback_data/.test(body) ? [title(plain(wordsOf(body)))] : [];
  });
}

/** The text of a message, or the caption of a photo, which comes as a form. */
function wordsOf(body: string): string {
  if (!body.startsWith('{')) return /name="caption"\r\n\r\n([\s\S]*?)\r\n--/.exec(body)?.[1] ?? '';
  return (JSON.parse(body) as { text?: string }).text ?? '';
}

function sayFact(event: Event): string[] {
  switch (event.type) {
    case 'judged':
    case 'operation-started':
    case 'effect-intended':
    // First looks, which come when they come.
    case 'marked':
      return [];
    case 'shared-seen':
      return event.change ? [event.type] : [];
    case 'settled':
      return [`settled ${event.outcome.kind === 'answered' ? event.outcome.answer : event.outcome.kind}`];
    case 'asked':
      return [`asked ${event.topic.kind}, revision ${event.revision}`];
    case 'item-marked':
      return [`item ${event.item} ${event.mark.kind}`];
    case 'refused':
      return [`refused ${event.attempt}: ${event.why}`];
    case 'effect-failed':
      return [`failed: ${event.problem}`];
    default:
      return [event.type];
  }
}

/** Numbers of the messages that the bot keeps up to date. */
function shelved(dataDir: string): Set<number> {
  const folder = join(dataDir, 'messages');
  const names = list(folder).filter((name) => name.endsWith('.json'));
  const shelves = names.map(
    (name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Record<string, { message?: number }>,
  );
  return new Set(shelves.flatMap((shelf) => Object.values(shelf).flatMap(({ message }) => message ?? [])));
}

function title(text: string): string {
  return plain(text.split('\n')[0] ?? '');
}

/** Without what differs from run to run: times, dates, how long something took. */
function plain(text: string): string {
  return text
    .replace(/<[^>]+>/g, '')
    .replace(/sluice-torture-\w+/g, 'FOLDER')
    .replace(/\b\d{1,2}:\d{2}(:\d{2})?\b/g, 'TIME')
    .replace(/\b\d{1,2} (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\w*( \d{4})?\b/g, 'DATE')
    .replace(/\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun)\w*day\b|\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b/g, 'DAY')
    .replace(/(\b(\d+|an?|one) (milli)?(second|minute|hour|day)s?\b(,| and)? ?)+/g, 'LONG ')
    .replace(/\b\d+(\.\d+)? (ms|s|kB|MB)\b/g, 'MUCH');
}
