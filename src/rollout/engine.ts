import { setMaxListeners } from 'node:events';
import pLimit from 'p-limit';
import { type Act, type Actor, type Circumstances, who } from './answers.ts';
import { readWorld, weighInWorld } from './at-the-tap.ts';
import { sayBar } from './bar.ts';
import type { Command } from './commands.ts';
import type { Draft } from './draft.ts';
import type { Event } from './events.ts';
import { evolve, fold } from './evolve.ts';
import type { Guard } from './guard.ts';
import { sayHolder } from './holder.ts';
import { Line, type Surroundings } from './line.ts';
import { isNews, observationDue } from './observation.ts';
import { pastOf } from './past.ts';
import { createPatrol } from './patrol.ts';
import { isOver, type Rollout } from './state.ts';
import type { RolesOf } from './voting.ts';

/** Figures are asked for this many rollouts at a time. */
const OBSERVERS = 16;

export interface Engine {
  /** Loads the live rollouts and goes on where each of them was. */
  recover(): Promise<void>;
  /** Begins a rollout, once however often it is called with the same id. */
  begin(draft: Draft, by: Actor): Promise<{ readonly rollout: Rollout } | { readonly refused: string }>;
  /** What a person asks of a rollout. */
  act(rollout: string, command: Command, actor: Actor): Promise<Act>;
  /** Does whatever has come due. Resolves when all of it is done. */
  tick(): Promise<void>;
  get(rollout: string): Rollout | undefined;
  /** Rollouts under way, and the last of each service that is over; oldest first. */
  all(): Rollout[];
  /** Closes the rollouts of a service that are over: something else has taken their place. */
  retire(service: string): void;
  /** Drains what is being written and leaves the rest to the next process. */
  stop(): Promise<void>;
}

export interface EngineParts extends Omit<Surroundings, 'bar'> {
  readonly guard: Guard;
  readonly rolesOf: RolesOf;
  /** App Engine could not be looked at. Nothing stops for it. */
  readonly blind: (rollout: Rollout, error: Error) => void;
}

/** Whether something stands on record that the same update of Telegram's brought. */
function hasTaken(events: readonly Event[] = [], { update }: Actor): boolean {
  if (update === undefined) return false;
  return events.some((event) => event.type !== 'refused' && 'by' in event && event.by?.update === update);
}

