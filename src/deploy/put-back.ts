import { CloudError } from '../google/cloud-error.ts';
import type { Clock } from '../plan/clock.ts';
import type { Check } from '../plan/terms.ts';
import type { AppEngine } from './app-engine.ts';
import { readApplication } from './application.ts';
import type { Backup } from './backup.ts';
import { bringJobsTo } from './cron/apply.ts';
import { type CronChange, type CronJob, compareJobs, describeJob, jobKey } from './cron/job.ts';
import type { Scheduler } from './cron/scheduler.ts';
import { bringRulesTo } from './dispatch/apply.ts';
import { describeRule, sameRules } from './dispatch/rules.ts';
import { type Replaced, restoreFile } from './restore-file.ts';

export interface PutBackRequest {
  readonly service: string;
  /** Where app.yaml, cron.yaml and dispatch.yaml are to stand as in the backup; absent: files are left alone. */
  readonly folder?: string;
  readonly backup: Backup;
  /** What this rollout made of the cron jobs, and is undone. Absent: they are only compared. */
  readonly cron?: Pick<CronChange, 'create' | 'delete'>;
  /** The rules that this rollout made the app's routing, and are undone. Absent: they are only compared. */
  readonly dispatch?: readonly object[];
}

export interface PutBackHooks {
  /** Awaited before a file is written over, so that what stands in it is not lost when the process dies meanwhile. */
  onReplace(file: Replaced): Promise<void>;
  readonly signal?: AbortSignal;
}

/**
 * Brings back what a rollout may have changed besides the traffic. Each matter by itself: one that fails is a check
 * that is not ok, and keeps no other from being put back. Safe to run again at any moment.
 * @returns checks that say what was read back, against the backup.
 * @throws the signal's reason only, and what the hook throws.
 */
export async function putBack(
  app: AppEngine,
  scheduler: Scheduler,
  clock: Clock,
  request: PutBackRequest,
  { onReplace, signal }: PutBackHooks,
): Promise<Check[]> {
  const { backup, folder } = request;
  const checks = [
    await taken('Cron jobs', () => putJobsBack(app.project, scheduler, clock, request, signal)),
    await taken('Routing', () => putRulesBack(app, clock, request, signal)),
  ];
  for (const file of folder === undefined ? [] : backup.files) {
    const restored = await taken(file.path, async () => ({
      ok: true,
      detail: await restoreFile(folder ?? '', file, onReplace),
    }));
    checks.push(restored);
  }
  return checks;

  async function taken(name: string, run: () => Promise<Omit<Check, 'name'>>): Promise<Check> {
    signal?.throwIfAborted();
    try {
      return { name, ...(await run()) };
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof CloudError) return { name, ok: false, detail: error.message };
      throw error;
    }
  }
}

async function putJobsBack(
  project: string,
  scheduler: Scheduler,
  clock: Clock,
  { backup, cron }: PutBackRequest,
  signal?: AbortSignal,
): Promise<Omit<Check, 'name'>> {
  if (backup.cron.kind === 'unread') {
    return {
      ok: cron === undefined,
      detail: `Not compared, because the backup has none: ${backup.cron.why}`,
    };
  }
  const { jobs } = backup.cron;
  const keyOf = (job: CronJob) => jobKey(job, project);
  const wanted = cron && undo(await scheduler.list(signal), cron, keyOf);
  const done = wanted && (await bringJobsTo(project, scheduler, clock, wanted, signal));
  const live = await scheduler.list(signal);
  const did = done ? sayChange(done, 'made again', 'taken away') : [];
  const remade = new Set(cron?.delete.map(keyOf));
  const paused = sayPaused(
    live,
    jobs.filter((job) => remade.has(keyOf(job))),
    project,
  );
  if (paused.length > 0) return { ok: false, detail: `${[...did, ...paused].join('; ')}.` };

  const left = compareJobs(live, jobs, keyOf);
  const since = sayChange(left, 'gone', 'new');
  if (since.length > 0)
    return {
      ok: true,
      detail: `${[...did, `another hand has changed these since, left so: ${since.join('; ')}`].join('; ')}.`,
    };
  const same = `${live.length === 1 ? 'The 1 job is' : `All ${live.length} jobs are`} as in the backup`;
  return { ok: true, detail: `${[live.length === 0 ? 'None, as in the backup' : same, ...did].join('; ')}.` };
}

/** The jobs without a change, and with all that others did since. */
function undo(
  live: readonly CronJob[],
  { create, delete: removed }: Pick<CronChange, 'create' | 'delete'>,
  keyOf: (job: CronJob) => string,
): CronJob[] {
  const made = new Set(create.map(keyOf));
  const kept = live.filter((job) => !made.has(keyOf(job)));
  const there = new Set(kept.map(keyOf));
  return [...kept, ...removed.filter((job) => !there.has(keyOf(job)))];
}

function sayChange(change: CronChange, created: string, deleted: string): string[] {
  const say = (what: string, jobs: readonly CronJob[]) =>
    jobs.length > 0 ? [`${what}: ${jobs.map(describeJob).join(', ')}`] : [];
  return [...say(created, change.create), ...say(deleted, change.delete)];
}

/** A job that is made again always runs. */
function sayPaused(live: readonly CronJob[], before: readonly CronJob[], project: string): string[] {
  const running = new Set(live.filter(({ state }) => state !== 'PAUSED').map((job) => jobKey(job, project)));
  const paused = before.filter((job) => job.state === 'PAUSED' && running.has(jobKey(job, project)));
  return paused.map((job) => `was paused and runs now, pause it in the console: ${describeJob(job)}`);
}

/** Rules that another hand has changed since are left alone. */
async function putRulesBack(
  app: AppEngine,
  clock: Clock,
  { backup: { dispatchRules }, dispatch }: PutBackRequest,
  signal?: AbortSignal,
): Promise<Omit<Check, 'name'>> {
  const before = (await readApplication(app.rest, app.project, signal)).dispatchRules;
  const ours = dispatch !== undefined && sameRules(before, dispatch);
  const sent = ours && (await bringRulesTo(app, clock, dispatchRules, signal));
  const live = sent ? (await readApplication(app.rest, app.project, signal)).dispatchRules : before;
  if (sameRules(live, dispatchRules)) {
    const rules = live.length === 0 ? 'No rules' : `Dispatch rules: ${live.length}`;
    return { ok: true, detail: `${rules}, as in the backup${sent ? '; put back' : ''}.` };
  }
  const [now, then] = [live.map(describeRule), dispatchRules.map(describeRule)];
  const gone = then.filter((line) => !now.includes(line)).map((line) => `gone: ${line}`);
  const added = now.filter((line) => !then.includes(line)).map((line) => `new: ${line}`);
  const differences =
    [...gone, ...added].join('; ') || 'their order has changed, and the first that fits counts';
  return {
    ok: true,
    detail: `Another hand has changed the dispatch rules since, left so: ${differences}.`,
  };
}
