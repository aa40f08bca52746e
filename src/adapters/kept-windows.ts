import pLimit from 'p-limit';
import type { Observation } from '../monitor/index.ts';
import { type KeptWindow, packWindow, unpackWindow } from '../monitor/kept/kept-window.ts';
import { isComparable, peakOf } from '../monitor/kept/replay.ts';
import { type Threshold, thresholdFor } from '../monitor/kept/threshold.ts';
import type { Clock } from '../plan/clock.ts';
import { MINUTE } from '../plan/duration.ts';
import { fold } from '../rollout/evolve.ts';
import { lasted } from '../rollout/lasted.ts';
import type { Store } from '../rollout/ports.ts';
import type { Rollout } from '../rollout/state.ts';
import type { WindowFiles } from '../store/window-files.ts';

/** What a bot does with the windows that it has judged. */
export interface KeptWindows {
  /** Keeps a window that is over, once. A disk that will not have it holds nothing up. */
  keep(rollout: Rollout, observation: Observation, to: number): Promise<void>;
  /**
   * The threshold for a share of false alarms, from the service's own healthy windows as far as they go; the same at
   * every look at a rollout. What cannot be read is said and has no part in it. Only an aborted signal throws.
   */
  threshold(rollout: Rollout, budget: number, signal: AbortSignal): Promise<Threshold>;
}

/** Judging one again takes some 25 ms of the processor, once in the life of a process; so many tell of budgets down to 0.5 %. */
const MOST_REPLAYED = 200;

export function keptWindowsFor(
  files: WindowFiles,
  store: Pick<Store, 'read'>,
  clock: Pick<Clock, 'now'>,
  failed: (what: string, error: unknown) => void,
): KeptWindows {
  /** Of each service, by the window's name; undefined for what cannot be compared. */
  const known = new Map<string, ReadonlyMap<string, number | undefined>>();
  /** Of each service, that of its last rollout. */
  const found = new Map<string, { readonly rollout: string; readonly threshold: Threshold }>();
  // Windows are judged again one after another: whoever waits for a verdict shares the processor with the chat.
  const oneAtATime = pLimit(1);

  async function peaksOf(service: string, signal: AbortSignal): Promise<number[]> {
    const names = (await files.names(service)).slice(0, MOST_REPLAYED);
    const { healthy } = await sortWindows(names, store, clock.now());
    const before = known.get(service);
    const peaks = new Map<string, number | undefined>();
    for (const name of healthy) {
      peaks.set(name, before?.has(name) ? before.get(name) : await replay(service, name, signal));
    }
    known.set(service, peaks);
    return [...peaks.values()].flatMap((peak) => peak ?? []);
  }

  async function replay(service: string, name: string, signal: AbortSignal): Promise<number | undefined> {
    try {
      const bytes = await files.read(service, name);
      return bytes && (await peakOf(unpackWindow(bytes), signal));
    } catch (error) {
      signal.throwIfAborted();
      failed(`reading the window ${service}/${name}`, error);
      return undefined;
    }
  }

  return {
    async keep(rollout, { window, points }, to) {
      if (!window || !isOver(window, to)) return;
      const end = window.from + window.durationMin * MINUTE;
      const { id, service, version, step } = rollout;
      const inside = points.filter(({ minute }) => minute < end);
      if (!isComparable(window, inside)) return;
      const kept = { rollout: id, service, version, step, window, points: inside };
      try {
        const name = nameOf(kept);
        if (!(await files.has(service, name))) await files.keep(service, name, packWindow(kept));
      } catch (error) {
        failed(`keeping the window of ${id}`, error);
      }
    },

    async threshold({ id, service }, budget, signal) {
      const last = found.get(service);
      if (last?.rollout === id && last.threshold.budget === budget) return last.threshold;
      try {
        const threshold = thresholdFor(budget, await oneAtATime(() => peaksOf(service, signal)));
        found.set(service, { rollout: id, threshold });
        return threshold;
      } catch (error) {
        signal.throwIfAborted();
        failed(`reading the windows of ${service}`, error);
        return thresholdFor(budget, []);
      }
    },
  };
}

/** Names of windows by what became of the version that was judged. */
export interface Sorted {
  /** It was let out wholly and lasted. */
  readonly healthy: readonly string[];
  readonly unsound: readonly string[];
  /** Not known yet. */
  readonly open: readonly string[];
  /** Never to be known: the journal was deleted. */
  readonly gone: readonly string[];
}

/** Tells by the journals. @throws BadFile, DiskError */
export async function sortWindows(
  names: readonly string[],
  store: Pick<Store, 'read'>,
  now: number,
): Promise<Sorted> {
  const kinds = new Map<string | undefined, keyof Sorted>();
  for (const rollout of new Set(names.flatMap((name) => rolloutOf(name) ?? []))) {
    const events = await store.read(rollout);
    const sound = events && lasted(fold(events), now);
    kinds.set(rollout, sound === undefined ? 'gone' : KINDS[`${sound}`]);
  }
  const of = (kind: keyof Sorted) => names.filter((name) => kinds.get(rolloutOf(name)) === kind);
  return { healthy: of('healthy'), unsound: of('unsound'), open: of('open'), gone: of('gone') };
}

const KINDS = { true: 'healthy', false: 'unsound', unknown: 'open' } as const;

function isOver({ from, durationMin }: { from: number; durationMin: number }, to: number): boolean {
  return durationMin > 0 && to >= from + durationMin * MINUTE;
}

/** "20260105T120000Z-k3f9x2ab-0": sorts by time. */
function nameOf({ rollout, step, window }: KeptWindow): string {
  const time = new Date(window.from).toISOString().replace(/[-:]|\.\d+/g, '');
  return `${time}-${rollout}-${step}`;
}

/** Undefined for what is called otherwise, which somebody else put there. */
function rolloutOf(name: string): string | undefined {
  return /^\d{8}T\d{6}Z-([a-z0-9]+)-\d+$/.exec(name)?.[1];
}
