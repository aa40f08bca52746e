import { useEffect, useState } from 'preact/hooks';
import { Icon } from './icons.tsx';
import { type Order, Section } from './Panel.tsx';
import { loadScenarios, playScenario, stopScenario } from './panelApi.ts';
import type { Play, ScenarioLine } from './panelWire.ts';
import { timeOf } from './time.ts';

/** What is played, or what could be. */
export function Scenarios({ play, order }: { play: Play | undefined; order: Order }) {
  if (play === undefined) return <Choice order={order} />;
  const { name, title, see, decide, should, told, ended } = play;
  return (
    <Section title={title}>
      <dl class="script">
        <dt>You will see</dt>
        <dd>{see}</dd>
        <dt>To be decided</dt>
        <dd>{decide}</dd>
        <dt>It should end so</dt>
        <dd>{should}</dd>
      </dl>
      <ol class="told" aria-label="What has happened" aria-live="polite">
        {told.map(({ at, say }) => (
          <li key={`${at} ${say}`}>
            <time>{timeOf(at / 1000)}</time> {say}
          </li>
        ))}
        {ended !== undefined && (
          <li class="told-end" data-well={ended.well}>
            <Icon name={ended.well ? 'check' : 'close'} />
            <span>
              <b>{ended.well ? 'Ended as it should' : 'Ended badly'}</b>, {timeOf(ended.at / 1000)}.{' '}
              {ended.say}
            </span>
          </li>
        )}
      </ol>
      <div class="chips">
        <button type="button" class="chip" onClick={() => order(stopScenario)}>
          {ended === undefined ? 'Stop it' : 'Choose another'}
        </button>
        <button type="button" class="chip" onClick={() => order(() => playScenario(name))}>
          From the beginning
        </button>
      </div>
    </Section>
  );
}

function Choice({ order }: { order: Order }) {
  const [lines, setLines] = useState<readonly ScenarioLine[]>([]);
  useEffect(() => order(async () => setLines(await loadScenarios())), []);
  return (
    <Section title="Scenarios" note="A release in which something happens. Play one, then type /deploy.">
      <ul class="scenarios">
        {lines.map(({ name, title, line }) => (
          <li key={name}>
            <button type="button" onClick={() => order(() => playScenario(name))}>
              <Icon name="play" />
              <span>
                <b>{title}</b>
                <small>{line}</small>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </Section>
  );
}
