import type { Event } from '../rollout/events.ts';
import type { Store } from '../rollout/ports.ts';
import { entryOf, type Questions, questionsIn } from './events.ts';
import { letsMoreOut, loosens } from './gates.ts';
import type { Entry } from './line.ts';
import type { Marks } from './marks.ts';
import type { Work } from './recorder.ts';

/** What the audit tells of a document, all of it; undefined for one that it tells nothing of. */
export type EntriesOf = (name: string, document: unknown) => readonly Entry[] | undefined;

/** What an audited store writes through. */
export interface AuditPen {
  /** Resolves when it was written, or put off until it can be. Never throws. */
  tell(source: string, work: Work): Promise<void>;
  /** @throws AuditUnwritable with a sentence when nothing could be written now */
  ready(): Promise<void>;
}

export interface AuditedStore extends Store {
  /** Tells whatever the journals and documents have and the audit has not. */
  complete(): Promise<void>;
}

/**
 * A store whose every new fact is told in the audit as well. Journals and documents come first, for they are the truth; the
 * audit follows before the caller goes on, or later where it could not be written.
 * @param documents names of those that `entriesOf` knows.
 */
export function auditedStore(
  store: Store,
  marks: Marks,
  pen: AuditPen,
  documents: readonly string[],
  entriesOf: EntriesOf,
): AuditedStore {
  const questions = new Map<string, Questions>();

  return {
    ...store,

    async append(rollout, expected, events) {
      if (letsMoreOut(events, questions.get(rollout) ?? new Map())) await pen.ready();
      await store.append(rollout, expected, events);
      await pen.tell(`rollout ${rollout}`, () =>
        marks.of(rollout) === expected && (expected === 0 || questions.has(rollout))
          ? entries(rollout, expected, events)
          : wholeJournal(rollout),
      );
    },

    async writeDocument(name, value) {
      const told = entriesOf(name, value);
      if (told && loosens(told.filter((entry) => !marks.has(entry)))) await pen.ready();
      await store.writeDocument(name, value);
      if (told) await pen.tell(`record ${name}`, () => entriesOf(name, value) ?? []);
    },

    async complete() {
      const rollouts = new Set([...(await store.live()), ...marks.open()]);
      await Promise.all([
        ...[...rollouts].map((rollout) => pen.tell(`rollout ${rollout}`, () => wholeJournal(rollout))),
        ...documents.map((name) => pen.tell(`record ${name}`, () => wholeDocument(name))),
      ]);
    },
  };

  async function wholeJournal(rollout: string): Promise<readonly Entry[]> {
    const events = (await store.read(rollout)) ?? [];
    const from = marks.of(rollout);
    questions.set(rollout, questionsIn(events.slice(0, from)));
    return entries(rollout, from, events.slice(from));
  }

  async function wholeDocument(name: string): Promise<readonly Entry[]> {
    const document = await store.readDocument(name);
    return document === undefined ? [] : (entriesOf(name, document) ?? []);
  }

  /** One after another, for a question may be asked and answered among them. */
  function entries(rollout: string, from: number, events: readonly Event[]): Entry[] {
    const told = events.map((event, i) => {
      const asked = questionsIn([event], questions.get(rollout));
      questions.set(rollout, asked);
      return entryOf(rollout, from + i + 1, event, asked);
    });
    if (events.at(-1)?.type === 'closed') questions.delete(rollout);
    return told;
  }
}
