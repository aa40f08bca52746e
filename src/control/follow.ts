import type { Clock } from '../plan/clock.ts';
import { evolve } from '../rollout/evolve.ts';
import type { Store } from '../rollout/ports.ts';
import type { Rollout } from '../rollout/state.ts';
import type { Feed } from './feed.ts';
import { HEARTBEAT, type Line } from './protocol.ts';
import { tell, tellEnd } from './tell.ts';

/** Real milliseconds between two passing lines: an upload reports every file. */
const PASSING_PACE = 250;

/**
 * The progress of a rollout from its journal: the lines after revision `after`, then what comes, up to its end.
 * Undefined stands for a while in which nothing happened.
 */
export async function* follow(
  id: string,
  after: number,
  { store, feed, clock }: { readonly store: Pick<Store, 'read'>; readonly feed: Feed; readonly clock: Clock },
  signal: AbortSignal,
): AsyncGenerator<Line | undefined> {
  // Listening begins before the first look, so that nothing falls between the two.
  const news = feed.listen(id);
  signal.addEventListener('abort', news.close, { once: true });
  let rollout: Rollout | undefined;
  let passedAt = 0;
  try {
    while (!signal.aborted) {
      const events = (await store.read(id)) ?? [];
      for (const event of events.slice(rollout?.revision ?? 0)) {
        rollout = evolve(rollout, event);
        const { revision, stage } = rollout;
        const text = revision > after ? tell(event, rollout) : undefined;
        if (text) yield { type: 'event', revision, at: event.at, event: event.type, stage: stage.at, text };
      }
      const at = rollout?.stage.at;
      if (rollout && (at === 'done' || at === 'rolled-back' || at === 'cancelled')) {
        const { revision, endedAt = clock.now() } = rollout;
        yield { type: 'end', revision, at: endedAt, outcome: at, text: tellEnd(rollout) };
        return;
      }
      const pace = passedAt + PASSING_PACE - performance.now();
      if (pace <= 0) {
        const passing = news.take();
        if (passing && passing.effect === rollout?.pending?.effect.id) {
          yield { type: 'passing', at: clock.now(), text: passing.text };
          passedAt = performance.now();
        }
      }
      const wait = pace > 0 ? pace : HEARTBEAT;
      if ((await news.next(wait)) === 'quiet' && !signal.aborted) yield undefined;
    }
  } finally {
    signal.removeEventListener('abort', news.close);
    news.close();
  }
}
