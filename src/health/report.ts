import { isOver, type Rollout } from '../rollout/state.ts';
import type { Vitals } from './vitals.ts';

const SECOND = 1_000;
/** A poll is held open for 30 seconds and given up after 45; one that failed is begun again within seconds. */
const POLL_MS = 90 * SECOND;
/** The ticker comes every second. */
const TICK_MS = 30 * SECOND;

/** APIs without which a release is blind, by their endpoints' names. */
export const ADMIN = 'App Engine';
export const MONITORING = 'Cloud Monitoring';

/** What /healthz says. Times are ISO 8601, and absent until something has happened. */
export interface Health {
  /** Whether this process does its work. Google's failures are none of its own: starting it anew would not mend them. */
  readonly ok: boolean;
  readonly polling: Organ;
  readonly ticker: Organ;
  readonly store: Organ;
  readonly google: Readonly<Record<string, Organ & { readonly failingSince?: string }>>;
  readonly rollouts: readonly {
    readonly id: string;
    readonly service: string;
    readonly version: string;
    readonly stage: string;
  }[];
}

interface Organ {
  readonly ok: boolean;
  readonly last?: string;
  readonly problem?: string;
}

/** @param now of the vitals' clock. */
export function healthOf(vitals: Vitals, rollouts: readonly Rollout[], now: number): Health {
  const polling = recent(vitals, vitals.polled, POLL_MS, now, 'Telegram has answered no poll');
  const ticker = recent(vitals, vitals.ticked, TICK_MS, now, 'The ticker has not come');
  const { at, problem } = vitals.stored;
  const store: Organ = { ok: problem === undefined, ...iso(at), ...(problem !== undefined && { problem }) };
  const google = Object.fromEntries(
    [ADMIN, MONITORING].map((api) => {
      const { answered, failing } = vitals.reach(api);
      const failed = failing && {
        problem: failing.why,
        failingSince: new Date(failing.since).toISOString(),
      };
      return [api, { ok: !failing, ...iso(answered), ...failed }] as const;
    }),
  );
  const live = rollouts.filter(({ stage }) => !isOver(stage));
  return {
    ok: polling.ok && ticker.ok && store.ok,
    polling,
    ticker,
    store,
    google,
    rollouts: live.map(({ id, service, version, stage }) => ({ id, service, version, stage: stage.at })),
  };
}

/** Who has just begun has as long for the first time as for any other: a first poll may be held open for its 30 seconds. */
function recent(
  { begun }: Vitals,
  last: number | undefined,
  within: number,
  now: number,
  missing: string,
): Organ {
  const ok = now - (last ?? begun) <= within;
  return { ok, ...iso(last), ...(!ok && { problem: `${missing} within ${within / SECOND} seconds.` }) };
}

function iso(at: number | undefined): { readonly last?: string } {
  return at === undefined ? {} : { last: new Date(at).toISOString() };
}
