import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** How often the reading is noted down, in real milliseconds. */
const NOTE_MS = 1_000;
/** After a longer absence than this, in real milliseconds, the sandbox's world has stood still meanwhile. */
const LONGEST_GAP_MS = 60_000;

/**
 * The sandbox's own time: it can run faster than life, so that a 30-minute window passes in a minute. Everything the
 * sandbox stamps, delays or counts by the minute goes by it; the latencies of real requests stay real.
 */
export class SandboxClock {
  readonly #epoch: number;
  readonly #origin: number;
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

  /** With these another process can keep the same time: now = epoch + (real - origin) × speed. */
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

/**
 * A clock that never goes back, whatever happened to the process before: it notes its reading in `file` and goes on
 * from there.
 */
export function openClock(file: string, speed: number): { clock: SandboxClock; close(): void } {
  mkdirSync(dirname(file), { recursive: true });
  const noted = readNote(file);
  const gap = noted ? Math.min(Math.max(0, Date.now() - noted.real), LONGEST_GAP_MS) : 0;
  const clock = new SandboxClock(
    speed,
    noted ? noted.epoch + gap * Math.max(speed, noted.speed) : Date.now(),
  );
  const note = () => writeFileSync(file, JSON.stringify({ real: Date.now(), epoch: clock.now(), speed }));
  note();
  const timer = setInterval(note, NOTE_MS).unref();
  return {
    clock,
    close() {
      clearInterval(timer);
      note();
    },
  };
}

function readNote(file: string): { real: number; epoch: number; speed: number } | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // None yet, or cut short by a crash: the clock then starts from the present, which is never before the last note
    // by more than the sandbox ran ahead.
    return undefined;
  }
}
