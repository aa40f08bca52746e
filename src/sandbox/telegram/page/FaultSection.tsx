import { PRESETS, standingOf } from './faultPresets.ts';
import { type Order, Section } from './Panel.tsx';
import { addFault, clearFault } from './panelApi.ts';
import type { StandingFault } from './panelWire.ts';

const SERVERS = [
  { server: 'app-engine', name: 'Google' },
  { server: 'telegram', name: 'Telegram' },
] as const;

/** What goes wrong between the bot and those it talks to. */
export function FaultSection({ faults, order }: { faults: readonly StandingFault[]; order: Order }) {
  const known = new Set(PRESETS.map((one) => standingOf(one, faults)?.id));
  const others = faults.filter(({ id }) => !known.has(id));
  return (
    <Section title="Faults of the wire">
      {SERVERS.map(({ server, name }) => (
        <fieldset key={server} class="chips">
          <legend>{name}</legend>
          {PRESETS.filter((one) => one.server === server).map((one) => {
            const stands = standingOf(one, faults);
            return (
              <button
                key={one.say}
                type="button"
                class="chip"
                aria-pressed={stands !== undefined}
                onClick={() => order(() => (stands ? clearFault(stands.id) : addFault(one.rule)))}
              >
                {one.say}
                {stands !== undefined && stands.hits > 0 && <small> · {stands.hits} hit</small>}
              </button>
            );
          })}
        </fieldset>
      ))}
      {others.map(({ id, server, path, kind, hits }) => (
        <p key={id} class="panel-row">
          <span>
            {server}: {kind} {path} <small>· {hits} hit</small>
          </span>
          <button type="button" class="chip" onClick={() => order(() => clearFault(id))}>
            End it
          </button>
        </p>
      ))}
    </Section>
  );
}
