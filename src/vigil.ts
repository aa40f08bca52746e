import { type Absence, awayView, isLoud } from './bot/away.ts';
import { type Outage, outageView, overView } from './bot/blind.ts';
import { createHerald } from './bot/herald.ts';
import { hearAnswers } from './google/answers.ts';
import { createHeartbeat } from './health/heartbeat.ts';
import { createLife } from './health/life.ts';
import { healthOf } from './health/report.ts';
import { lookBack } from './health/return.ts';
import type { HealthDoor, HealthServer } from './health/server.ts';
import { noteSilence } from './health/telegram.ts';
import type { Vitals } from './health/vitals.ts';
import { createWatchdog } from './health/watchdog.ts';
import type { Failed, House } from './house.ts';
import type { Clock } from './plan/clock.ts';
import { isOver } from './rollout/state.ts';

/** How Sluice keeps watch over itself, as the configuration wants it. */
export interface Watch {
  readonly door?: HealthDoor;
  /** Asked for once a minute while all is well. */
  readonly heartbeat?: string;
  /** Milliseconds that Google may be out of reach before the chat hears of it. */
  readonly unreachableAfter: number;
}

export interface Vigil {
  /** Sees to all of it. To be called every second with what the engine has to do then. */
  tick(work: Promise<void>): void;
  /** Opens /healthz and /metrics where they are wished for. */
  openDoor(): Promise<HealthServer | undefined>;
  stop(): Promise<void>;
}

export interface VigilOptions {
  readonly house: Pick<House, 'store' | 'engine' | 'outbox' | 'team' | 'google'>;
  readonly vitals: Vitals;
  readonly watch: Watch;
  readonly clock: Clock;
  readonly peoplesClock: Clock;
  readonly note: (details: object, message: string) => void;
  readonly failed: Failed;
}

const OUTAGES = 'outages';

/** The bot's own blindness: what it missed, what it cannot reach, and how others see that it is well. */
export async function keepVigil(options: VigilOptions): Promise<Vigil> {
  const { house, vitals, watch, clock, peoplesClock, note, failed } = options;
  const { store, engine, outbox, team, google } = house;
  const live = () => engine.all().filter(({ stage }) => !isOver(stage));
  const herald = createHerald(outbox, store, live, team.chat);
  const deaf = hearAnswers(({ api, outcome }) => vitals.notice({ kind: 'google', api, outcome }));
  const unheard = noteSilence(vitals, note);
  let working: Promise<void> = Promise.resolve();
  let door: HealthServer | undefined;

  const life = createLife({
    store,
    clock: peoplesClock,
    world: clock,
    missed: tellAbsence,
    settled: (absence) => herald.forget(absenceName(absence)),
    note,
  });
  const outages = new Map<string, Outage>();
  for (const outage of (await store.readDocument<Outage[]>(OUTAGES)) ?? []) outages.set(outage.api, outage);
  const checkReach = createWatchdog({
    vitals,
    clock: peoplesClock,
    world: clock,
    after: watch.unreachableAfter,
    told: [...outages.values()],
    live,
    ask: (service) => google.appEngine.readSplit(service),
    begun: (outage) => void tellOutage(outage).catch((error) => failed('the word of an outage', error)),
    over: (outage) => void tellOver(outage).catch((error) => failed('the word of an outage', error)),
  });
  const beat =
    watch.heartbeat === undefined
      ? () => {}
      : createHeartbeat({
          url: watch.heartbeat,
          clock: peoplesClock,
          healthy: () => healthOf(vitals, [], peoplesClock.now()).ok,
          note: (message) => note({}, message),
        });

  async function tellAbsence(absence: Absence): Promise<'told' | 'nothing'> {
    // The chat hears what came of it, not only that it was missed.
    await working.catch(() => {});
    const readSplit = google.appEngine.readSplit;
    const resumed = await lookBack(absence, { store, rollouts: engine.all, readSplit });
    if (resumed.length === 0) return 'nothing';
    const view = awayView(absence, resumed, clock.now());
    await herald.conclude(absenceName(absence), [{ key: 'away', view, loud: isLoud(resumed), fresh: true }]);
    return 'told';
  }

  async function tellOutage(outage: Outage): Promise<void> {
    note({ ...outage }, 'Google is out of reach');
    outages.set(outage.api, outage);
    const view = outageView(outage, live());
    herald.say(nameOf(outage), [{ key: 'begun', view, loud: true, fresh: true }]);
    await store.writeDocument(OUTAGES, [...outages.values()]);
  }

  async function tellOver(outage: Outage): Promise<void> {
    note({ ...outage }, 'Google is within reach again');
    outages.delete(outage.api);
    await herald.conclude(nameOf(outage), [
      { key: 'begun', view: outageView(outage, []), loud: false, fresh: false },
      { key: 'over', view: overView(outage, live()), loud: false, fresh: true },
    ]);
    await store.writeDocument(OUTAGES, [...outages.values()]);
    await herald.forget(nameOf(outage));
  }

  return {
    tick(work) {
      working = work;
      vitals.notice({ kind: 'tick' });
      life.sign().catch((error) => failed('the sign of life', error));
      checkReach();
      beat();
    },
    async openDoor() {
      const { door: wanted } = watch;
      if (!wanted) return undefined;
      const { openHealth } = await import('./health/server.ts');
      const ports = { vitals, rollouts: engine.all, clock: peoplesClock, failed };
      door = await openHealth(ports, wanted).catch((error) => {
        failed(`the door for health at ${wanted.host}, port ${wanted.port} (SLUICE_HEALTH_PORT)`, error);
        return undefined;
      });
      return door;
    },
    async stop() {
      deaf();
      unheard();
      await door?.close();
      await life.end().catch((error) => failed('the last sign of life', error));
    },
  };
}

function absenceName({ from }: Absence): string {
  return `away-${Math.round(from)}`;
}

function nameOf({ api, since }: Outage): string {
  return `outage-${api}-${Math.round(since)}`;
}
