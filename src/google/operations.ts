import * as v from 'valibot';
import type { Clock } from '../plan/clock.ts';
import { CloudError } from './cloud-error.ts';
import { explainOperation } from './explain.ts';
import type { Rest } from './rest.ts';

const operationSchema = v.object({
  name: v.string(),
  done: v.optional(v.boolean(), false),
  error: v.optional(
    v.object({
      code: v.optional(v.number(), 2),
      message: v.optional(v.string(), ''),
      details: v.optional(v.array(v.unknown()), []),
    }),
  ),
  metadata: v.optional(
    v.looseObject({
      method: v.optional(v.string(), ''),
      target: v.optional(v.string(), ''),
      insertTime: v.optional(v.string(), ''),
      createVersionMetadata: v.optional(v.looseObject({ cloudBuildId: v.optional(v.string(), '') })),
    }),
  ),
});

export type Operation = v.InferOutput<typeof operationSchema>;

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5_000;
/** As long as gcloud waits: 720 polls of 5 s. Real splits took up to 20 minutes, builds more than 15. */
export const OPERATION_MS = 60 * 60_000;

/**
 * Waits for a long-running operation to end, by its name alone: a restarted process goes on where the last one was.
 * Polls raw JSON, because Google's poller gives up at the first 503 and cannot decode many of the errors that an
 * operation ends with, so that their text would be lost.
 * @throws CloudError with Google's own text when the operation failed; `not-found` when nobody knows it any more.
 */
export async function waitForOperation(
  rest: Rest,
  name: string,
  doing: string,
  clock: Clock,
  signal?: AbortSignal,
): Promise<void> {
  const until = clock.now() + OPERATION_MS;
  let wait = FIRST_WAIT_MS;
  let trouble: CloudError | undefined;
  while (clock.now() < until) {
    try {
      const operation = await readOperation(rest, name, doing, signal);
      if (operation.error) throw explainOperation(operation.error, doing, buildLog(operation));
      if (operation.done) return;
      trouble = undefined;
    } catch (error) {
      if (!(error instanceof CloudError && error.retryable)) throw error;
      trouble = error;
    }
    await clock.sleep(wait, signal);
    wait = Math.min(wait * 1.3, LONGEST_WAIT_MS);
  }
  throw (
    trouble ??
    new CloudError(
      'failed',
      `Could not ${doing}: the operation ${name} has not ended within an hour. Look at it in the console.`,
    )
  );
}

/** Where a person reads what the build said; undefined for an operation without one. */
function buildLog({ name, metadata }: Operation): string | undefined {
  const build = metadata?.createVersionMetadata?.cloudBuildId;
  const project = /^apps\/([^/]+)\//.exec(name)?.[1];
  return (
    build && project && `https://console.cloud.google.com/cloud-build/builds/${build}?project=${project}`
  );
}

/** One poll. Failures are left to the caller's own rhythm, so nothing is tried again in here. */
async function readOperation(
  rest: Rest,
  name: string,
  doing: string,
  signal?: AbortSignal,
): Promise<Operation> {
  return rest.write(
    `learn how far App Engine is (to ${doing})`,
    async () => parseOperation(await rest.json('GET', `/v1/${name}`)),
    signal,
  );
}

/**
 * Operations of the app that work on `target` ("apps/p/services/s/versions/v"), newest first.
 */
export async function operationsOn(
  rest: Rest,
  project: string,
  target: string,
  signal?: AbortSignal,
): Promise<Operation[]> {
  const page = await rest.read(
    `list the operations of ${project}`,
    async () => v.parse(listSchema, await rest.json('GET', `/v1/apps/${project}/operations?pageSize=100`)),
    signal,
  );
  return page.operations
    .filter((o) => o.metadata?.target === target)
    .toSorted((a, b) => (b.metadata?.insertTime ?? '').localeCompare(a.metadata?.insertTime ?? ''));
}

const listSchema = v.object({ operations: v.optional(v.array(operationSchema), []) });

export function parseOperation(json: unknown): Operation {
  return v.parse(operationSchema, json);
}
