import pLimit from 'p-limit';
import * as v from 'valibot';
import { CloudError } from '../google/cloud-error.ts';
import type { Rest } from '../google/rest.ts';

/** As many as Cloud Storage gives at once. */
const PAGE_SIZE = 1_000;
/** What Google charges for one list (a class A operation), it charges for this many looks at a name (class B). */
const LOOKS_A_LIST = 12;
const LOOKS_AT_ONCE = 32;
/** As gcloud has it, in days: a build must not find that its files have just been deleted. */
const MARGIN_DAYS = 1;
const DAY_MS = 24 * 60 * 60_000;

const object = v.object({ name: v.optional(v.string(), ''), timeCreated: v.optional(v.string(), '') });
const listing = v.object({
  items: v.optional(v.array(object), []),
  nextPageToken: v.optional(v.string(), ''),
});
const bucketRules = v.object({
  lifecycle: v.optional(
    v.object({
      rule: v.optional(
        v.array(
          v.object({
            action: v.optional(v.object({ type: v.optional(v.string(), '') }), {}),
            condition: v.optional(v.object({ age: v.optional(v.number()) }), {}),
          }),
        ),
        [],
      ),
    }),
    {},
  ),
});

type CloudObject = v.InferOutput<typeof object>;

/**
 * Objects made before this moment are deleted within a day, by the bucket's own rules. As gcloud reads them: the least
 * age of those that delete by age; an account that may not read the rules does without.
 * @param now milliseconds since the epoch.
 * @returns milliseconds since the epoch; undefined where nothing is deleted by age.
 */
export async function expiring(
  rest: Rest,
  bucket: string,
  now: number,
  signal?: AbortSignal,
): Promise<number | undefined> {
  const rules = await rest
    .read(
      `read how long the staging bucket ${bucket} keeps what it has`,
      async () => v.parse(bucketRules, await rest.json('GET', `${pathOf(bucket)}?fields=lifecycle`)),
      signal,
    )
    .catch((error: unknown) => {
      if (error instanceof CloudError && error.kind === 'permission') return undefined;
      throw error;
    });
  const ages = (rules?.lifecycle.rule ?? []).flatMap(({ action, condition }) =>
    action.type === 'Delete' && condition.age !== undefined && condition.age >= 0 ? [condition.age] : [],
  );
  return ages.length > 0 ? now - (Math.min(...ages) - MARGIN_DAYS) * DAY_MS : undefined;
}

/**
 * Which of these objects the bucket lacks. A few are looked for by name. For many the bucket is listed, and as checksums
 * spread evenly, the first pages tell how long that would take: where looking for the rest is cheaper, that is done.
 * @param bornBefore resolves to the moment before which an object is as good as gone.
 */
export async function lackingIn(
  rest: Rest,
  bucket: string,
  names: Iterable<string>,
  bornBefore: Promise<number | undefined>,
  signal?: AbortSignal,
): Promise<Set<string>> {
  const all = Array.from(new Set(names));
  // Outside the folders only: what App Engine itself keeps there lies in one of its own.
  const hashes = all.filter((name) => /^[0-9a-f]{40}$/.test(name));
  const others = all.filter((name) => !hashes.includes(name));
  if (all.length <= LOOKS_A_LIST) return lookFor(rest, bucket, all, bornBefore, signal);
  const [lacking, alsoLacking] = await Promise.all([
    listFor(rest, bucket, hashes, bornBefore, signal),
    lookFor(rest, bucket, others, bornBefore, signal),
  ]);
  return new Set([...lacking, ...alsoLacking]);
}

async function listFor(
  rest: Rest,
  bucket: string,
  names: readonly string[],
  bornBefore: Promise<number | undefined>,
  signal?: AbortSignal,
): Promise<Set<string>> {
  const lacking = new Set(names);
  const fields = 'fields=items(name,timeCreated),nextPageToken';
  let token = '';
  for (let pages = 1; ; pages++) {
    const query = `delimiter=/&${fields}&maxResults=${PAGE_SIZE}${token && `&pageToken=${encodeURIComponent(token)}`}`;
    const [before, page] = await Promise.all([
      bornBefore,
      rest.read(
        `list what the staging bucket ${bucket} has`,
        async () => v.parse(listing, await rest.json('GET', `${pathOf(bucket)}/o?${query}`)),
        signal,
      ),
    ]);
    for (const found of page.items) if (isSafe(found, before)) lacking.delete(found.name);
    if (page.nextPageToken === '') return lacking;
    token = page.nextPageToken;
    const last = page.items.at(-1)?.name ?? '';
    const ahead = names.filter((name) => name > last);
    if (ahead.length > pagesAhead(last, pages) * LOOKS_A_LIST) continue;
    const found = await lookFor(rest, bucket, ahead, bornBefore, signal);
    for (const name of ahead) if (!found.has(name)) lacking.delete(name);
    return lacking;
  }
}

/** @param last the name at which that many pages end; it counts as a share of all that checksums can be. */
function pagesAhead(last: string, pages: number): number {
  const share = Number.parseInt(last.slice(0, 8), 16) / 2 ** 32;
  return share > 0 ? (pages * (1 - share)) / share : 0;
}

async function lookFor(
  rest: Rest,
  bucket: string,
  names: readonly string[],
  bornBefore: Promise<number | undefined>,
  signal?: AbortSignal,
): Promise<Set<string>> {
  const before = await bornBefore;
  const found = await pLimit(LOOKS_AT_ONCE).map(names, (name) => look(rest, bucket, name, signal));
  return new Set(
    names.filter((_, i) => {
      const there = found[i];
      return there === undefined || !isSafe(there, before);
    }),
  );
}

async function look(
  rest: Rest,
  bucket: string,
  name: string,
  signal?: AbortSignal,
): Promise<CloudObject | undefined> {
  const path = `${pathOf(bucket)}/o/${encodeURIComponent(name)}?fields=name,timeCreated`;
  try {
    return await rest.read(
      `look what the staging bucket ${bucket} has`,
      async () => v.parse(object, await rest.json('GET', path)),
      signal,
    );
  } catch (error) {
    const isGone = error instanceof CloudError && error.kind === 'not-found';
    if (isGone && !/bucket does not exist/i.test(error.message)) return undefined;
    throw error;
  }
}

function isSafe({ timeCreated }: CloudObject, bornBefore: number | undefined): boolean {
  return bornBefore === undefined || Date.parse(timeCreated) >= bornBefore;
}

function pathOf(bucket: string): string {
  return `/storage/v1/b/${encodeURIComponent(bucket)}`;
}
