import { useState } from 'preact/hooks';
import { type Order, Section } from './Panel.tsx';
import { move } from './panelApi.ts';
import type { Service } from './panelWire.ts';
import { Slider } from './Slider.tsx';

/** Somebody who moves the traffic in the console and tells nobody. */
export function MoveSection({ service, order }: { service: Service; order: Order }) {
  const versions = service.versions.filter(({ stopped }) => !stopped);
  const [chosen, setChosen] = useState('');
  const [wished, setWished] = useState(30);
  const target = versions.find(({ id }) => id === chosen) ?? versions[0];
  // The rest goes to whoever has most of it now.
  const rest = versions.filter((one) => one !== target).toSorted((a, b) => b.share - a.share)[0];
  if (target === undefined || rest === undefined) return null;
  const share = wished / 100;
  const allocations = {
    ...(share > 0 && { [target.id]: share }),
    ...(share < 1 && { [rest.id]: Math.round((1 - share) * 100) / 100 }),
  };
  return (
    <Section title="A foreign hand" note="Somebody moves the traffic in Google’s console, and tells nobody.">
      <label class="field">
        <span>Version</span>
        <select value={target.id} onChange={(event) => setChosen(event.currentTarget.value)}>
          {versions.map(({ id }) => (
            <option key={id} value={id} selected={id === target.id}>
              {id}
            </option>
          ))}
        </select>
      </label>
      <Slider
        label="Gets"
        value={wished}
        most={100}
        step={1}
        say={(value) => `${value} %, and ${rest.id} ${100 - value} %`}
        onSet={setWished}
      />
      <div class="chips">
        <button type="button" class="chip" onClick={() => order(() => move(service.id, allocations))}>
          Move the traffic
        </button>
      </div>
    </Section>
  );
}
