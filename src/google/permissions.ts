import * as v from 'valibot';
import type { Need, Places, Scope } from './needs.ts';
import type { Rest } from './rest.ts';

const granted = v.object({ permissions: v.optional(v.array(v.string()), []) });

/** The APIs that tell what the caller may do. */
export interface Gates {
  readonly cloudresourcemanager: Rest;
  readonly storage: Rest;
  readonly iam: Rest;
}

/** A need, and the permissions of it that are missing: one or more. */
export interface Lack {
  readonly need: Need;
  readonly permissions: readonly string[];
}

/** A role may be granted on the project, or on the one bucket and the one account that it is needed for. */
export async function findLacks(
  gates: Gates,
  needs: readonly Need[],
  places: Places,
  signal?: AbortSignal,
): Promise<Lack[]> {
  const { cloudresourcemanager, storage, iam } = gates;
  const { project, bucket, account } = places;
  const all = needs.flatMap(({ permissions }) => permissions);
  const onProject = await missingPermissions(cloudresourcemanager, `projects/${project}`, all, signal);
  const still = (scope: Scope) =>
    needs
      .filter((need) => need.scope === scope)
      .flatMap(({ permissions }) => permissions.filter((one) => onProject.includes(one)));

  async function elsewhere(
    scope: Scope,
    ask: ((permissions: readonly string[]) => Promise<string[]>) | undefined,
  ): Promise<string[]> {
    const permissions = still(scope);
    return permissions.length > 0 && ask ? ask(permissions) : permissions;
  }

  const missing = await Promise.all([
    still('project'),
    elsewhere('bucket', bucket ? (some) => missingOnBucket(storage, bucket, some, signal) : undefined),
    elsewhere(
      'account',
      account
        ? (some) => missingPermissions(iam, `projects/-/serviceAccounts/${account}`, some, signal)
        : undefined,
    ),
  ]);
  return needs.flatMap((need) => {
    const permissions = need.permissions.filter((one) => missing.flat().includes(one));
    return permissions.length > 0 ? [{ need, permissions }] : [];
  });
}

/**
 * Which of these the caller lacks on a project or a service account. Asking takes no permission.
 * @param resource such as "projects/my-project"
 */
async function missingPermissions(
  rest: Rest,
  resource: string,
  permissions: readonly string[],
  signal?: AbortSignal,
): Promise<string[]> {
  const path = `/v1/${resource}:testIamPermissions`;
  const has = await rest.read(
    `ask what the account may do on ${resource}`,
    async () => v.parse(granted, await rest.json('POST', path, { permissions })),
    signal,
  );
  return without(permissions, has.permissions);
}

/** As {@link missingPermissions}, for a bucket, which has a spelling of its own. */
export async function missingOnBucket(
  rest: Rest,
  bucket: string,
  permissions: readonly string[],
  signal?: AbortSignal,
): Promise<string[]> {
  const query = permissions.map((one) => `permissions=${encodeURIComponent(one)}`).join('&');
  const path = `/storage/v1/b/${encodeURIComponent(bucket)}/iam/testPermissions?${query}`;
  const has = await rest.read(
    `ask what the account may do on the bucket ${bucket}`,
    async () => v.parse(granted, await rest.json('GET', path)),
    signal,
  );
  return without(permissions, has.permissions);
}

function without(all: readonly string[], some: readonly string[]): string[] {
  return all.filter((one) => !some.includes(one));
}
