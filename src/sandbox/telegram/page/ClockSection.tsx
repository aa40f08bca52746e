import { useRef } from 'preact/hooks';
import { Icon } from './icons.tsx';
import { type Order, Section } from './Panel.tsx';
import { jumpAhead, pauseClock } from './panelApi.ts';
import type { ClockReading } from './wire.ts';

const MINUTE = 60_000;
const JUMPS = [
  { say: '10 min', ms: 10 * MINUTE },
  { say: '1 hour', ms: 60 * MINUTE },
  { say: '1 day', ms: 24 * 60 * MINUTE },
];

/** What it goes on with where it stood when the page came. */
const USUAL = 30;
const SPEEDS = [1, USUAL, 600, 3600];

interface ClockSectionProps {
  readonly clock: ClockReading;
  readonly onSpeed: (speed: number) => void;
  readonly order: Order;
}

export function ClockSection({ clock, onSpeed, order }: ClockSectionProps) {
  const last = useRef(USUAL);
  if (clock.speed > 0) last.current = clock.speed;
  const stands = clock.speed === 0;
  return (
    <Section title="Clock" note="What is jumped over does not happen: no users, no figures.">
      <div class="chips">
        <button
          type="button"
          class="chip"
          onClick={() => (stands ? onSpeed(last.current) : order(pauseClock))}
        >
          <Icon name={stands ? 'play' : 'pause'} />
          {stands ? `Go on at ×${last.current}` : 'Pause'}
        </button>
        {SPEEDS.map((speed) => (
          <button
            key={speed}
            type="button"
            class="chip"
            aria-pressed={speed === clock.speed}
            onClick={() => onSpeed(speed)}
          >
            ×{speed}
          </button>
        ))}
      </div>
      <div class="chips">
        {JUMPS.map(({ say, ms }) => (
          <button key={say} type="button" class="chip" onClick={() => order(() => jumpAhead(ms))}>
            Jump {say}
          </button>
        ))}
      </div>
    </Section>
  );
}
