import { setTimeout as sleep } from 'node:timers/promises';

/** Work by person: each one's is done in order, and nobody waits long for what somebody else has asked for. */
export interface Lanes {
  /**
   * Resolves when the work is done, or after `patience` real milliseconds while it goes on. What it throws by then is
   * thrown, and later told to `late`.
   */
  run(person: number, work: () => Promise<void>, late: (error: unknown) => Promise<void>): Promise<void>;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
}

export function createLanes(patience: number): Lanes {
  const ends = new Map<number, Promise<unknown>>();
  return {
    async run(person, work, late) {
      let released = false;
      const before = ends.get(person);
      const done = before ? before.then(work) : work();
      const end = done.catch((error) => (released ? late(error) : undefined));
      ends.set(person, end);
      void end.finally(() => ends.get(person) === end && ends.delete(person));
      const waiting = new AbortController();
      await Promise.race([
        done.finally(() => waiting.abort()),
        sleep(patience, undefined, { signal: waiting.signal }).catch(() => {}),
      ]);
      released = true;
    },
    async idle() {
      while (ends.size > 0) await Promise.all(ends.values());
    },
  };
}
