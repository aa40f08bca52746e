/** The one way in which anything here reads or spends time. Production runs on {@link systemClock}. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `ms` milliseconds of this clock; rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** A clock that is kept elsewhere: it read `epoch` at the real instant `origin` (both in milliseconds). */
export interface ClockReading {
  readonly origin: number;
  readonly epoch: number;
  /** How many times as fast as life it runs. */
  readonly speed: number;
}

export interface FollowingClock extends Clock {
  /** Goes by this reading from now on. Nobody's time goes back, and who sleeps wakes at the time that was meant. */
  follow(reading: ClockReading): void;
}

/** Node's timers hold no more real milliseconds than this. */
const LONGEST_TIMER = 2 ** 31 - 1;

export const systemClock: Clock = { now: () => Date.now(), sleep: sleepReal };

/** A clock that a stand-in elsewhere keeps, whose speed never changes. */
export function scaledClock(origin: number, epoch: number, speed: number): Clock {
  return followingClock({ origin, epoch, speed });
}

/** A clock that a stand-in elsewhere keeps, and may set to another speed at any time. */
export function followingClock(first: ClockReading): FollowingClock {
  let reading = first;
  let latest = Number.NEGATIVE_INFINITY;
  const sleepers = new Set<() => void>();

  function now(): number {
    // Whoever hears late of a slower pace has run ahead, and stands until the reading has caught up.
    latest = Math.max(latest, reading.epoch + (Date.now() - reading.origin) * reading.speed);
    return latest;
  }

  return {
    now,
    follow(next) {
      now();
      reading = next;
      for (const rearm of [...sleepers]) rearm();
    },
    sleep(ms, signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const due = now() + ms;
        let timer: NodeJS.Timeout;
        const end = () => {
          clearTimeout(timer);
          sleepers.delete(arm);
          signal?.removeEventListener('abort', aborted);
        };
        const aborted = () => {
          end();
          reject(signal?.reason);
        };
        function arm() {
          clearTimeout(timer);
          const left = (due - now()) / reading.speed;
          timer = setTimeout(wake, Math.min(Math.max(Math.ceil(left), 0), LONGEST_TIMER));
        }
        function wake() {
          // A timer may come a moment early, and a long wait takes several.
          if (now() < due) return arm();
          end();
          resolve();
        }
        sleepers.add(arm);
        signal?.addEventListener('abort', aborted, { once: true });
        arm();
      });
    },
  };
}

function sleepReal(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const timer = setTimeout(done, ms);
    function done() {
      signal?.removeEventListener('abort', aborted);
      resolve();
    }
    function aborted() {
      clearTimeout(timer);
      reject(signal?.reason);
    }
    signal?.addEventListener('abort', aborted, { once: true });
  });
}
