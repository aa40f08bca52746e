import { randomInt } from 'node:crypto';
import pLimit from 'p-limit';
import type { Cleaner, Cleaning } from '../bot/versions/cleaner.ts';
import { needsOf } from '../bot/versions/needs.ts';
import { type CleaningRules, propose } from '../bot/versions/propose.ts';
import type { Cloud as AppEngine } from '../deploy/index.ts';
import type { Clock } from '../plan/clock.ts';
import type { Check } from '../plan/terms.ts';
import type { Engine } from '../rollout/engine.ts';
import type { Store } from '../rollout/ports.ts';

const RECORD = 'cleanings';
const KEPT = 100;
/** Versions worked on at the same time. */
const AT_ONCE = 4;

type Removal = Pick<AppEngine, 'readTraffic' | 'readSplit' | 'findVersion' | 'deleteVersion' | 'stopVersion'>;

/** Cleaning with its record in the store. */
export function cleanerFor(
  appEngine: Removal,
  store: Store,
  engine: Pick<Engine, 'all'>,
  rules: CleaningRules,
  clock: Clock,
): Cleaner {
  const stopping = new AbortController();
  const working = new Map<string, Promise<Cleaning>>();
  let writing: Promise<unknown> = Promise.resolve();

  return {
    async propose(service) {
      const all = await appEngine.readTraffic(stopping.signal);
      const wanted = all.filter((one) => service === undefined || one.service === service);
      if (wanted.length === 0)
        throw new Error(
          `There is no service '${service ?? ''}' in the project. Known: ${all.map((one) => one.service).join(', ') || 'none'}.`,
        );
      return Promise.all(
        wanted.map(async (one) =>
          propose(one, await needsOf(one.service, engine.all(), store), rules, clock.now()),
        ),
      );
    },

    async put(cleaning) {
      const id = randomInt(36 ** 8)
        .toString(36)
        .padStart(8, '0');
      await change((all) => [...all, { ...cleaning, id, at: clock.now(), results: [] }].slice(-KEPT));
      return id;
    },

    async begin(id, by) {
      const { all, before } = await change((entries) =>
        entries.map((one) =>
          one.id === id && !one.begun ? { ...one, begun: { by, at: clock.now() } } : one,
        ),
      );
      const taken = before.find((one) => one.id === id)?.begun;
      if (taken) return { refused: `${taken.by.name} has done that already.` };
      const mine = all.find((one) => one.id === id);
      return mine ?? { refused: 'That proposal is too old. /versions clean makes a new one.' };
    },

    carryOut(id) {
      const work = working.get(id) ?? carryOut(id).finally(() => working.delete(id));
      working.set(id, work);
      return work;
    },

    async unfinished() {
      return (await read()).filter(
        ({ begun, versions, results }) => begun && results.length < versions.length,
      );
    },

    async stop() {
      stopping.abort(new Error('Sluice is stopping.'));
      await Promise.allSettled(working.values());
      await writing;
    },
  };

  async function carryOut(id: string): Promise<Cleaning> {
    const cleaning = (await read()).find((one) => one.id === id);
    if (!cleaning) throw new Error('That proposal is not on record any more.');
    const { service, what, versions, results } = cleaning;
    const known = new Set(results.map(({ name }) => name));
    const limit = pLimit(AT_ONCE);
    await Promise.all(
      versions
        .filter((version) => !known.has(version))
        .map((version) =>
          limit(async () => {
            stopping.signal.throwIfAborted();
            const result = await attempt(service, version, what);
            await change((all) =>
              all.map((one) => (one.id === id ? withResult(one, result, clock.now()) : one)),
            );
          }),
        ),
    );
    return (await read()).find((one) => one.id === id) ?? cleaning;
  }

  async function attempt(service: string, version: string, what: Cleaning['what']): Promise<Check> {
    const { signal } = stopping;
    try {
      const why = (await needsOf(service, engine.all(), store)).get(version);
      if (why !== undefined) return { name: version, ok: false, detail: `stays: it is ${why} now.` };
      if (what === 'delete') await appEngine.deleteVersion(service, version, signal);
      else await appEngine.stopVersion(service, version, signal);
      return { name: version, ok: true, detail: what === 'delete' ? 'deleted' : 'stopped' };
    } catch (error) {
      signal.throwIfAborted();
      return { name: version, ok: false, detail: (error as Error).message };
    }
  }

  async function read(): Promise<readonly Cleaning[]> {
    return (await store.readDocument<Cleaning[]>(RECORD)) ?? [];
  }

  function withResult(one: Cleaning, result: Check, now: number): Cleaning {
    const results = [...one.results, result];
    return { ...one, results, ...(results.length === one.versions.length && { ended: now }) };
  }

  /** One change after another, so that none is lost. */
  function change(
    edit: (all: readonly Cleaning[]) => readonly Cleaning[],
  ): Promise<{ readonly before: readonly Cleaning[]; readonly all: readonly Cleaning[] }> {
    const turn = writing.then(async () => {
      const before = await read();
      const all = edit(before);
      await store.writeDocument(RECORD, all);
      return { before, all };
    });
    writing = turn.catch(() => {});
    return turn;
  }
}
