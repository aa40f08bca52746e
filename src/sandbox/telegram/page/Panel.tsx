import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { BotSection } from './BotSection.tsx';
import { ClockSection } from './ClockSection.tsx';
import { FaultSection } from './FaultSection.tsx';
import { Icon } from './icons.tsx';
import { LoadSection } from './LoadSection.tsx';
import { MoveSection } from './MoveSection.tsx';
import type { World } from './panelWire.ts';
import { Scenarios } from './Scenarios.tsx';
import { TrafficSection } from './TrafficSection.tsx';
import { TroubleSection } from './TroubleSection.tsx';
import { isWide } from './usePanel.ts';
import type { ClockReading } from './wire.ts';

interface PanelProps {
  readonly world: World;
  readonly clock: ClockReading;
  readonly onSpeed: (speed: number) => void;
  readonly onClose: () => void;
  readonly onFailed: (error: unknown) => void;
}

/** What an order to the local world is wrapped in: a failure is told, and nothing is lost. */
export type Order = (act: () => Promise<void>) => void;

/** Beside the chat: what the local world does, and what may be done to it. */
export function Panel({ world, clock, onSpeed, onClose, onFailed }: PanelProps) {
  const order: Order = (act) => void act().catch(onFailed);
  const close = useRef<HTMLButtonElement>(null);
  // Where it lies over the chat, the keyboard is to be in it.
  useEffect(() => {
    if (!isWide()) close.current?.focus();
  }, []);
  const service = world.services.find(({ id }) => id === 'default') ?? world.services[0];
  return (
    <aside
      class="panel"
      aria-label="Control panel"
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose();
      }}
    >
      <div class="panel-head">
        <h2>Control panel</h2>
        <button
          ref={close}
          type="button"
          class="quiet"
          aria-label="Close the control panel"
          onClick={onClose}
        >
          <Icon name="close" />
        </button>
      </div>
      <Scenarios play={world.play} order={order} />
      {service !== undefined && <TrafficSection service={service} minutes={world.minutes} />}
      <ClockSection clock={clock} onSpeed={onSpeed} order={order} />
      <LoadSection load={world.load} order={order} />
      {service !== undefined && <TroubleSection service={service} order={order} />}
      {service !== undefined && <MoveSection service={service} order={order} />}
      <FaultSection faults={world.faults} order={order} />
      <BotSection bot={world.bot} order={order} />
    </aside>
  );
}

interface SectionProps {
  readonly title: string;
  /** One line under the title, where it needs one. */
  readonly note?: string | undefined;
  readonly children: ComponentChildren;
}

export function Section({ title, note, children }: SectionProps) {
  return (
    <section class="panel-section">
      <h3>{title}</h3>
      {note !== undefined && <p class="panel-note">{note}</p>}
      {children}
    </section>
  );
}
