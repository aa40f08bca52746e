import type { Outage } from '../bot/blind.ts';
import type { Clock } from '../plan/clock.ts';
import { MINUTE } from '../plan/duration.ts';
import type { Rollout } from '../rollout/state.ts';
import { ADMIN, MONITORING } from './report.ts';
import type { Vitals } from './vitals.ts';

export interface WatchdogOptions {
  readonly vitals: Vitals;
  /** The vitals' clock, by which outages last. */
  readonly clock: Clock;
  /** The clock of the releases, which messages show. */
  readonly world: Clock;
  /** Milliseconds of failures and of nothing else before anything is said. */
  readonly after: number;
  /** Outages that were told of and were not over when the process before ended. */
  readonly told: readonly Outage[];
  /** Releases under way. */
  readonly live: () => readonly Rollout[];
  /** Asks the Admin API something cheap: without a tap nobody may do so for hours. */
  readonly ask: (service: string) => Promise<unknown>;
  readonly begun: (outage: Outage) => void;
  readonly over: (outage: Outage) => void;
}

const APIS = { admin: ADMIN, monitoring: MONITORING } as const;

/** What is known of one API that fails. */
interface Failing {
  /** When it was first seen to fail, of the world. */
  readonly since: number;
  readonly told?: Outage;
}

/**
 * Says when Google has been out of reach for long while a rollout is under way, once, and when it answers again.
 * @returns what is to be called every second.
 */
export function createWatchdog(options: WatchdogOptions): () => void {
  const { vitals, clock, world, after, live, ask, begun, over } = options;
  const failing = new Map<Outage['api'], Failing>(
    options.told.map((outage) => [outage.api, { since: outage.since, told: outage }]),
  );
  let askedAt = Number.NEGATIVE_INFINITY;
  let service: string | undefined;

  function watch(api: Outage['api'], anyLive: boolean): void {
    const reach = vitals.reach(APIS[api]);
    const known = failing.get(api);
    if (!reach.failing) {
      // Before the first answer nothing can be told.
      if (reach.answered === undefined || !known) return;
      failing.delete(api);
      if (known.told) over({ ...known.told, until: world.now() });
      return;
    }
    const { since, last, why } = reach.failing;
    const now = known ?? { since: world.now() };
    const isTime = !now.told && anyLive && last - since >= after;
    const told = isTime ? { api, since: now.since, why } : now.told;
    failing.set(api, { since: now.since, ...(told && { told }) });
    if (isTime && told) begun(told);
  }

  /** Only what is asked can be seen to answer again. */
  function askAdmin(): void {
    const reach = vitals.reach(ADMIN);
    const last = Math.max(askedAt, reach.failing?.last ?? reach.answered ?? askedAt);
    if (!failing.has('admin') || service === undefined || clock.now() - last < MINUTE) return;
    askedAt = clock.now();
    ask(service).catch(() => {
      // How it ended is heard where every request is.
    });
  }

  return () => {
    const rollouts = live();
    service = rollouts[0]?.service ?? service;
    watch('admin', rollouts.length > 0);
    watch('monitoring', rollouts.length > 0);
    askAdmin();
  };
}
