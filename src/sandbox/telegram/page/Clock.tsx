import { useEffect, useState } from 'preact/hooks';
import { faceOf, sandboxNow, untilNextTick } from './time.ts';
import type { ClockReading } from './wire.ts';

/** As fast as life, and as fast as a window, a day and a week are worth waiting for. */
const SPEEDS: readonly number[] = [1, 60, 600, 3600];

interface ClockProps {
  readonly clock: ClockReading;
  readonly onSpeed: (speed: number) => void;
}

/** The sandbox's time, ticking at its own speed, and the choice of that speed. */
export function Clock({ clock, onSpeed }: ClockProps) {
  const [now, setNow] = useState(() => sandboxNow(clock));
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    function tick() {
      const reading = sandboxNow(clock);
      setNow(reading);
      const wait = untilNextTick(reading, clock.speed);
      timer = wait === undefined ? undefined : setTimeout(tick, wait);
    }
    tick();
    return () => clearTimeout(timer);
  }, [clock]);

  const face = faceOf(now, clock.speed);
  const speeds = [...new Set([...SPEEDS, clock.speed])].toSorted((a, b) => a - b);
  return (
    <div class="clock">
      <div role="timer" aria-label="Sandbox clock">
        <span class="clock-time">{face.time}</span>
        <span class="clock-date">{face.date}</span>
      </div>
      <select
        class="clock-speed"
        aria-label="Speed of the sandbox's clock"
        title="How many times as fast as life the sandbox's clock runs"
        value={clock.speed}
        onChange={(event) => onSpeed(Number(event.currentTarget.value))}
      >
        {speeds.map((speed) => (
          <option key={speed} value={speed} selected={speed === clock.speed}>
            {speed === 0 ? 'paused' : `×${speed}`}
          </option>
        ))}
      </select>
    </div>
  );
}
