import { type Care, dueNow, latestDigest, tasksLeft } from './care.ts';
import type { Decision } from './decide.ts';
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
    remind(rollout, care, now) ??
    wait(times(terms, care))
  );
}

/** What of after-care outlives a rollback: the steps that people were to take are still theirs. */
export function decideFollowUp({ care }: Rollout, now: number): Decision | undefined {
  const steps = care ? openSteps(care) : [];
  if (steps.length === 0) return undefined;
  const [due] = dueSteps(steps, now);
  return due ? record({ type: 'reminded', of: due }) : wait(steps.map(({ step }) => step.due));
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
  const { after, criteria } = terms.success;
  const to = care.begun + after;
  if (care.assessment || criteria.length === 0 || now < to + terms.watching.lag) return undefined;
  return {
    do: 'run',
    effect: { kind: 'assess', id: `assess.${revision}`, from: care.begun, to },
    intended: false,
  };
}

/** The verdict on the release, as soon as nothing is open any more. */
function conclude({ assessment, conclusion }: Care): Decision | undefined {
  if (!assessment || conclusion || assessment.criteria.some(({ answer }) => answer === 'open'))
    return undefined;
  return record({ type: 'concluded', met: assessment.criteria.every(({ answer }) => answer === 'met') });
}

function remind({ terms }: Rollout, care: Care, now: number): Decision | undefined {
  const due: Reminder[] = [
    ...terms.afterCare.rounds.keys().flatMap((round) => dueTasks(care, round, now)),
    ...(now >= (criteriaReminder(care) ?? Number.POSITIVE_INFINITY) ? [{ kind: 'criteria' } as const] : []),
    ...dueSteps(openSteps(care), now),
  ];
  const [of] = due;
  return of && record({ type: 'reminded', of });
}

function dueTasks(care: Care, round: number, now: number): Reminder[] {
  const at = tasksReminder(care, round);
  const digest = latestDigest(care, round);
  return digest && at !== undefined && now >= at ? [{ kind: 'tasks', round, due: digest.due }] : [];
}

/** When people are reminded of what they left of a round's last look. */
function tasksReminder(care: Care, round: number): number | undefined {
  const digest = latestDigest(care, round);
  return digest && tasksLeft(digest) > 0 ? digest.remindAt : undefined;
}

function criteriaReminder({ assessment, conclusion }: Care): number | undefined {
  return assessment && !conclusion && assessment.reminders < REMINDERS ? assessment.remindAt : undefined;
}

/** Steps that are not done and that nobody was reminded of. */
function openSteps({ conclusion }: Care): { step: FollowUp; index: number }[] {
  const steps = (conclusion?.steps ?? []).map((step, index) => ({ step, index }));
  return steps.filter(({ step }) => !step.done && !step.reminded);
}

function dueSteps(steps: ReturnType<typeof openSteps>, now: number): Reminder[] {
  return steps.filter(({ step }) => now >= step.due).map(({ index }) => ({ kind: 'follow-up', step: index }));
}

/** Whatever time alone will bring about. */
function times({ watching, success, afterCare }: Terms, care: Care): number[] {
  const { lag } = watching;
  const looks = care.rounds.flatMap(({ next }) => (next === undefined ? [] : [next + lag]));
  const verdict = care.assessment || success.criteria.length === 0 ? [] : [care.begun + success.after + lag];
  const reminders = [
    ...afterCare.rounds.keys().map((round) => tasksReminder(care, round)),
    criteriaReminder(care),
  ].filter((at) => at !== undefined);
  return [...looks, ...verdict, ...reminders, ...openSteps(care).map(({ step }) => step.due)];
}

function wait(times: readonly number[]): Decision {
  return times.length > 0 ? { do: 'wait', until: Math.min(...times) } : { do: 'wait' };
}

function record(fact: Fact): Decision {
  return { do: 'record', fact };
}
