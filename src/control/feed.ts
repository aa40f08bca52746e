import type { Rollout } from '../rollout/state.ts';

/** A passing line of the effect that is being carried out. */
export interface Passing {
  readonly effect: string;
  readonly text: string;
}

/** What happens to one rollout, for one listener. */
export interface News {
  /** The last passing line that was not taken yet. */
  take(): Passing | undefined;
  /** Resolves when something has happened since the last time, after `ms` real milliseconds, or when it was closed. */
  next(ms: number): Promise<'news' | 'quiet'>;
  close(): void;
}

/** Tells whoever listens that a rollout has moved. Costs nothing while nobody does. */
export interface Feed {
  changed(rollout: Rollout): void;
  progress(rollout: Rollout, text: string): void;
  listen(rollout: string): News;
}

export function createFeed(): Feed {
  const listeners = new Map<string, Set<(passing?: Passing) => void>>();

  function tell({ id }: Rollout, passing?: Passing): void {
    for (const hear of listeners.get(id) ?? []) hear(passing);
  }

  return {
    changed: (rollout) => tell(rollout),
    progress(rollout, text) {
      const effect = rollout.pending?.effect.id;
      if (effect !== undefined) tell(rollout, { effect, text });
    },
    listen(id) {
      let fresh = false;
      let closed = false;
      let latest: Passing | undefined;
      let wake = () => {};
      const hear = (passing?: Passing) => {
        fresh = true;
        latest = passing ?? latest;
        wake();
      };
      const others = listeners.get(id) ?? new Set();
      listeners.set(id, others.add(hear));
      return {
        take() {
          const taken = latest;
          latest = undefined;
          return taken;
        },
        next(ms) {
          return new Promise((resolve) => {
            const end = () => {
              clearTimeout(timer);
              wake = () => {};
              resolve(fresh ? 'news' : 'quiet');
              fresh = false;
            };
            const timer = setTimeout(end, ms);
            wake = end;
            if (fresh || closed) end();
          });
        },
        close() {
          closed = true;
          others.delete(hear);
          if (others.size === 0 && listeners.get(id) === others) listeners.delete(id);
          wake();
        },
      };
    },
  };
}
