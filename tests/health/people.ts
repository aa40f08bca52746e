import { type Clock, systemClock } from '../../src/plan/clock.ts';

export interface SettableClock extends Clock {
  pass(ms: number): void;
}

/** People's clock that can be set on: hours pass for them while a test waits for none. */
export function settableClock(): SettableClock {
  let ahead = 0;
  return {
    now: () => Date.now() + ahead,
    sleep: systemClock.sleep,
    pass(ms) {
      ahead += ms;
    },
  };
}
