import type { Clock } from '../plan/clock.ts';
import { type Decision, decide } from './decide.ts';
import { carryOut, type Hands } from './effects.ts';
import type { Effect, Event, Fact } from './events.ts';
import { evolve, fold } from './evolve.ts';
import type { Bar } from './guard.ts';
import { RevisionConflict, type Store } from './ports.ts';
import type { Rollout } from './state.ts';

/** Milliseconds after which what a full disk did not take is tried again, where no person asks for it. */
const REST_MS = 10_000;

/** What a line of work needs from outside. */
export interface Surroundings {
  readonly store: Store;
  readonly hands: Hands;
  /** What keeps a service's releases back now. */
  readonly bar: (service: string, now: number) => Bar | undefined;
  readonly clock: Clock;
  /** Called after each change that is on disk. */
  readonly changed: (rollout: Rollout) => void;
  readonly progress: (rollout: Rollout, line: string) => void;
  /** Something failed that no one waits for. */
  readonly failed: (rollout: Rollout, error: unknown) => void;
}

/**
 * One rollout at work. Everything that changes its journal goes through here one after another; effects run beside,
 * so that a tap or a rollback never waits for App Engine.
 */
export class Line {
  #rollout: Rollout;
  #around: Surroundings;
  #queue: Promise<unknown> = Promise.resolve();
  #running:
    | { readonly id: string; readonly stop: AbortController; readonly ended: Promise<void> }
    | undefined;
  #stopped = false;
  /** What could not be recorded is not tried again before. */
  #rests = Number.NEGATIVE_INFINITY;

  constructor(rollout: Rollout, around: Surroundings) {
    this.#rollout = rollout;
    this.#around = around;
  }

  get rollout(): Rollout {
    return this.#rollout;
  }

  /** Something is due that only time brought about. */
  isDue(now: number): boolean {
    if (now < this.#rests) return false;
    const decision = this.#decide(now);
    if (decision.do === 'record') return true;
    return decision.do === 'run' && this.#running?.id !== decision.effect.id;
  }

  /**
   * Records what `weigh` makes of the state at that moment, and goes on from there.
   * Resolves when the facts are on disk, before any effect that follows is done.
   */
  change<T extends { readonly facts: readonly Fact[] }>(weigh: (rollout: Rollout) => T): Promise<T> {
    const turn = this.#queue.then(async () => {
      const result = await this.#record(weigh);
      await this.#goOn();
      return result;
    });
    this.#queue = turn.catch(() => {});
    return turn;
  }

  /** Goes on from the state as it is: after a start, or because a time has come. */
  async goOn(): Promise<void> {
    await this.change(() => ({ facts: [] }));
  }

  /** Lets go of everything under way without recording an end to it: the next process goes on. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#running?.stop.abort(new Error('Sluice is stopping.'));
    await this.#running?.ended;
    await this.#queue;
  }

  async #record<T extends { readonly facts: readonly Fact[] }>(weigh: (rollout: Rollout) => T): Promise<T> {
    const { store, clock, changed } = this.#around;
    for (;;) {
      const result = weigh(this.#rollout);
      if (result.facts.length === 0) return result;
      const at = clock.now();
      const events: Event[] = result.facts.map((fact) => ({ ...fact, at }));
      try {
        await store.append(this.#rollout.id, this.#rollout.revision, events);
      } catch (error) {
        if (!(error instanceof RevisionConflict)) {
          this.#rests = clock.now() + REST_MS;
          throw error;
        }
        // What was recorded by others, or by a write that was thought to have failed, is to be seen as well.
        this.#rollout = fold((await store.read(this.#rollout.id)) ?? []);
        changed(this.#rollout);
        continue;
      }
      this.#rollout = events.reduce<Rollout>(evolve, this.#rollout);
      changed(this.#rollout);
      return result;
    }
  }

  #decide(now: number): Decision {
    return decide(this.#rollout, now, this.#around.bar(this.#rollout.service, now));
  }

  async #goOn(): Promise<void> {
    while (!this.#stopped) {
      const decision = this.#decide(this.#around.clock.now());
      if (decision.do === 'record') {
        await this.#record(() => ({ facts: [decision.fact] }));
        continue;
      }
      if (this.#running && this.#running.id !== this.#rollout.pending?.effect.id) {
        this.#running.stop.abort(new Error('Something more urgent took over.'));
        this.#running = undefined;
      }
      if (decision.do !== 'run' || this.#running) return;
      const { effect, intended } = decision;
      if (!intended) await this.#record(() => ({ facts: [{ type: 'effect-intended', effect }] }));
      // Stopped while that was written: the next process finds the intent, and does it.
      if (this.#stopped) return;
      this.#start(effect, intended);
      return;
    }
  }

  #start(effect: Effect, resumed: boolean): void {
    const stop = new AbortController();
    const { hands, progress, failed } = this.#around;
    const hooks = {
      signal: stop.signal,
      onOperation: async (operation: string) => {
        const started = { type: 'operation-started', effect: effect.id, operation } as const;
        await this.change(() => ({ facts: [started] }));
      },
      onProgress: (line: string) => progress(this.#rollout, line),
    };
    const ended = carryOut(effect, this.#rollout, resumed, hands, hooks)
      .catch((error: Error): Fact => ({ type: 'effect-failed', effect: effect.id, problem: error.message }))
      .then(async (fact) => {
        if (stop.signal.aborted) return;
        this.#running = undefined;
        await this.change(({ pending }) => ({ facts: pending?.effect.id === effect.id ? [fact] : [] }));
      })
      .catch((error) => failed(this.#rollout, error));
    this.#running = { id: effect.id, stop, ended };
  }
}
