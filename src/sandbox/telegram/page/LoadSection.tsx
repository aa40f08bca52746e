import { type Order, Section } from './Panel.tsx';
import { burst, setLoad } from './panelApi.ts';
import type { World } from './panelWire.ts';
import { Slider } from './Slider.tsx';

/** Users' requests per second by day, as the sandbox begins with. */
const BY_DAY = 3;
const MOST = 20;
const BURST = { times: 5, minutes: 10 };

export function LoadSection({ load, order }: { load: World['load']; order: Order }) {
  const { perSecond, burst: now } = load;
  return (
    <Section title="Users">
      <Slider
        label="Requests per second"
        value={perSecond}
        most={MOST}
        step={0.5}
        say={(value) => (value === 0 ? 'none' : String(value))}
        onSet={(value) => order(() => setLoad(value))}
      />
      <div class="chips">
        <button
          type="button"
          class="chip"
          aria-pressed={perSecond === 0}
          onClick={() => order(() => setLoad(0))}
        >
          Night: nobody
        </button>
        <button type="button" class="chip" onClick={() => order(() => setLoad(BY_DAY))}>
          Day: {BY_DAY} a second
        </button>
        <button
          type="button"
          class="chip"
          aria-pressed={now !== undefined}
          disabled={perSecond === 0}
          onClick={() => order(() => burst(BURST.times, BURST.minutes))}
        >
          ×{BURST.times} for {BURST.minutes} min
        </button>
      </div>
    </Section>
  );
}