/** Runs rollouts: asks the pure heart what is next, does it through the ports, and records what came of it. */
export function createEngine(around: EngineParts): Engine {
  const { store, clock, guard } = around;
  const { cloud, monitor } = around.hands;
  const lines = new Map<string, Line>();
  const closing = new Set<string>();
  const observing = new Set<string>();
  const lookedAt = new Map<string, number>();
  const limit = pLimit(OBSERVERS);
  const stopping = new AbortController();
  const { signal: stops } = stopping;
  // Every question that is under way listens to it, and looks at many rollouts ask several at once.
  setMaxListeners(0, stops);
  const patrol = createPatrol({ cloud, clock, blind: around.blind, stopping: stops });
  let beginnings: Promise<unknown> = Promise.resolve();
  /** Locks that rollbacks have brought and that are on their way to the disk. */
  let shutting: Promise<unknown> = Promise.resolve();

  const surroundings: Surroundings = {
    ...around,
    bar: guard.bar,
    changed(rollout) {
      around.changed(rollout);
      if (rollout.step >= 0) retire(rollout.service, rollout.id);
      if (rollout.stage.at === 'rolled-back') shut(rollout);
    },
  };

  return {
    async recover() {
      for (const id of await store.live()) {
        const events = await store.read(id);
        if (!events || events.length === 0) continue;
        const rollout = fold(events);
        // The process before died between the last line of the journal and its move to the closed ones.
        if (rollout.closed) await store.close(id, pastOf(rollout));
        else lines.set(id, new Line(rollout, surroundings));
      }
      for (const { rollout } of lines.values()) if (rollout.stage.at === 'rolled-back') shut(rollout);
      await Promise.all([...lines.values()].map((line) => line.goOn()));
    },

    begin(draft, by) {
      const turn = beginnings.then(() => beginNow(draft, by));
      beginnings = turn.catch(() => {});
      return turn;
    },

    async act(id, command, actor) {
      const line = closing.has(id) ? undefined : lines.get(id);
      if (!line) return { facts: [], say: 'That rollout is closed, or not known here.', refused: true };
      // Telegram hands an update over again when the process died before it could say that it was done with.
      if (hasTaken(await store.read(id), actor)) return { facts: [], say: 'That is done.', refused: false };
      const world = await readWorld(cloud, line.rollout, command, actor, circumstances(line.rollout));
      return line.change((rollout) => weighInWorld(rollout, command, actor, world, circumstances(rollout)));
    },

    async tick() {
      const now = clock.now();
      const due = [...lines.values()];
      await Promise.all([
        ...due.flatMap((line) => [
          ...(line.isDue(now) ? [line.goOn()] : []),
          ...(isObservable(line, now) ? [observeInTurn(line)] : []),
        ]),
        patrol.round(due.filter((line) => !closing.has(line.rollout.id))),
      ]);
    },

    get: (id) => lines.get(id)?.rollout,
    all: () => [...lines.values()].map((line) => line.rollout).toSorted((a, b) => a.startedAt - b.startedAt),

    retire: (service) => retire(service),

    async stop() {
      stopping.abort(new Error('Sluice is stopping.'));
      await beginnings;
      await Promise.all([...lines.values()].map((line) => line.stop()));
    },
  };

  async function beginNow(draft: Draft, by: Actor) {
    const known = lines.get(draft.id);
    if (known) return { rollout: known.rollout };
    if (!by.roles.includes('operator')) return { refused: 'Only an operator may start a rollout.' };
    await shutting;
    const bar = guard.bar(draft.service, clock.now());
    if (bar) return { refused: sayBar(draft.service, bar) };
    const others = [...lines.values()].filter(
      ({ rollout }) => rollout.service === draft.service && !closing.has(rollout.id),
    );
    const held = sayHolder(others.map((line) => line.rollout));
    if (held !== undefined) return { refused: held };
    const rejected = guard.rejectionOf(draft.service, draft.version);
    const warned = rejected ? { ...draft, rejected: { why: rejected.why, at: rejected.at } } : draft;
    const started = { type: 'started', draft: warned, by: who(by), at: clock.now() } as const;
    await store.append(draft.id, 0, [started]);
    const line = new Line(evolve(undefined, started), surroundings);
    lines.set(draft.id, line);
    around.changed(line.rollout);
    // The last release that is fully out stays at hand for a rollback until this one has traffic of its own.
    // Where another hand has moved it since, the new one takes what is there for what was before.
    const lastDone = others.findLast(({ rollout: { stage, strayed } }) => stage.at === 'done' && !strayed);
    for (const other of others) if (other !== lastDone) close(other);
    await line.goOn();
    return { rollout: line.rollout };
  }

  /** What was released before can no longer be rolled back once something else has the traffic. */
  function retire(service: string, except?: string): void {
    for (const line of lines.values()) {
      const { rollout } = line;
      if (rollout.service === service && rollout.id !== except && isOver(rollout.stage)) close(line);
    }
  }

  /** It stays at hand until it is among the past ones, so that nobody who looks finds it nowhere. */
  function close(line: Line): void {
    const { id } = line.rollout;
    if (closing.has(id)) return;
    closing.add(id);
    lookedAt.delete(id);
    line
      .change(() => ({ facts: [{ type: 'closed' }] }))
      .then(() => store.close(id, pastOf(line.rollout)))
      .then(() => {
        lines.delete(id);
        closing.delete(id);
      })
      .catch((error) => {
        // Whatever takes its place next closes it then.
        closing.delete(id);
        around.failed(line.rollout, error);
      });
  }

  /** What was rolled back stays away until people say otherwise. */
  function shut(rollout: Rollout): void {
    const { id, service, version, stage, endedAt } = rollout;
    if (stage.at !== 'rolled-back') return;
    const why = `${version} was rolled back: ${stage.reason}`;
    const rejection = { version, why: stage.reason, at: endedAt ?? clock.now(), rollout: id };
    const done = Promise.all([guard.lock(service, { why, rollout: id }), guard.reject(service, rejection)])
      // The chat says that it is locked once it is.
      .then(() => {
        const line = lines.get(id);
        if (line) around.changed(line.rollout);
      })
      .catch((error) => around.failed(rollout, error));
    shutting = Promise.all([shutting, done]);
  }

  function circumstances({ service }: Rollout): Circumstances {
    const now = clock.now();
    const bar = guard.bar(service, now);
    return { now, rolesOf: around.rolesOf, ...(bar && { bar }) };
  }

  function isObservable(line: Line, now: number): boolean {
    const { id } = line.rollout;
    return !observing.has(id) && observationDue(line.rollout, now, lookedAt.get(id)) !== undefined;
  }

  async function observeInTurn(line: Line): Promise<void> {
    observing.add(line.rollout.id);
    try {
      await limit(() => observe(line));
    } catch (error) {
      if (!stopping.signal.aborted) throw error;
    } finally {
      observing.delete(line.rollout.id);
    }
  }

  async function observe(line: Line): Promise<void> {
    const { id, movedAt } = line.rollout;
    const window = observationDue(line.rollout, clock.now(), lookedAt.get(id));
    if (!window || stopping.signal.aborted) return;
    lookedAt.set(id, clock.now());
    const verdict = await monitor.observe(line.rollout, window, stopping.signal);
    // The split may have moved meanwhile: then these figures belong to a window that is over.
    await line.change((rollout) => ({
      facts:
        rollout.movedAt === movedAt &&
        observationDue(rollout, clock.now()) &&
        isNews(rollout, verdict, clock.now())
          ? [{ type: 'judged', verdict }]
          : [],
    }));
  }
}
