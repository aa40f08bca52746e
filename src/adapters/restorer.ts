import type { Restorer } from '../bot/restore/restorer.ts';
import { type Cloud as AppEngine, type Backup, describeJob } from '../deploy/index.ts';
import type { Clock } from '../plan/clock.ts';
import { describeSplit, type Split } from '../plan/split.ts';
import { timeLimit } from '../plan/time-limit.ts';
import type { Who } from '../rollout/draft.ts';
import type { Engine } from '../rollout/engine.ts';
import type { Store } from '../rollout/ports.ts';

/** Who brought back what; intended before it was done, so that a crash does not hide it. */
export interface Restoration {
  readonly at: number;
  readonly by: Who;
  readonly rollout: string;
  readonly what: string;
}

/** Whoever asks does not wait longer for App Engine; in real milliseconds. */
const LOOK_MS = 15_000;
const RECORD = 'restorations';
const KEPT = 300;

/** Brings back what a backup holds, where no rollout is under way that could do it. */
export function restorerFor(
  appEngine: AppEngine,
  store: Store,
  engine: Pick<Engine, 'all' | 'retire'>,
  clock: Clock,
): Restorer {
  return {
    async compare(id) {
      const { service, takenAt, split: saved, cron } = await read(id);
      const [live, change] = await Promise.all([
        appEngine.readSplit(service, timeLimit(LOOK_MS)),
        cron.kind === 'read' ? appEngine.compareCron(cron.jobs, timeLimit(LOOK_MS)) : undefined,
      ]);
      if (!live) throw new Error(`The service ${service} is gone from the project.`);
      const kept = whyKept(service, id);
      return {
        service,
        takenAt,
        traffic: { saved, live },
        cron: change
          ? {
              create: change.create.map(describeJob),
              remove: change.delete.map(describeJob),
              same: change.same,
            }
          : { unread: cron.kind === 'read' ? '' : cron.why },
        ...(kept !== undefined && { kept }),
      };
    },

    async traffic(id, expected, by) {
      const { service, split: to, running } = await read(id);
      const kept = whyKept(service, id);
      if (kept !== undefined) throw new Error(kept);
      await record({ by, rollout: id, what: `traffic of ${service} to ${describeSplit(to)}` });
      // The after-care of a release that no longer has the traffic would look at nothing.
      engine.retire(service);
      const start = running.filter(({ version }) => to.shares[version]);
      const outcome = await appEngine.setSplit(
        { service, accept: [expected], to, start },
        { onOperation: async () => {} },
      );
      if (outcome.kind === 'done') return outcome.split;
      throw new Error(
        `Traffic was moved by another hand meanwhile: it is ${describeSplit(outcome.live)} now, and was left so.`,
      );
    },

    async cron(id, by) {
      const backup = await read(id);
      await record({ by, rollout: id, what: 'cron jobs' });
      if (backup.cron.kind === 'unread') throw new Error(`The backup has no cron jobs: ${backup.cron.why}`);
      // To undo all that was done since is to go back to the backup.
      const { create, delete: gone } = await appEngine.compareCron(backup.cron.jobs);
      const request = { service: backup.service, backup, cron: { create: gone, delete: create } };
      return appEngine.putBack(request, { onReplace: async () => {} });
    },
  };

  async function read(id: string): Promise<Backup & { split: Split }> {
    const backup = await store.readDocument<Backup>(`backups/${id}`);
    if (!backup) throw new Error(`There is no backup of a rollout ${id}. /backups lists them.`);
    const { split } = backup;
    if (!split) throw new Error(`${backup.service} did not exist when the backup ${id} was taken.`);
    return { ...backup, split };
  }

  /** A rollout that can be rolled back does this itself, and keeps its record. */
  function whyKept(service: string, id: string): string | undefined {
    const here = engine.all().filter((rollout) => rollout.service === service);
    const own = here.find((rollout) => rollout.id === id);
    if (own && own.stage.at !== 'cancelled' && own.stage.at !== 'rolled-back')
      return `The rollout of ${own.version} is still at hand: /rollback ${service} brings its traffic back.`;
    const live = here.find(({ stage }) => !['done', 'cancelled', 'rolled-back'].includes(stage.at));
    return (
      live &&
      `The rollout of ${live.version} is under way: end it with /rollback ${service} or /cancel before its traffic is moved.`
    );
  }

  async function record(entry: Omit<Restoration, 'at'>): Promise<void> {
    const before = (await store.readDocument<Restoration[]>(RECORD)) ?? [];
    await store.writeDocument(RECORD, [...before, { at: clock.now(), ...entry }].slice(-KEPT));
  }
}
