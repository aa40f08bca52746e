import { CloudError } from '../../google/cloud-error.ts';
import type { Clock } from '../../plan/clock.ts';
import { type CronChange, type CronJob, compareJobs, creationOf, describeJob, jobKey } from './job.ts';
import type { Scheduler } from './scheduler.ts';

export interface CronRequest {
  /** Path of a cron.yaml. */
  readonly file: string;
  /**
   * The jobs to go back to when it fails, and from which the change is told; absent: those found. A restarted process
   * gives those of the backup, because what it finds may be half of the change.
   */
  readonly before?: readonly CronJob[];
}

type Abortable = { readonly signal?: AbortSignal };

/** How long lost answers and full quotas are waited out, by the clock. */
const PATIENCE_MS = 2 * 60_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;
/** A list may be behind what was just written. */
const LOOKS = 5;

/** The YAML parser is loaded only now. */
async function read(file: string): Promise<CronJob[]> {
  const { readCronYaml } = await import('./read.ts');
  return readCronYaml(file);
}

/**
 * What {@link deployCron} would do, or what going back to the jobs of a backup would.
 * @throws CloudError `invalid` for a bad file.
 */
export async function compareCron(
  project: string,
  scheduler: Scheduler,
  fileOrJobs: string | readonly CronJob[],
  signal?: AbortSignal,
): Promise<CronChange> {
  const wanted = typeof fileOrJobs === 'string' ? await read(fileOrJobs) : fileOrJobs;
  return compareJobs(await scheduler.list(signal), wanted, (job) => jobKey(job, project));
}

/**
 * Makes the app's cron jobs those of a file, as gcloud does: creates first, then deletes, updates none. Safe to run
 * again at any moment; an abort leaves things as they are then.
 * @throws CloudError that says, when some of it was done, whether the jobs of before stand again.
 */
export async function deployCron(
  project: string,
  scheduler: Scheduler,
  clock: Clock,
  request: CronRequest,
  hooks: Abortable,
): Promise<CronChange> {
  const wanted = await read(request.file);
  const before = request.before ?? (await scheduler.list(hooks.signal));
  let wrote = false;
  const watched: Scheduler = {
    ...scheduler,
    create(job, signal) {
      wrote = true;
      return scheduler.create(job, signal);
    },
    remove(job, signal) {
      wrote = true;
      return scheduler.remove(job, signal);
    },
  };
  try {
    await bringJobsTo(project, watched, clock, wanted, hooks.signal);
  } catch (error) {
    hooks.signal?.throwIfAborted();
    if (!(error instanceof CloudError && wrote)) throw error;
    throw new CloudError(
      error.kind,
      `${error.message} ${await goBack(project, scheduler, clock, before, hooks.signal)}`,
      error.retryable,
    );
  }
  return compareJobs(before, wanted, (job) => jobKey(job, project));
}

/** @returns a sentence on how it went. */
async function goBack(
  project: string,
  scheduler: Scheduler,
  clock: Clock,
  before: readonly CronJob[],
  signal?: AbortSignal,
): Promise<string> {
  try {
    const undone = await bringJobsTo(project, scheduler, clock, before, signal);
    const paused = undone.create.filter((job) => job.state === 'PAUSED');
    const still =
      paused.length > 0
        ? ` They were paused before and run now; pause them in the console: ${paused.map(describeJob).join('; ')}.`
        : '';
    return `The cron jobs are as they were before.${still}`;
  } catch (error) {
    signal?.throwIfAborted();
    const why = (error as Error).message;
    const left = await leftToDo(project, scheduler, before, signal);
    return `The cron jobs could not be put back as they were (${why}) ${left}`;
  }
}

async function leftToDo(
  project: string,
  scheduler: Scheduler,
  before: readonly CronJob[],
  signal?: AbortSignal,
): Promise<string> {
  try {
    const left = compareJobs(await scheduler.list(signal), before, (job) => jobKey(job, project));
    const say = (verb: string, jobs: readonly CronJob[]) =>
      jobs.length > 0 ? `${verb} by hand: ${jobs.map(describeJob).join('; ')}.` : '';
    const todo = [say('Create', left.create), say('Delete', left.delete)].filter(Boolean).join(' ');
    return todo || 'They are as they were all the same.';
  } catch {
    // The reason of the first failure is told already, and this is the same.
    return `What they are now cannot be read either; before, they were: ${before.map(describeJob).join('; ') || 'none'}.`;
  }
}

/**
 * Level-triggered: reads, creates what lacks, deletes what is too much, reads back; after a lost answer it reads again
 * before anything more is sent.
 * @returns what was to be done at the first look.
 */
export async function bringJobsTo(
  project: string,
  scheduler: Scheduler,
  clock: Clock,
  wanted: readonly CronJob[],
  signal?: AbortSignal,
): Promise<CronChange> {
  // Scheduler may keep a job in other words than it was sent in, and it is the same job all the same.
  const made = new Map<string, string>();
  const keyOf = (job: CronJob) => made.get(job.name ?? '') ?? jobKey(job, project);
  const until = clock.now() + PATIENCE_MS;
  let first: CronChange | undefined;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    try {
      const change = compareJobs(await scheduler.list(signal), wanted, keyOf);
      first ??= change;
      for (const job of change.create) {
        const created = await scheduler.create(creationOf(job), signal);
        made.set(created.name ?? '', jobKey(job, project));
      }
      for (const job of change.delete) await scheduler.remove(job, signal);
      if (change.create.length + change.delete.length > 0) {
        await readBack(scheduler, clock, wanted, keyOf, signal);
      }
      return first;
    } catch (error) {
      if (!(error instanceof CloudError && error.retryable) || clock.now() + pause > until) throw error;
    }
    await clock.sleep(pause * (0.75 + Math.random() / 2), signal);
  }
}

async function readBack(
  scheduler: Scheduler,
  clock: Clock,
  wanted: readonly CronJob[],
  keyOf: (job: CronJob) => string,
  signal?: AbortSignal,
): Promise<void> {
  for (let look = 1; ; look++) {
    const left = compareJobs(await scheduler.list(signal), wanted, keyOf);
    if (left.create.length + left.delete.length === 0) return;
    if (look === LOOKS) {
      const missing = left.create.map((job) => `missing: ${describeJob(job)}`);
      const extra = left.delete.map((job) => `too much: ${describeJob(job)}`);
      throw new CloudError(
        'conflict',
        `The cron jobs are not what was written: ${[...missing, ...extra].join('; ')}. Somebody else may be changing them now; settle who does, then try again.`,
      );
    }
    await clock.sleep(look * 1_000, signal);
  }
}
