/** The one way in which anything here reads or spends time. Production runs on {@link systemClock}. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `ms` milliseconds of this clock; rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => sleepReal(ms, signal),
};

/**
 * A clock that a stand-in elsewhere keeps: it read `epoch` at the real instant `origin` (both in milliseconds) and
 * runs `speed` times as fast as life.
 */
export function scaledClock(origin: number, epoch: number, speed: number): Clock {
  return {
    now: () => epoch + (Date.now() - origin) * speed,
    sleep: (ms, signal) => sleepReal(ms / speed, signal),
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
