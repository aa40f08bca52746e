import * as v from 'valibot';
import { CloudError } from '../../google/cloud-error.ts';
import type { Rest } from '../../google/rest.ts';
import { type CronJob, cronJob, describeJob } from './job.ts';

/** App Engine's cron jobs, which live in Cloud Scheduler. */
export interface Scheduler {
  list(signal?: AbortSignal): Promise<CronJob[]>;
  /** Sends the request once. @returns the job as Scheduler keeps it. */
  create(job: object, signal?: AbortSignal): Promise<CronJob>;
  /** A job that is gone already counts as deleted. */
  remove(job: CronJob, signal?: AbortSignal): Promise<void>;
}

const places = v.object({
  locations: v.optional(
    v.array(
      v.looseObject({
        locationId: v.optional(v.string()),
        labels: v.optional(v.record(v.string(), v.string())),
      }),
    ),
    [],
  ),
});
const page = v.object({
  jobs: v.optional(v.array(cronJob), []),
  nextPageToken: v.optional(v.string(), ''),
});

const REGION_LABEL = 'cloud.googleapis.com/region';
/** As the reference has it: 500 is the most that Scheduler gives at once. */
const PAGE_SIZE = 500;

/**
 * Version 1beta1, because v1 does not know `legacyAppEngineCron`, the mark of the jobs that come from a cron.yaml.
 * Jobs without it are somebody else's: never listed, never touched.
 * @param appLocation where the app is, such as "us-central"; asked once.
 */
export function openScheduler(
  project: string,
  rest: Rest,
  appLocation: (signal?: AbortSignal) => Promise<string>,
): Scheduler {
  let found: string | undefined;

  async function parent(signal?: AbortSignal): Promise<string> {
    if (found !== undefined) return found;
    const [location, { locations }] = await Promise.all([
      appLocation(signal),
      rest.read(
        `list the regions of Cloud Scheduler in ${project}`,
        async () => v.parse(places, await rest.json('GET', `/v1beta1/projects/${project}/locations`)),
        signal,
      ),
    ]);
    const regions = locations.flatMap((place) => place.labels?.[REGION_LABEL] ?? place.locationId ?? []);
    const region = regions.find((one) => one === regionOf(location)) ?? regions[0];
    if (region === undefined) {
      throw new CloudError(
        'not-found',
        `Cloud Scheduler has no region in ${project}, so that there is no place for cron jobs: run "gcloud app deploy cron.yaml" once by hand, then try again.`,
      );
    }
    found = `/v1beta1/projects/${project}/locations/${region}/jobs`;
    return found;
  }

  return {
    async list(signal) {
      const base = await parent(signal);
      const jobs: CronJob[] = [];
      for (let token = ''; ; ) {
        const query = `legacyAppEngineCron=true&pageSize=${PAGE_SIZE}${token && `&pageToken=${encodeURIComponent(token)}`}`;
        const next = await rest.read(
          `list the cron jobs of ${project}`,
          async () => v.parse(page, await rest.json('GET', `${base}?${query}`)),
          signal,
        );
        jobs.push(...next.jobs);
        if (next.nextPageToken === '') return jobs;
        token = next.nextPageToken;
      }
    },

    async create(job, signal) {
      const base = await parent(signal);
      const doing = `create the cron job "${describeJob(v.parse(cronJob, job))}"`;
      return rest.write(doing, async () => v.parse(cronJob, await rest.json('POST', base, job)), signal);
    },

    async remove(job, signal) {
      const path = `/v1beta1/${job.name}?legacyAppEngineCron=true`;
      const doing = `delete the cron job "${describeJob(job)}"`;
      try {
        await rest.write(doing, () => rest.json('DELETE', path), signal);
      } catch (error) {
        if (!(error instanceof CloudError && error.kind === 'not-found')) throw error;
      }
    },
  };
}

/** App Engine says "us-central" and "europe-west" where all others say "us-central1" and "europe-west1". */
export function regionOf(appLocation: string): string {
  return /^(us-central|europe-west)$/.test(appLocation) ? `${appLocation}1` : appLocation;
}
