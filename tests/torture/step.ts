import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Event } from '../../src/rollout/events.ts';

/** The journal of the only rollout in a data folder, as it stands on the disk; empty while there is none. */
export function journalIn(dataDir: string): readonly Event[] {
  for (const place of ['live', 'past']) {
    const folder = join(dataDir, 'rollouts', place);
    const name = list(folder).find((file) => file.endsWith('.json'));
    if (name) return (JSON.parse(readFileSync(join(folder, name), 'utf8')) as { events: Event[] }).events;
  }
  return [];
}

/** Names in a folder; none when it is not there. */
export function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Where a rollout stands, by the last thing that its journal says. */
export function stepOf(events: readonly Event[]): string {
  const told = events.findLast(({ type }) => type !== 'judged' && type !== 'operation-started');
  if (!told) return 'wizard';
  switch (told.type) {
    case 'effect-intended':
      return `${told.effect.kind}${events.at(-1) === told ? '' : ', under way'}`;
    case 'asked':
      return `asked: ${told.topic.kind}`;
    case 'settled':
      return `settled: ${told.outcome.kind === 'answered' ? told.outcome.answer : told.outcome.kind}`;
    default:
      return told.type;
  }
}
