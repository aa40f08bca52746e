import type { ClockReading } from './wire.ts';

const time = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const exactTime = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const shortDay = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short' });
const longDay = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long' });
const stamp = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'long' });

/** What the sandbox's clock reads now, in milliseconds since the epoch. */
export function sandboxNow(clock: ClockReading): number {
  return clock.epoch + (Date.now() - clock.origin) * clock.speed;
}

/** "14:05" in the reader's zone; `seconds` since the epoch. */
export function timeOf(seconds: number): string {
  return time.format(seconds * 1000);
}

/** Full date, time and zone, for a tooltip. */
export function stampOf(seconds: number): string {
  return stamp.format(seconds * 1000);
}

/** "Thursday 6 August" in the reader's zone. */
export function dayOf(seconds: number): string {
  return longDay.format(seconds * 1000);
}

/** The parts of a clock face, `ms` since the epoch. Seconds only where they can be read: at low speed. */
export function faceOf(ms: number, speed: number): { readonly date: string; readonly time: string } {
  return { date: shortDay.format(ms), time: (speed > 5 ? time : exactTime).format(ms) };
}

/** "14:05", or with its day where that is another one than that of `than`; both in seconds since the epoch. */
export function timeBeside(seconds: number, than: number): string {
  return dayOf(seconds) === dayOf(than)
    ? timeOf(seconds)
    : `${shortDay.format(seconds * 1000)}, ${timeOf(seconds)}`;
}

/** Real milliseconds until the face of {@link faceOf} changes; never, while the clock stands. */
export function untilNextTick(ms: number, speed: number): number | undefined {
  if (speed === 0) return undefined;
  const step = speed > 5 ? 60_000 : 1000;
  return Math.max(100, (step - (ms % step)) / speed);
}
