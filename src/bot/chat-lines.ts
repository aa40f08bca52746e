import { setTimeout as sleep } from 'node:timers/promises';

/** Who goes first in a chat that Telegram lets in only now and then: a question, what people asked for, the cards. */
const ORDER = ['question', 'talk', 'card'] as const;

export type Urgency = (typeof ORDER)[number];

/** What a call came to: done, or to be made once more after so many real seconds. */
export type Attempt = { readonly done: true } | { readonly again: number };

interface Waiting {
  readonly rank: number;
  readonly attempt: () => Promise<Attempt>;
  readonly dropped: (reason: unknown) => void;
  readonly signal: AbortSignal | undefined;
}

export interface ChatLines {
  /**
   * Makes the call when it is its turn in the chat: the more urgent first, else in order. While the chat is to be left
   * alone, the calls wait together, so that a question which comes meanwhile overtakes the cards.
   * @param signal takes it out of the line; a call under way is carried to its end.
   * @throws what the attempt throws, or the signal's reason.
   */
  run(chat: string, urgency: Urgency, attempt: () => Promise<Attempt>, signal?: AbortSignal): Promise<void>;
}

/** One line for each chat; they do not wait for each other. A line is forgotten once it is empty. */
export function createChatLines(): ChatLines {
  const lines = new Map<string, Waiting[]>();

  return {
    run(chat, urgency, attempt, signal) {
      return new Promise<void>((resolve, reject) => {
        const waiting: Waiting = {
          rank: ORDER.indexOf(urgency),
          async attempt() {
            const attempted = await attempt().catch((error) => {
              reject(error);
              return { done: true } as const;
            });
            if ('done' in attempted) resolve();
            return attempted;
          },
          dropped: reject,
          signal,
        };
        const line = lines.get(chat);
        if (line) return void line.push(waiting);
        const own = [waiting];
        lines.set(chat, own);
        void workOff(own, () => lines.delete(chat));
      });
    },
  };
}

/** @param ended called in the very moment in which nothing waits any more. */
async function workOff(line: Waiting[], ended: () => void): Promise<void> {
  for (;;) {
    const next = takeNext(line);
    if (!next) return ended();
    const attempted = await next.attempt();
    if ('done' in attempted) continue;
    line.unshift(next);
    await pause(attempted.again * 1000, line);
  }
}

/** Of the most urgent the one that has waited longest. Those that nobody wants any more go. */
function takeNext(line: Waiting[]): Waiting | undefined {
  for (const gone of line.filter(({ signal }) => signal?.aborted)) {
    line.splice(line.indexOf(gone), 1);
    gone.dropped(gone.signal?.reason);
  }
  const [next] = line.toSorted((a, b) => a.rank - b.rank);
  if (next) line.splice(line.indexOf(next), 1);
  return next;
}

/** Ends early when a call that waits is called off. */
async function pause(ms: number, line: readonly Waiting[]): Promise<void> {
  const signals = line.flatMap(({ signal }) => (signal ? [signal] : []));
  await sleep(ms, undefined, { signal: AbortSignal.any(signals) }).catch((error: Error) => {
    if (error.name !== 'AbortError') throw error;
  });
}
