/**
 * The sandbox's own time: it can run faster than life, so that a 30-minute window passes in a minute. Everything the
 * sandbox stamps, delays or counts by the minute goes by it; the latencies of real requests stay real.
 */
export class SandboxClock {
  #epoch: number;
  #origin: number;
  readonly speed: number;

  /** @param start what the clock reads now, in milliseconds since the epoch. */
  constructor(speed: number, start = Date.now()) {
    this.speed = speed;
    this.#epoch = start;
    this.#origin = Date.now();
  }

  now(): number {
    return this.#epoch + (Date.now() - this.#origin) * this.speed;
  }

  /** With these two another process can keep the same time: now = epoch + (real - origin) × speed. */
  get reading(): { origin: number; epoch: number; speed: number } {
    return { origin: this.#origin, epoch: this.#epoch, speed: this.speed };
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const stop = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', stop);
        resolve();
      }, ms / this.speed);
      signal?.addEventListener('abort', stop, { once: true });
    });
  }
}
