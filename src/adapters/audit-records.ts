import { cut } from '../audit/events.ts';
import { type Entry, sha256 } from '../audit/line.ts';
import { sayRoles, type TeamEvent, type TeamRecord } from '../bot/team/history.ts';
import type { Cleaning } from '../bot/versions/cleaner.ts';
import type { Who } from '../rollout/draft.ts';
import type { GuardEntry, GuardRecord } from '../rollout/guard-record.ts';
import type { Restoration } from './restorer.ts';

/** Documents that hold what people did outside a rollout. */
export const AUDITED_DOCUMENTS = ['team', 'guard', 'restorations', 'cleanings'] as const;

/** What the audit tells of one of {@link AUDITED_DOCUMENTS}; undefined for other documents. */
export function entriesOf(name: string, document: unknown): readonly Entry[] | undefined {
  switch (name) {
    case 'team':
      return (document as TeamRecord).history.map((event, i) => ({
        ...entry(event, 'team', event.type, event.by, sayTeam(event)),
        revision: i + 1,
        update: event.update,
      }));
    case 'guard':
      return (document as GuardRecord).history.map((event) =>
        entry(
          event,
          'guard',
          event.type,
          'by' in event ? event.by : undefined,
          sayGuard(event),
          rolloutOf(event),
        ),
      );
    case 'restorations':
      return (document as readonly Restoration[]).map((one) =>
        entry(one, 'restorations', 'restoration', one.by, one.what, one.rollout),
      );
    case 'cleanings':
      return (document as readonly Cleaning[]).flatMap(cleaning);
    default:
      return undefined;
  }
}

function entry<T extends { readonly at: number }>(
  fact: T,
  record: string,
  act: string,
  by: Who | undefined,
  words: string,
  rollout?: string,
): Entry {
  return {
    at: fact.at,
    act,
    ...(rollout !== undefined && { rollout }),
    record,
    ...(by && { by: { id: by.id, name: by.name } }),
    ...(by?.update !== undefined && { update: by.update }),
    words: cut(words),
    fact: sha256(JSON.stringify(fact)),
  };
}

function rolloutOf(event: GuardEntry): string | undefined {
  return 'rollout' in event ? event.rollout : undefined;
}

function sayTeam(event: TeamEvent): string {
  switch (event.type) {
    case 'claimed':
      return `the chat ${event.chat}`;
    case 'assigned':
      return `${event.person.name} (${event.person.id}): ${sayRoles(event.roles)}`;
    case 'moved':
      return `the chat is ${event.chat} now`;
    case 'refused':
      return `${event.attempt}: ${event.why}`;
  }
}

function sayGuard(event: GuardEntry): string {
  switch (event.type) {
    case 'frozen':
      return event.until === undefined
        ? event.why
        : `until ${new Date(event.until).toISOString()}: ${event.why}`;
    case 'unfrozen':
      return event.why;
    case 'locked':
    case 'unlocked':
      return `${event.service}: ${event.why}`;
    case 'rejected':
      return `${event.service} ${event.version}: ${event.why}`;
  }
}

/** That somebody had versions taken away, and what came of it once all of it is known. */
function cleaning({ id, service, what, versions, begun, results, ended }: Cleaning): Entry[] {
  if (!begun) return [];
  const wanted = `${what} of ${service}: ${versions.join(', ')}`;
  const begin = entry({ ...begun, id }, 'cleanings', 'cleaning-begun', begun.by, wanted);
  if (ended === undefined) return [begin];
  const came = results.map(({ name, ok, detail }) => `${name}: ${ok ? '' : 'not done, '}${detail}`);
  return [
    begin,
    entry({ at: ended, id, results }, 'cleanings', 'cleaning-ended', undefined, came.join('; ')),
  ];
}
