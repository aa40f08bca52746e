import { DAY } from '../../plan/duration.ts';
import { type Assessment, type Care, type Conclusion, type Digest, tasksLeft } from '../../rollout/care.ts';
import type { Rollout } from '../../rollout/state.ts';
import type { Post } from '../outbox.ts';
import { isAsked } from './criteria.ts';
import { digestView, isLatest, isOff, taskReminderView } from './digest.ts';
import { overdueView } from './follow-up.ts';
import { asksPeople, assessmentView, conclusionView, criteriaReminderView } from './verdict.ts';
import type { Person } from './words.ts';

/** News that nobody could be told for so long, in milliseconds, is none any more. */
const YOUNG = DAY;

/**
 * The messages of after-care. What people can still answer is worth sending however late, so that a crash between record
 * and message loses nothing; all else only while it is young.
 * @param people who is called where somebody must answer.
 */
export function carePosts(rollout: Rollout, people: readonly Person[], now: number): Post[] {
  const { care } = rollout;
  if (!care) return [];
  const { assessment, conclusion } = care;
  return [
    ...care.digests.flatMap((digest) => digestPosts(rollout, care, digest, now)),
    ...(assessment ? assessmentPosts(rollout, care, assessment, people) : []),
    ...(conclusion ? conclusionPosts(rollout, care, conclusion, people, now) : []),
  ];
}

function digestPosts(rollout: Rollout, care: Care, digest: Digest, now: number): Post[] {
  const key = `look-${digest.round}-${digest.due.toString(36)}`;
  const latest = isLatest(rollout, care, digest);
  const young = now < digest.at + YOUNG;
  const left = latest && tasksLeft(digest) > 0;
  const off = isOff(digest);
  const reminders = numbers(digest.reminders).map((n) => ({
    key: `${key}-again-${n}`,
    view: taskReminderView(rollout, care, digest, n),
    loud: false,
    fresh: left && n === digest.reminders,
  }));
  const fresh = (young && (latest || off)) || (left && digest.reminders === 0);
  return [{ key, view: digestView(rollout, care, digest), loud: off, fresh }, ...reminders];
}

function assessmentPosts(
  rollout: Rollout,
  care: Care,
  assessment: Assessment,
  people: readonly Person[],
): Post[] {
  // Where all was measured the verdict is there already, and says the same.
  if (!assessment.criteria.some(isAsked)) return [];
  const key = `assessed-${assessment.to.toString(36)}`;
  const open = asksPeople(rollout, care);
  const view = assessmentView(rollout, care, assessment, people);
  const reminders = numbers(assessment.reminders).map((n) => ({
    key: `${key}-again-${n}`,
    view: criteriaReminderView(rollout, care, assessment, n, people),
    loud: true,
    fresh: open && n === assessment.reminders,
  }));
  return [{ key, view, loud: true, fresh: open && assessment.reminders === 0 }, ...reminders];
}

function conclusionPosts(
  rollout: Rollout,
  care: Care,
  conclusion: Conclusion,
  people: readonly Person[],
  now: number,
): Post[] {
  const key = `concluded-${conclusion.at.toString(36)}`;
  const left = !rollout.closed && conclusion.steps.some((step) => !step.done);
  const overdue = conclusion.steps.flatMap((step, i) => {
    if (!step.reminded) return [];
    const view = overdueView(rollout, i, step, people);
    return [{ key: `${key}-overdue-${i}`, view, loud: true, fresh: !step.done && !rollout.closed }];
  });
  const fresh = left || now < conclusion.at + YOUNG;
  return [{ key, view: conclusionView(rollout, care, conclusion), loud: true, fresh }, ...overdue];
}

/** 1, 2, … up to `last`. */
function numbers(last: number): number[] {
  return Array.from({ length: last }, (_, i) => i + 1);
}
