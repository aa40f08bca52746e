import { describeSplit } from '../plan/split.ts';
import { saySource } from '../rollout/draft.ts';
import type { Event, Topic } from '../rollout/events.ts';
import { type Entry, sha256 } from './line.ts';

/** Characters of what people wrote that a line has; the journal has all of it. */
const WORDS = 300;

/** What is remembered of a question, for the answers to it. */
export interface Question {
  readonly digest: string;
  readonly topic: Topic['kind'];
}

/** Questions of a rollout by their id, as they were asked last. */
export type Questions = ReadonlyMap<string, Question>;

/** The questions that are asked in these events, over those known before. */
export function questionsIn(events: readonly Event[], before: Questions = new Map()): Questions {
  const all = new Map(before);
  for (const event of events) {
    if (event.type === 'asked') all.set(event.gate, { digest: event.digest, topic: event.topic.kind });
  }
  return all;
}

/**
 * What the audit tells of an event.
 * @param revision of the journal with this event in it, so that the first event has 1.
 * @param questions asked up to then.
 */
export function entryOf(rollout: string, revision: number, event: Event, questions: Questions): Entry {
  const by = 'by' in event ? event.by : undefined;
  const digest = digestOf(event, questions);
  const words = wordsOf(event);
  return {
    at: event.at,
    act: event.type,
    rollout,
    revision,
    ...(by && { by: { id: by.id, name: by.name } }),
    ...(by?.update !== undefined && { update: by.update }),
    ...(digest !== undefined && { digest }),
    ...(words && { words: cut(words) }),
    fact: sha256(JSON.stringify(event)),
  };
}

/** Of the evidence that somebody had before them. */
function digestOf(event: Event, questions: Questions): string | undefined {
  if (event.type === 'asked') return event.digest;
  const gate = 'gate' in event ? event.gate : undefined;
  return gate === undefined ? undefined : questions.get(gate)?.digest;
}

function wordsOf(event: Event): string | undefined {
  switch (event.type) {
    case 'started': {
      const { service, version, source } = event.draft;
      return `${service}: ${version}, from ${saySource(source)}`;
    }
    case 'refused':
      return `${event.attempt}: ${event.why}`;
    case 'item-marked':
      return `${event.item}: ${event.mark.kind}${event.mark.kind === 'not-applicable' ? `, ${event.mark.reason}` : ''}`;
    case 'item-ran':
      return `${event.item}: ${event.detail}`;
    case 'noted':
      return `${event.item}: ${event.note.kind === 'text' ? event.note.text : event.note.name}`;
    case 'checklist-closed':
      return event.open.length > 0 ? `open: ${event.open.join(', ')}; ${event.reason ?? ''}` : undefined;
    case 'effect-intended':
      return event.effect.kind === 'set-split'
        ? `set-split to ${describeSplit(event.effect.to)}`
        : event.effect.kind;
    case 'split-set':
    case 'backed-up':
      return describeSplit(event.split);
    case 'drifted':
    case 'seen':
      return describeSplit(event.live);
    case 'asked':
      return `${event.gate}, revision ${event.revision}: ${sayTopic(event.topic)}`;
    case 'settled':
      return `${event.gate}: ${sayOutcome(event.outcome)}`;
    case 'judged':
      return `${event.verdict.answer}: ${event.verdict.reasons.join(' ')}`;
    case 'voted':
      return `${event.gate}: ${event.answer}`;
    default:
      return sayRest(event);
  }
}

function sayTopic(topic: Topic): string {
  switch (topic.kind) {
    case 'promote':
      return `promote from ${describeSplit(topic.from)} to ${describeSplit(topic.to)}`;
    case 'roll-back':
      return `roll back to ${describeSplit(topic.to)}: ${topic.reason}`;
    case 'stuck':
      return `${topic.effect} failed: ${topic.problem}`;
    default:
      return topic.kind;
  }
}

function sayOutcome(outcome: Extract<Event, { type: 'settled' }>['outcome']): string {
  switch (outcome.kind) {
    case 'answered':
      return outcome.reason === undefined ? outcome.answer : `${outcome.answer}, ${outcome.reason}`;
    case 'superseded':
      return `superseded: ${outcome.why}`;
    case 'expired':
      return 'expired';
  }
}

/** What most events call what they are about. */
const TELLING = ['gate', 'item', 'answer', 'reason', 'why', 'problem', 'note', 'what'] as const;

function sayRest(event: Event): string {
  const told = Object.entries(event).filter(
    ([key, value]) => TELLING.some((name) => name === key) && typeof value === 'string',
  );
  return told.map(([, value]) => value).join(': ');
}

/** Of whole characters, on one line. */
export function cut(words: string): string {
  const line = words.replace(/\s+/g, ' ').trim();
  const characters = [...line];
  return characters.length <= WORDS ? line : `${characters.slice(0, WORDS - 1).join('')}…`;
}
