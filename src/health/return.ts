import type { Absence, Resumed, TrafficFound } from '../bot/away.ts';
import { type Split, sameSplit } from '../plan/split.ts';
import { fold } from '../rollout/evolve.ts';
import type { Store } from '../rollout/ports.ts';
import { isOver, type Rollout } from '../rollout/state.ts';
import { fellDue } from './absence.ts';

/** Real milliseconds that a look at the traffic may take. */
const READ_MS = 20_000;

export interface ReturnPorts {
  readonly store: Pick<Store, 'read'>;
  /** As they are now that everything due was seen to. */
  readonly rollouts: () => readonly Rollout[];
  readonly readSplit: (service: string, signal: AbortSignal) => Promise<Split | undefined>;
}

/** What an absence meant for every rollout that goes on by itself; empty when none does. */
export async function lookBack({ from, to }: Absence, ports: ReturnPorts): Promise<Resumed[]> {
  const found = await Promise.all(
    ports.rollouts().map(async (rollout) => {
      const events = (await ports.store.read(rollout.id)) ?? [];
      // What is in the journal since the return was not there during the absence.
      const left = events.filter(({ at }) => at < to);
      if (left.length === 0) return [];
      const before = fold(left);
      const due = fellDue(before, rollout, from, to);
      // Of a release that is out, only what its after-care has missed is worth a word.
      if (isOver(before.stage) && due.length === 0) return [];
      const traffic = isOver(before.stage) ? undefined : await lookAtTraffic(before, rollout, ports);
      return [{ rollout, due, ...(traffic && { traffic }) }];
    }),
  );
  return found.flat();
}

async function lookAtTraffic(
  before: Rollout,
  now: Rollout,
  { readSplit }: ReturnPorts,
): Promise<TrafficFound | undefined> {
  // A move that was under way is Sluice's own.
  if (!before.live || before.pending?.effect.kind === 'set-split' || !now.live) return undefined;
  try {
    const split = await readSplit(now.service, AbortSignal.timeout(READ_MS));
    if (!split) return { kind: 'unreadable', why: `There is no service ${now.service} any more.` };
    return sameSplit(split, now.live)
      ? { kind: 'as-left', split }
      : { kind: 'elsewhere', split, left: now.live };
  } catch (error) {
    return { kind: 'unreadable', why: (error as Error).message };
  }
}
