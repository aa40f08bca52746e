import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** How often the reading is noted down, in real milliseconds. */
const NOTE_MS = 1_000;
/** After a longer absence than this, in real milliseconds, the sandbox's world has stood still meanwhile. */
const LONGEST_GAP_MS = 60_000;
/** Node's timers hold no more real milliseconds than this. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** With these another process can keep the same time: now = epoch + (real - origin) × speed. */
export interface Reading {
  readonly origin: number;
  readonly epoch: number;
  readonly speed: number;
}

interface Alarm {
  /** Milliseconds of this clock. */
  readonly due: number;
  readonly ring: () => void;
  timer?: NodeJS.Timeout;
}

/**
 * The sandbox's own time: it can run faster than life, so that a 30-minute window passes in a minute, and be made faster
 * or slower at any moment. Everything the sandbox stamps, delays or counts by the minute goes by it; the latencies of real
 * requests stay real.
 */
export class SandboxClock {
  readonly #alarms = new Set<Alarm>();
  readonly #listeners = new Set<(reading: Reading) => void>();
  #reading: Reading;

  /** @param start what the clock reads now, in milliseconds since the epoch. */
  constructor(speed: number, start = Date.now()) {
    this.#reading = { origin: Date.now(), epoch: start, speed };
  }

  now(): number {
    return this.#at(Date.now());
  }

  /** How many times as fast as life; 0 while it is paused. */
  get speed(): number {
    return this.#reading.speed;
  }

  get reading(): Reading {
    return this.#reading;
  }

  /**
   * From now on the clock runs so many times as fast as life. What it reads does not jump; whoever waits, waits for the
   * same moment as before.
   */
  setSpeed(speed: number): void {
    if (!(speed > 0 && Number.isFinite(speed)))
      throw new RangeError(`A clock's speed is a number above 0, not ${speed}.`);
    this.#go(speed, 0);
  }

  /** Stands still until {@link setSpeed}; its speed is 0 meanwhile. */
  pause(): void {
    this.#go(0, 0);
  }

  /** Reads so many milliseconds more at once, as after a sleep of the machine: nothing has happened in between. */
  jump(ms: number): void {
    if (!(ms > 0 && Number.isFinite(ms)))
      throw new RangeError(`A clock jumps ahead by milliseconds above 0, not by ${ms}.`);
    this.#go(this.speed, ms);
  }

  /** Tells of each change of the speed, and of each jump. @returns what ends it */
  onChange(listener: (reading: Reading) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Calls `act` once the clock reads `due`, however its speed changes meanwhile. @returns what calls it off */
  alarm(due: number, act: () => void): () => void {
    const alarm: Alarm = { due, ring: act };
    this.#alarms.add(alarm);
    this.#arm(alarm);
    return () => this.#disarm(alarm);
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const stop = () => {
        cancel();
        reject(signal?.reason);
      };
      const cancel = this.alarm(this.now() + ms, () => {
        signal?.removeEventListener('abort', stop);
        resolve();
      });
      signal?.addEventListener('abort', stop, { once: true });
    });
  }

  #go(speed: number, ahead: number): void {
    const origin = Date.now();
    this.#reading = { origin, epoch: this.#at(origin) + ahead, speed };
    for (const alarm of this.#alarms) this.#arm(alarm);
    for (const listener of [...this.#listeners]) listener(this.#reading);
  }

  #at(real: number): number {
    const { origin, epoch, speed } = this.#reading;
    return epoch + (real - origin) * speed;
  }

  #arm(alarm: Alarm): void {
    clearTimeout(alarm.timer);
    const missing = Math.max(0, alarm.due - this.now());
    const left = missing === 0 ? 0 : missing / this.speed;
    alarm.timer = setTimeout(
      () => {
        // A timer may come a moment early, and a long wait takes several.
        if (this.now() < alarm.due) return this.#arm(alarm);
        this.#alarms.delete(alarm);
        alarm.ring();
      },
      Math.min(Math.ceil(left), LONGEST_TIMER),
    );
  }

  #disarm(alarm: Alarm): void {
    clearTimeout(alarm.timer);
    this.#alarms.delete(alarm);
  }
}

interface Note {
  readonly real: number;
  readonly epoch: number;
  readonly speed: number;
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
  const note = () => {
    const now: Note = { real: Date.now(), epoch: clock.now(), speed: clock.speed };
    writeFileSync(file, JSON.stringify(now));
  };
  note();
  const timer = setInterval(note, NOTE_MS).unref();
  // At once: what a crash leaves behind must know how fast the others' clocks ran on.
  const unlisten = clock.onChange(note);
  return {
    clock,
    close() {
      clearInterval(timer);
      unlisten();
      note();
    },
  };
}

function readNote(file: string): Note | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // None yet, or cut short by a crash: the clock then starts from the present, which is never before the last note
    // by more than the sandbox ran ahead.
    return undefined;
  }
}
