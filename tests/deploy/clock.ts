import type { Clock } from '../../src/plan/clock.ts';

/** A clock on which waiting takes no time: a sleep moves it on at once. */
export function leapingClock(start = Date.UTC(2026, 0, 5, 12)): Clock & { slept: number[] } {
  let now = start;
  const slept: number[] = [];
  return {
    slept,
    now: () => now,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      slept.push(ms);
      now += ms;
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}
