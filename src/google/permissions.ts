import * as v from 'valibot';
import type { Rest } from './rest.ts';

const granted = v.object({ permissions: v.optional(v.array(v.string()), []) });

/**
 * Which of these the caller lacks on a project or a service account. Asking takes no permission.
 * @param resource such as "projects/my-project"
 */
export async function missingPermissions(
  rest: Rest,
  resource: string,
  permissions: readonly string[],
): Promise<string[]> {
  const has = await rest.read(`ask what the account may do on ${resource}`, async () =>
    v.parse(granted, await rest.json('POST', `/v1/${resource}:testIamPermissions`, { permissions })),
  );
  return without(permissions, has.permissions);
}

/** As {@link missingPermissions}, for a bucket, which has a spelling of its own. */
export async function missingOnBucket(
  rest: Rest,
  bucket: string,
  permissions: readonly string[],
): Promise<string[]> {
  const query = permissions.map((one) => `permissions=${encodeURIComponent(one)}`).join('&');
  const path = `/storage/v1/b/${encodeURIComponent(bucket)}/iam/testPermissions?${query}`;
  const has = await rest.read(`ask what the account may do on the bucket ${bucket}`, async () =>
    v.parse(granted, await rest.json('GET', path)),
  );
  return without(permissions, has.permissions);
}

function without(all: readonly string[], some: readonly string[]): string[] {
  return all.filter((one) => !some.includes(one));
}
