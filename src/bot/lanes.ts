import { setTimeout as sleep } from 'node:timers/promises';

/** Work by person: each one's is done in order, and nobody waits long for what somebody else has asked for. */
export interface Lanes {
  /** Resolves when the work is done, or has been let go on by itself. Throws what it throws by then. */
  run(person: number, work: () => Promise<void>, alone: Alone): Promise<void>;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
}

/** What becomes of work that goes on while nobody waits for it any more. */
export interface Alone {
  /** Awaited before nobody waits. */
  begins(): Promise<void>;
  /** What it throws from then on. */
  fails(error: unknown): Promise<void>;
  ends(): Promise<void>;
}

/** @param patience real milliseconds that work is waited for. */
export function createLanes(patience: number): Lanes {
  const ends = new Map<number, Promise<unknown>>();
  const left = new Set<Promise<unknown>>();
  return {
    async run(person, work, alone) {
      let released = false;
      let over = false;
      const before = ends.get(person);
      const done = (before ? before.then(work) : work()).finally(() => {
        over = true;
      });
      const end = done.catch((error) => (released ? alone.fails(error) : undefined));
      ends.set(person, end);
      void end.finally(() => ends.get(person) === end && ends.delete(person));
      const waiting = new AbortController();
      await Promise.race([
        done.finally(() => waiting.abort()),
        sleep(patience, undefined, { signal: waiting.signal }).catch(() => {}),
      ]);
      if (over) return;
      released = true;
      try {
        await alone.begins();
      } catch {
        // A full disk, which whatever the work writes will tell of: then it is waited for.
        await end;
        return;
      }
      const cleared = end.then(alone.ends).catch(alone.fails);
      left.add(cleared);
      void cleared.finally(() => left.delete(cleared));
    },
    async idle() {
      while (ends.size + left.size > 0) await Promise.all([...ends.values(), ...left]);
    },
  };
}
