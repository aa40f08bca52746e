import * as v from 'valibot';

/** A job of Cloud Scheduler v1beta1 as it is on the wire: nothing added, and fields unknown here kept. */
export const cronJob = v.looseObject({
  /** "projects/P/locations/L/jobs/J"; absent in a job that is still to be made. */
  name: v.optional(v.string()),
  schedule: v.optional(v.string()),
  timeZone: v.optional(v.string()),
  description: v.optional(v.string()),
  state: v.optional(v.string()),
  appEngineHttpTarget: v.optional(
    v.looseObject({
      relativeUri: v.optional(v.string()),
      appEngineRouting: v.optional(
        v.looseObject({ service: v.optional(v.string()), host: v.optional(v.string()) }),
      ),
    }),
  ),
  retryConfig: v.optional(
    v.looseObject({
      minBackoffDuration: v.optional(v.string()),
      maxBackoffDuration: v.optional(v.string()),
      maxRetryDuration: v.optional(v.string()),
      maxDoublings: v.optional(v.number()),
      retryCount: v.optional(v.number()),
    }),
  ),
});

export type CronJob = v.InferOutput<typeof cronJob>;

/** What brings the jobs of a project to what a cron.yaml says. */
export interface CronChange {
  readonly create: readonly CronJob[];
  readonly delete: readonly CronJob[];
  /** How many stay as they are. */
  readonly same: number;
}

/** Filled in by Scheduler; a job that is made again gets them anew. */
const OUTPUT_ONLY = ['name', 'state', 'status', 'userUpdateTime', 'scheduleTime', 'lastAttemptTime'];

/** The request that makes this job again. */
export function creationOf(job: CronJob): object {
  return Object.fromEntries(Object.entries(job).filter(([field]) => !OUTPUT_ONLY.includes(field)));
}

/**
 * What makes two jobs the same to gcloud: everything but the name. Durations count by their length, however they are
 * written.
 */
export function jobKey(job: CronJob, project: string): string {
  const { schedule, timeZone, description, appEngineHttpTarget: target, retryConfig: retry } = job;
  return JSON.stringify([
    schedule ?? '',
    timeZone ?? 'UTC',
    target?.relativeUri ?? '/',
    description ?? '',
    // Zeros are left out on the wire.
    retry && [
      secondsOf(retry.minBackoffDuration),
      secondsOf(retry.maxBackoffDuration),
      secondsOf(retry.maxRetryDuration),
      retry.maxDoublings ?? 0,
      retry.retryCount ?? 0,
    ],
    targetOf(job, project) ?? '',
  ]);
}

/** What the new jobs lack, and what they no longer have. Of jobs that are alike, one stands for one. */
export function compareJobs(
  live: readonly CronJob[],
  wanted: readonly CronJob[],
  keyOf: (job: CronJob) => string,
): CronChange {
  const left = new Map<string, CronJob[]>();
  for (const job of live) left.set(keyOf(job), [...(left.get(keyOf(job)) ?? []), job]);
  const create = wanted.filter((job) => left.get(keyOf(job))?.pop() === undefined);
  return { create, delete: Array.from(left.values()).flat(), same: wanted.length - create.length };
}

/** A line for people: "every 1 hours: /tasks/expire". */
export function describeJob(job: CronJob): string {
  const { schedule, timeZone = 'UTC', description, appEngineHttpTarget } = job;
  const service = appEngineHttpTarget?.appEngineRouting?.service;
  return [
    schedule ?? 'no schedule',
    timeZone === 'UTC' ? '' : ` (${timeZone})`,
    `: ${appEngineHttpTarget?.relativeUri ?? '/'}`,
    service ? ` on ${service}` : '',
    description ? `, ${description}` : '',
  ].join('');
}

/** The service; jobs from before Scheduler kept it in the host. */
function targetOf({ appEngineHttpTarget }: CronJob, project: string): string | undefined {
  const { service, host } = appEngineHttpTarget?.appEngineRouting ?? {};
  if (service) return service;
  const end = host?.indexOf(`.${project}.`) ?? -1;
  return end < 0 ? undefined : host?.slice(0, end);
}

function secondsOf(duration: string | undefined): number {
  return Number(duration?.replace(/s$/, '') ?? 0);
}
