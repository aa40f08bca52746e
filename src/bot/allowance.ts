import type { Clock } from '../plan/clock.ts';

const MINUTE = 60_000;

/** So much of something for each person, and for all of them together, within any minute of the clock that it began. */
export interface Allowance {
  /** Takes one, if there is one left. */
  take(person: number): boolean;
}

/** What has been taken is forgotten by the minute. No more persons are remembered than `all`, or than may take any. */
export function createAllowance(clock: Pick<Clock, 'now'>, each: number, all: number): Allowance {
  let began = Number.NEGATIVE_INFINITY;
  let taken = new Map<number, number>();
  let inAll = 0;
  return {
    take(person) {
      const now = clock.now();
      // A clock that was set back begins a minute of its own.
      if (now - began >= MINUTE || now < began) {
        began = now;
        taken = new Map();
        inAll = 0;
      }
      const had = taken.get(person) ?? 0;
      if (had >= each || inAll >= all) return false;
      taken.set(person, had + 1);
      inAll++;
      return true;
    },
  };
}
