import type { Absence } from '../bot/away.ts';
import type { Clock } from '../plan/clock.ts';
import { MINUTE } from '../plan/duration.ts';
import type { Store } from '../rollout/ports.ts';

/** A shorter absence is a restart, and nobody's concern. */
const LEAST_MS = 2 * MINUTE;
/** After an absence was told, others are only counted for this long: a bot that dies again and again must not fill the chat. */
const QUIET_MS = 30 * MINUTE;

const DOCUMENT = 'life';

/** The last sign of life. `real` is people's time, in which absences are felt; `world` that of the releases. */
interface Signed {
  readonly real: number;
  readonly world: number;
  /** When an absence was last told, in people's time. */
  readonly told?: number;
  /** Absences since then that were not. */
  readonly untold?: number;
}

export interface Life {
  /** Signs that this process is at work, once a minute at most. To be called every second. */
  sign(): Promise<void>;
  /** Signs for the last time, so that an absence is told to the second. */
  end(): Promise<void>;
}

export interface LifeOptions {
  readonly store: Pick<Store, 'readDocument' | 'writeDocument'>;
  /** People's. */
  readonly clock: Clock;
  /** The releases'. */
  readonly world: Clock;
  /** Called for an absence that is worth telling; resolves when it was told, or there was nothing to tell. */
  readonly missed: (absence: Absence) => Promise<'told' | 'nothing'>;
  /** That it was told is on record: nobody will come back to it. */
  readonly settled: (absence: Absence) => Promise<void>;
  readonly note: (details: object, message: string) => void;
}

/**
 * Leaves a sign of life on the disk, and finds out from the last one how long nobody was there: after a start as well as
 * after a machine that slept. To be made before anything of the releases goes on.
 */
export function createLife({ store, clock, world, missed, settled, note }: LifeOptions): Life {
  const born = { real: clock.now(), world: world.now() };
  let last: Signed | undefined;
  let busy: Promise<void> | undefined;
  /** When this process last ran, whether it signed or not. */
  let seen: Pick<Signed, 'real' | 'world'> | undefined;

  async function sign(): Promise<void> {
    const now = seen ? instant() : born;
    const seenBefore = seen;
    seen = now;
    const before = seenBefore ?? (await store.readDocument<Signed>(DOCUMENT));
    last ??= before;
    const away = before && now.real - before.real >= LEAST_MS;
    const elapsed = last ? now.real - last.real : MINUTE;
    // A clock that was set back begins anew.
    if (!away && elapsed >= 0 && elapsed < MINUTE) return;
    if (!away) return write({ ...now, ...memory() });
    const { told, untold = 0 } = last ?? {};

    note({ from: iso(before.real), to: iso(now.real) }, 'no Sluice was at work for a while');
    if (told !== undefined && now.real - told < QUIET_MS) return write({ ...now, told, untold: untold + 1 });
    const absence = { from: before.world, to: now.world, untold };
    if ((await missed(absence)) === 'nothing') return write({ ...now, ...memory() });
    await write({ ...now, told: now.real });
    await settled(absence);
  }

  function instant(): Pick<Signed, 'real' | 'world'> {
    return { real: clock.now(), world: world.now() };
  }

  /** What is kept from one sign to the next. */
  function memory(): Pick<Signed, 'told' | 'untold'> {
    const { told, untold } = last ?? {};
    return { ...(told !== undefined && { told }), ...(untold !== undefined && { untold }) };
  }

  async function write(signed: Signed): Promise<void> {
    last = signed;
    await store.writeDocument(DOCUMENT, signed);
  }

  return {
    async sign() {
      if (busy) {
        seen &&= instant();
        return;
      }
      busy = sign().finally(() => {
        busy = undefined;
      });
      await busy;
    },
    async end() {
      // What failed there was told to whoever called for it.
      await busy?.catch(() => {});
      // Who has not looked back yet leaves that to the next one.
      if (seen) await write({ ...instant(), ...memory() });
    },
  };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
