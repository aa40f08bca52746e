import type { Clock } from '../plan/clock.ts';
import type { Who } from '../rollout/draft.ts';
import { cut } from './events.ts';
import type { Entry } from './line.ts';

/** Milliseconds for which further attempts of the same person are only counted. */
const WINDOW = 60_000;
/** People counted one by one; of those who come when there are so many, only the number is told. */
const PEOPLE = 500;

interface Counted {
  readonly by: Who;
  more: number;
  last: string;
}

/** Refused attempts that no journal has: each person's first of a minute is told at once, the others by their number. */
export interface Crowd {
  refused(by: Who, attempt: string): void;
  /** Tells what was only counted so far. */
  flush(): Promise<void>;
}

/**
 * @param clock of the record.
 * @param minutes the clock of the minutes, which are people's.
 * @param tell puts entries into the audit. Never throws.
 */
export function createCrowd(
  clock: Pick<Clock, 'now'>,
  minutes: Clock,
  tell: (entries: readonly Entry[]) => Promise<void>,
): Crowd {
  let people = new Map<number, Counted>();
  let others = 0;
  let open: AbortController | undefined;

  return {
    refused(by, attempt) {
      beginMinute();
      const known = people.get(by.id);
      if (known) {
        known.more++;
        known.last = attempt;
      } else if (people.size >= PEOPLE) others++;
      else {
        people.set(by.id, { by, more: 0, last: attempt });
        tell([entry(by, attempt)]);
      }
    },
    async flush() {
      open?.abort();
      open = undefined;
      await endMinute();
    },
  };

  function beginMinute(): void {
    if (open) return;
    const minute = new AbortController();
    open = minute;
    minutes.sleep(WINDOW, minute.signal).then(
      () => {
        open = undefined;
        return endMinute();
      },
      () => {},
    );
  }

  async function endMinute(): Promise<void> {
    const counted = [...people.values()].filter(({ more }) => more > 0);
    const rest = others;
    people = new Map();
    others = 0;
    const entries = [
      ...counted.map(({ by, more, last }) =>
        entry({ id: by.id, name: by.name }, `${more} more within a minute, the last: ${last}`),
      ),
      ...(rest > 0 ? [{ at: clock.now(), act: 'refused', words: `${rest} more, of other people` }] : []),
    ];
    if (entries.length > 0) await tell(entries);
  }

  function entry({ id, name, update }: Who, words: string): Entry {
    return {
      at: clock.now(),
      act: 'refused',
      by: { id, name: cut(name) },
      ...(update !== undefined && { update }),
      words: cut(words),
    };
  }
}
