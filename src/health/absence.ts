import type { FellDue } from '../bot/away.ts';
import { dueNow } from '../rollout/care.ts';
import type { Rollout } from '../rollout/state.ts';

/**
 * What came due for a rollout while nobody was there to see to it, oldest first.
 * @param before as the rollout was left; `after` as it is now that all of it was seen to.
 * @param from beginning and `to` end of the absence, in milliseconds since the epoch.
 */
export function fellDue(before: Rollout, after: Rollout, from: number, to: number): FellDue[] {
  const within = (at: number) => at > from && at <= to;
  return [...window(before, after), ...questions(before, to), ...care(before, to)]
    .filter(({ at }) => within(at))
    .toSorted((a, b) => a.at - b.at);
}

function window({ stage, terms }: Rollout, after: Rollout): FellDue[] {
  if (stage.at === 'ask') return [{ kind: 'question', at: stage.since }];
  if (stage.at !== 'watch') return [];
  const { verdict } = after;
  return [{ kind: 'window', at: stage.to + terms.watching.lag, ...(verdict && { verdict }) }];
}

function questions({ gates, terms }: Rollout, to: number): FellDue[] {
  const { remind } = terms.approval;
  return gates.flatMap(({ outcome, expires, topic, remindedAt }): FellDue[] => {
    if (outcome !== undefined) return [];
    if (expires <= to) return [{ kind: 'expired', at: expires, topic: topic.kind }];
    return remind && remindedAt === undefined ? [{ kind: 'unanswered', at: expires - remind }] : [];
  });
}

function care({ care, terms }: Rollout, to: number): FellDue[] {
  if (!care) return [];
  const { assessment, conclusion, begun } = care;
  const ready = to - terms.watching.lag;
  const looks = terms.afterCare.rounds.flatMap(({ name }, round) => {
    const due = dueNow(terms, care, round, ready);
    return due ? [{ kind: 'looks', at: due.due, name, count: due.missed + 1 } as const] : [];
  });
  const verdict =
    !assessment && terms.success.criteria.length > 0
      ? [{ kind: 'success', at: begun + terms.success.after } as const]
      : [];
  const steps = (conclusion?.steps ?? []).flatMap(({ due, done, reminded }) =>
    done || reminded ? [] : [{ kind: 'step', at: due } as const],
  );
  const tasks = care.digests.flatMap(({ remindAt }) =>
    remindAt === undefined ? [] : [{ kind: 'reminder', at: remindAt } as const],
  );
  return [...looks, ...verdict, ...steps, ...tasks];
}
