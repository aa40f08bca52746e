import { type Care, dueNow, latestDigest } from './care.ts';
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
    remind(rollout, care, now) ?? {
      do: 'wait',
      ...nextTime(terms.watching.lag, care),
    }
  );
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
  const { assessment, conclusion } = care;
  const due: Reminder[] = [];
  for (const round of terms.afterCare.rounds.keys()) {
    const digest = latestDigest(care, round);
    const left = digest?.tasks.some(({ state }) => state === 'open' || state === 'later');
    if (digest?.remindAt !== undefined && left && now >= digest.remindAt)
      due.push({ kind: 'tasks', round, due: digest.due });
  }
  if (assessment && !conclusion && assessment.reminders < REMINDERS && now >= assessment.remindAt)
    due.push({ kind: 'criteria' });
  conclusion?.steps.forEach((step, i) => {
    if (!step.done && !step.reminded && now >= step.due) due.push({ kind: 'follow-up', step: i });
  });
  const [of] = due;
  return of && record({ type: 'reminded', of });
}

function nextTime(lag: number, care: Care): { until?: number } {
  const next = care.rounds.flatMap((round) => (round.next === undefined ? [] : [round.next + lag]));
  return next.length > 0 ? { until: Math.min(...next) } : {};
}

function record(fact: Fact): Decision {
  return { do: 'record', fact };
}
