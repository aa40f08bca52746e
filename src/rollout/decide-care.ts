import { type Care, dueNow, type FollowUp, latestDigest, tasksLeft } from './care.ts';
import type { Decision } from './decide.ts';
import type { Terms } from './draft.ts';
import type { Fact, Reminder } from './events.ts';
import type { Rollout } from './state.ts';

/** People are reminded of criteria this often before nothing more is said. */
const REMINDERS = 3;

/** What after-care has to do now, or until when it waits; undefined when there is none. */
export function decideCare(rollout: Rollout, now: number): Decision | undefined {
  const { care, terms } = rollout;
  if (!care) return undefined;
  return (
    conclude(care) ??
    look(rollout, care, now) ??
    assess(rollout, care, now) ??
    remind(reminders(terms, care), now) ??
    wait([...looks(terms, care), ...reminders(terms, care).map(({ at }) => at)])
  );
}

/** What of after-care outlives a rollback: the steps that people took upon them are still theirs. */
export function decideFollowUp({ care }: Rollout, now: number): Decision | undefined {
  const steps = care ? stepReminders(care) : [];
  if (steps.length === 0) return undefined;
  return remind(steps, now) ?? wait(steps.map(({ at }) => at));
}

/** The figures of the last minutes before a due time must be complete before they are looked at. */
function look({ terms, revision }: Rollout, care: Care, now: number): Decision | undefined {
  for (const round of terms.afterCare.rounds.keys()) {
    const found = dueNow(terms, care, round, now - terms.watching.lag);
    if (found) {
      const id = `look-after.${revision}`;
      return { do: 'run', effect: { kind: 'look-after', id, round, ...found }, intended: false };
    }
  }
  return undefined;
}

function assess({ terms, revision }: Rollout, care: Care, now: number): Decision | undefined {
  const to = care.begun + terms.success.after;
  if (!isToAssess(terms, care) || now < to + terms.watching.lag) return undefined;
  return {
    do: 'run',
    effect: { kind: 'assess', id: `assess.${revision}`, from: care.begun, to },
    intended: false,
  };
}

function isToAssess({ success }: Terms, care: Care): boolean {
  return !care.assessment && success.criteria.length > 0;
}

/** The verdict on the release, as soon as nothing is open any more. */
function conclude({ assessment, conclusion }: Care): Decision | undefined {
  if (!assessment || conclusion || assessment.criteria.some(({ answer }) => answer === 'open'))
    return undefined;
  return record({ type: 'concluded', met: assessment.criteria.every(({ answer }) => answer === 'met') });
}

interface Timed {
  readonly at: number;
  readonly of: Reminder;
}

function remind(reminders: readonly Timed[], now: number): Decision | undefined {
  const due = reminders.find(({ at }) => now >= at);
  return due && record({ type: 'reminded', of: due.of });
}

/** Everything that people will be reminded of unless they do it before. */
function reminders({ afterCare }: Terms, care: Care): Timed[] {
  const { assessment, conclusion } = care;
  const asked = assessment && !conclusion && assessment.reminders < REMINDERS;
  return [
    ...afterCare.rounds.flatMap((_, round) => taskReminder(care, round)),
    ...(asked ? [{ at: assessment.remindAt, of: { kind: 'criteria' } } as const] : []),
    ...stepReminders(care),
  ];
}

function taskReminder(care: Care, round: number): Timed[] {
  const digest = latestDigest(care, round);
  if (digest?.remindAt === undefined || tasksLeft(digest) === 0) return [];
  return [{ at: digest.remindAt, of: { kind: 'tasks', round, due: digest.due } }];
}

function stepReminders({ conclusion }: Care): Timed[] {
  const waits = (step: FollowUp) => !step.done && !step.reminded;
  return (conclusion?.steps ?? []).flatMap((step, i) =>
    waits(step) ? [{ at: step.due, of: { kind: 'follow-up', step: i } } as const] : [],
  );
}

/** When the next look of each round, and the verdict, can be taken. */
function looks(terms: Terms, care: Care): number[] {
  const { lag } = terms.watching;
  const next = care.rounds.flatMap((round) => (round.next === undefined ? [] : [round.next + lag]));
  return isToAssess(terms, care) ? [...next, care.begun + terms.success.after + lag] : next;
}

function wait(times: readonly number[]): Decision {
  return times.length > 0 ? { do: 'wait', until: Math.min(...times) } : { do: 'wait' };
}

function record(fact: Fact): Decision {
  return { do: 'record', fact };
}
