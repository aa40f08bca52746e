import { createHash } from 'node:crypto';
import { MINUTE } from '../plan/duration.ts';
import type { Verdict } from '../plan/verdict.ts';
import type { Rollout } from './state.ts';
import { planRollsBackAt } from './unanswered.ts';

/**
 * Minutes to be judged now, as [from, to) in milliseconds; undefined while nothing is due.
 * @param lookedAt when the figures were last asked for, if that is not on record.
 */
export function observationDue(
  rollout: Rollout,
  now: number,
  lookedAt = 0,
): { from: number; to: number } | undefined {
  const { stage, movedAt, judgedAt = 0, live, terms } = rollout;
  const watching = stage.at === 'watch' || (stage.at === 'ask' && rollout.step >= 0);
  if (!watching || movedAt === undefined || !live?.shares[rollout.version]) return undefined;
  const from = Math.ceil(movedAt / MINUTE) * MINUTE;
  const earliest = Math.max(from + MINUTE + terms.watching.lag, judgedAt + LEAST_GAP, lookedAt + LEAST_GAP);
  if (now < nextSlot(rollout.id, earliest)) return undefined;
  return { from, to: Math.floor((now - terms.watching.lag) / MINUTE) * MINUTE };
}

/**
 * A verdict goes on record at every look while a window runs. While people think, minutes that change nothing would
 * only fill the journal, so one in a while is enough.
 */
export function isNews(rollout: Rollout, verdict: Verdict, now: number): boolean {
  if (rollout.stage.at === 'watch') return true;
  // The plan's own rollback waits for figures that are fresh.
  const deadline = planRollsBackAt(rollout);
  if (deadline !== undefined && now >= deadline && verdict.answer === 'bad') return true;
  return verdict.answer !== rollout.verdict?.answer || now >= (rollout.judgedAt ?? 0) + REPEAT;
}

/** Between two looks at the figures, in milliseconds: a slot that came late does not pull the next one near. */
const LEAST_GAP = 50_000;
/** An unchanged verdict is recorded again after this long, in milliseconds. */
const REPEAT = 10 * MINUTE;

/** Each rollout has its own second of the minute, so that many are not asked for at once, not even after downtime. */
function nextSlot(id: string, earliest: number): number {
  const fraction = Number.parseInt(createHash('sha256').update(id).digest('hex').slice(0, 8), 16) / 2 ** 32;
  const offset = fraction * MINUTE;
  return Math.ceil((earliest - offset) / MINUTE) * MINUTE + offset;
}
