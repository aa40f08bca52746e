import * as v from 'valibot';
import { CloudError } from '../google/cloud-error.ts';
import type { Rest } from '../google/rest.ts';

const application = v.object({
  servingStatus: v.optional(v.string(), 'SERVING'),
  /** The staging bucket. */
  codeBucket: v.optional(v.string(), ''),
  /** Where the app is, such as "us-central" or "europe-west3". */
  locationId: v.optional(v.string(), ''),
  /** What versions run as that name no other account. */
  serviceAccount: v.optional(v.string(), ''),
  /** Routing by host and path, which is shared by all services. */
  dispatchRules: v.optional(v.array(v.looseObject({})), []),
});

/** The app of a project. What it lacks is empty. */
export type Application = v.InferOutput<typeof application>;

/** Read as raw JSON, so that the rules can be compared and put back as they are. */
export async function readApplication(
  rest: Rest,
  project: string,
  signal?: AbortSignal,
): Promise<Application> {
  return rest.read(
    `read the app of ${project}`,
    async () => v.parse(application, await rest.json('GET', `/v1/apps/${project}`)),
    signal,
  );
}

/** @throws CloudError `not-found` for an app without one, with the way out. */
export async function stagingBucket(rest: Rest, project: string, signal?: AbortSignal): Promise<string> {
  const { codeBucket } = await readApplication(rest, project, signal);
  if (codeBucket !== '') return codeBucket;
  throw new CloudError(
    'not-found',
    `The app of ${project} has no staging bucket: run "gcloud beta app repair --project=${project}", then try again.`,
  );
}
