import { countDue, nextDue } from '../plan/calendar.ts';
import { DAY, HOUR } from '../plan/duration.ts';
import type { Probe, Reading } from '../plan/terms.ts';
import type { Terms, Who } from './draft.ts';
import type { Effect, Event, Reminder } from './events.ts';

/** After-care: what goes on once the new version has all of the traffic. */
export interface Care {
  readonly begun: number;
  /** By position in the plan's rounds. */
  readonly rounds: readonly RoundState[];
  /** Newest last; the latest of each round and a few before. */
  readonly digests: readonly Digest[];
  readonly assessment?: Assessment;
  readonly conclusion?: Conclusion;
}

export interface RoundState {
  /** The last due time that was looked at; the beginning before the first. */
  readonly last: number;
  /** Absent when the round is over. */
  readonly next?: number;
}

/** One look of a round. */
export interface Digest {
  readonly round: number;
  readonly from: number;
  readonly due: number;
  readonly at: number;
  /** Due times before this one that nobody was awake for; its figures cover them. */
  readonly missed: number;
  readonly readings: readonly Reading[];
  readonly tasks: readonly Task[];
  readonly remindAt?: number;
  readonly reminders: number;
}

export type Task =
  | { readonly state: 'open' }
  /** Overtaken by the next look. */
  | { readonly state: 'lapsed' }
  | { readonly state: 'done' | 'later'; readonly by: Who; readonly at: number; readonly note?: string };

export interface Assessment {
  readonly from: number;
  readonly to: number;
  readonly criteria: readonly CriterionState[];
  readonly remindAt: number;
  readonly reminders: number;
}

export interface CriterionState {
  readonly readings: readonly Reading[];
  /** Open: no check could tell, so people must. */
  readonly answer: 'met' | 'missed' | 'open';
  readonly by?: Who;
  readonly note?: string;
}

export interface Conclusion {
  readonly met: boolean;
  readonly at: number;
  /** What is to be done now; empty when all was met. */
  readonly steps: readonly FollowUp[];
}

export interface FollowUp {
  readonly due: number;
  readonly owner?: Who;
  readonly done?: { readonly by: Who; readonly at: number; readonly note?: string };
  readonly reminded: boolean;
}

/** Digests kept in the state; all of them stay in the journal. */
const KEPT = 12;

export function beginCare(terms: Terms, begun: number): Care {
  const rounds = terms.afterCare.rounds.map((_, i) => roundAfter(terms, i, begun, begun));
  return { begun, rounds, digests: [] };
}

function roundAfter({ afterCare }: Terms, round: number, begun: number, last: number): RoundState {
  const what = afterCare.rounds[round];
  const next = what && nextDue(what, begun, last, afterCare.at, afterCare.zone);
  return { last, ...(next !== undefined && { next }) };
}

/** The latest due time of a round up to `now`, and how many before it were slept through; undefined while none is due. */
export function dueNow(terms: Terms, care: Care, round: number, now: number) {
  const what = terms.afterCare.rounds[round];
  const state = care.rounds[round];
  if (!what || state?.next === undefined || now < state.next) return undefined;
  const { at, zone } = terms.afterCare;
  const missed = countDue(what, care.begun, state.next, now, at, zone);
  let due = state.next;
  for (let i = 0; i < missed; i++) due = nextDue(what, care.begun, due, at, zone) ?? due;
  return { from: state.last, due, missed };
}

/** The newest digest of a round, the only one whose tasks can still be answered. */
export function latestDigest(care: Care, round: number): Digest | undefined {
  return care.digests.findLast((digest) => digest.round === round);
}

/** How many of its tasks still wait for somebody. */
export function tasksLeft({ tasks }: Digest): number {
  return tasks.filter(({ state }) => state === 'open' || state === 'later').length;
}

type CareEvent = Extract<
  Event,
  {
    type:
      | 'looked-after'
      | 'task-answered'
      | 'assessed'
      | 'criterion-answered'
      | 'concluded'
      | 'step-taken'
      | 'step-done'
      | 'reminded';
  }
>;

export function evolveCare(care: Care, terms: Terms, event: CareEvent): Care {
  switch (event.type) {
    case 'looked-after':
      return lookedAfter(care, terms, event);
    case 'task-answered':
      return changeDigest(care, event.round, event.due, (digest) => {
        const { answer, by, at, note } = event;
        const said: Task = { state: answer, by, at, ...(note && { note }) };
        const later = answer === 'later' ? { remindAt: at + patience(terms, event.round) } : {};
        return { ...digest, tasks: digest.tasks.with(event.task, said), ...later };
      });
    case 'assessed':
      return assessed(care, event);
    case 'criterion-answered': {
      const { assessment } = care;
      const before = assessment?.criteria[event.criterion];
      if (!assessment || !before) return care;
      const { by, note, met } = event;
      const said = { ...before, answer: met ? 'met' : 'missed', by, ...(note && { note }) } as const;
      return {
        ...care,
        assessment: { ...assessment, criteria: assessment.criteria.with(event.criterion, said) },
      };
    }
    case 'concluded': {
      const steps = event.met
        ? []
        : terms.contingency.map(({ within }) => ({ due: event.at + within, reminded: false }));
      return { ...care, conclusion: { met: event.met, at: event.at, steps } };
    }
    case 'step-taken':
      return changeStep(care, event.step, (step) => ({ ...step, owner: event.by }));
    case 'step-done': {
      const { by, at, note } = event;
      return changeStep(care, event.step, (step) => ({ ...step, done: { by, at, ...(note && { note }) } }));
    }
    case 'reminded':
      return reminded(care, event.of, event.at);
  }
}

