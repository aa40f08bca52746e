import { useState } from 'preact/hooks';
import { type Order, Section } from './Panel.tsx';
import { changeTrouble, type TroubleChange } from './panelApi.ts';
import type { Service } from './panelWire.ts';
import { Slider } from './Slider.tsx';

const ALL = 1;
const CRASH_EVERY = 60_000;
const WELL: TroubleChange = { errors: null, slow: null, coldStart: null, leak: null, crashEvery: null };

/** What is wrong with one version. */
export function TroubleSection({ service, order }: { service: Service; order: Order }) {
  const versions = service.versions.filter(({ stopped }) => !stopped);
  const [chosen, setChosen] = useState('');
  const version = versions.find(({ id }) => id === chosen) ?? versions[0];
  if (version === undefined) return null;
  const { trouble } = version;
  const { errors = 0, slow, coldStart = 0, leak = 0, crashEvery } = trouble;
  const set = (change: TroubleChange) => order(() => changeTrouble(service.id, version.id, change));
  return (
    <Section title="Troubles of a version">
      <label class="field">
        <span>Version</span>
        <select value={version.id} onChange={(event) => setChosen(event.currentTarget.value)}>
          {versions.map(({ id, share }) => (
            <option key={id} value={id} selected={id === version.id}>
              {id} ({Math.round(share * 1000) / 10} %)
            </option>
          ))}
        </select>
      </label>
      <Slider
        label="Requests that fail"
        value={errors * 100}
        most={50}
        step={0.5}
        say={(value) => `${value} %`}
        onSet={(value) => set({ errors: value === 0 ? null : value / 100 })}
      />
      <Slider
        label="Slower by"
        value={slow?.ms ?? 0}
        most={2_000}
        step={50}
        say={(value) => `${value} ms`}
        onSet={(ms) => set({ slow: ms === 0 ? null : { ms, share: slow?.share ?? ALL } })}
      />
      {slow !== undefined && (
        <Slider
          label="So many of them"
          value={slow.share * 100}
          most={100}
          step={1}
          say={(value) => `${value} %`}
          onSet={(value) => set({ slow: value === 0 ? null : { ...slow, share: value / 100 } })}
        />
      )}
      <Slider
        label="Cold starts take"
        value={coldStart}
        most={10_000}
        step={250}
        say={(value) => `${value / 1000} s more`}
        onSet={(value) => set({ coldStart: value === 0 ? null : value })}
      />
      <Slider
        label="Leaks"
        value={leak}
        most={50}
        step={1}
        say={(value) => `${value} MB a minute`}
        onSet={(value) => set({ leak: value === 0 ? null : value })}
      />
      <div class="chips">
        <button
          type="button"
          class="chip"
          aria-pressed={crashEvery !== undefined}
          onClick={() => set({ crashEvery: crashEvery === undefined ? CRASH_EVERY : null })}
        >
          Crash loop: dies each minute
        </button>
        <button
          type="button"
          class="chip"
          disabled={Object.keys(trouble).length === 0}
          onClick={() => set(WELL)}
        >
          Well again
        </button>
      </div>
    </Section>
  );
}