/**
 * After-care when a look could not be taken at all. It goes on like one that found out nothing: were it stuck, the
 * service could not be released to until somebody has answered.
 */
export function lookFailed(care: Care, terms: Terms, effect: Look, problem: string, at: number): Care {
  const unread = (probes: readonly Probe[]): Reading[] =>
    probes.map(({ name }) => ({ name, answer: 'unknown', detail: problem }));
  if (effect.kind === 'look-after') {
    const readings = unread(terms.afterCare.rounds[effect.round]?.checks ?? []);
    return lookedAfter(care, terms, { ...effect, at, readings });
  }
  return assessed(care, {
    ...effect,
    at,
    readings: terms.success.criteria.map(({ checks }) => unread(checks)),
  });
}

type Look = Extract<Effect, { kind: 'look-after' | 'assess' }>;

function assessed(
  care: Care,
  {
    from,
    to,
    at,
    readings,
  }: Pick<Extract<CareEvent, { type: 'assessed' }>, 'from' | 'to' | 'at' | 'readings'>,
): Care {
  const criteria = readings.map((found) => ({ readings: found, answer: answerOf(found) }));
  return { ...care, assessment: { from, to, criteria, remindAt: at + DAY, reminders: 0 } };
}

function lookedAfter(
  care: Care,
  terms: Terms,
  look: Omit<Extract<CareEvent, { type: 'looked-after' }>, 'type' | 'effect'>,
): Care {
  const { round, from, due, at, missed, readings } = look;
  const what = terms.afterCare.rounds[round];
  const tasks: Task[] = (what?.tasks ?? []).map(() => ({ state: 'open' }));
  const patient = patience(terms, round);
  const digest: Digest = {
    round,
    from,
    due,
    at,
    missed,
    readings,
    tasks,
    reminders: 0,
    // What comes back within the day or sooner is its own reminder.
    ...(tasks.length > 0 && what?.every !== 'hour' && what?.every !== 'day' && { remindAt: at + patient }),
  };
  const before = care.digests.map((old) => (old.round === round ? lapse(old) : old));
  return {
    ...care,
    rounds: care.rounds.with(round, roundAfter(terms, round, care.begun, due)),
    digests: keep([...before, digest]),
  };
}

function lapse({ remindAt: _, ...digest }: Digest): Digest {
  const open = (task: Task) => task.state === 'open' || task.state === 'later';
  return { ...digest, tasks: digest.tasks.map((task) => (open(task) ? { state: 'lapsed' } : task)) };
}

function keep(digests: readonly Digest[]): readonly Digest[] {
  const fresh = new Set(digests.slice(-KEPT));
  return digests.filter((one) => fresh.has(one) || digests.findLast((d) => d.round === one.round) === one);
}

/** How long "later" is, in milliseconds. */
function patience({ afterCare }: Terms, round: number): number {
  return afterCare.rounds[round]?.every === 'hour' ? HOUR : DAY;
}

/** What readings say of a criterion: one that is off is enough for a no, and all must be good for a yes. */
export function answerOf(readings: readonly Reading[]): CriterionState['answer'] {
  if (readings.some((reading) => reading.answer === 'off')) return 'missed';
  return readings.length > 0 && readings.every((reading) => reading.answer === 'good') ? 'met' : 'open';
}

function reminded(care: Care, of: Reminder, at: number): Care {
  switch (of.kind) {
    case 'tasks':
      return changeDigest(care, of.round, of.due, ({ remindAt: _, ...digest }) => ({
        ...digest,
        reminders: digest.reminders + 1,
        tasks: digest.tasks.map((task) => (task.state === 'later' ? { state: 'open' } : task)),
      }));
    case 'criteria':
      return care.assessment
        ? {
            ...care,
            assessment: { ...care.assessment, remindAt: at + DAY, reminders: care.assessment.reminders + 1 },
          }
        : care;
    case 'follow-up':
      return changeStep(care, of.step, (step) => ({ ...step, reminded: true }));
  }
}

function changeDigest(care: Care, round: number, due: number, change: (digest: Digest) => Digest): Care {
  const at = care.digests.findLastIndex((digest) => digest.round === round && digest.due === due);
  const digest = care.digests[at];
  return digest ? { ...care, digests: care.digests.with(at, change(digest)) } : care;
}

function changeStep(care: Care, step: number, change: (step: FollowUp) => FollowUp): Care {
  const { conclusion } = care;
  const before = conclusion?.steps[step];
  if (!conclusion || !before) return care;
  return { ...care, conclusion: { ...conclusion, steps: conclusion.steps.with(step, change(before)) } };
}
