import pLimit from 'p-limit';
import * as v from 'valibot';
import { CloudError } from '../google/cloud-error.ts';
import type { Rest } from '../google/rest.ts';

/** As many as Cloud Storage gives at once. */
const PAGE_SIZE = 1_000;
/** What Google charges for one list (a class A operation), it charges for this many looks at a name (class B). */
const LOOKS_A_LIST = 12;
const LOOKS_AT_ONCE = 32;
const LISTS_AT_ONCE = 8;
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
type Listing = v.InferOutput<typeof listing>;

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
 * spread evenly, the first page tells how long that would take: where looking for the rest is cheaper, that is done;
 * else the pages that are left are asked for side by side.
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
  const list = async (query: string): Promise<Listing> => {
    const [before, page] = await Promise.all([bornBefore, listPage(rest, bucket, query, signal)]);
    for (const found of page.items) if (isSafe(found, before)) lacking.delete(found.name);
    return page;
  };
  /** Page after page. */
  const listRange = async (range: string): Promise<void> => {
    for (let page = await list(range); page.nextPageToken !== ''; )
      page = await list(`${range}&pageToken=${encodeURIComponent(page.nextPageToken)}`);
  };

  const first = await list('');
  if (first.nextPageToken === '') return lacking;
  const last = first.items.at(-1)?.name ?? '';
  const ahead = names.filter((name) => name > last);
  const share = shareOf(last);
  const pages = share > 0 ? (1 - share) / share : ahead.length;
  if (ahead.length > pages * LOOKS_A_LIST) {
    await pLimit(LISTS_AT_ONCE).map(rangesFrom(last, share, pages), listRange);
    return lacking;
  }
  const found = await lookFor(rest, bucket, ahead, bornBefore, signal);
  for (const name of ahead) if (!found.has(name)) lacking.delete(name);
  return lacking;
}

function listPage(rest: Rest, bucket: string, query: string, signal?: AbortSignal): Promise<Listing> {
  const fields = 'fields=items(name,timeCreated),nextPageToken';
  const path = `${pathOf(bucket)}/o?delimiter=/&${fields}&maxResults=${PAGE_SIZE}${query}`;
  return rest.read(
    `list what the staging bucket ${bucket} has`,
    async () => v.parse(listing, await rest.json('GET', path)),
    signal,
  );
}

/** How much of all that checksums can be lies before one. */
function shareOf(name: string): number {
  return /^[0-9a-f]{8}/.test(name) ? Number.parseInt(name.slice(0, 8), 16) / 2 ** 32 : 0;
}

/** Ranges of names behind `last`, each of somewhat less than a page, so that few of them take two. */
function rangesFrom(last: string, share: number, pages: number): string[] {
  const count = Math.ceil(pages * 1.2);
  const borders = Array.from({ length: count - 1 }, (_, i) => {
    const at = share + ((1 - share) * (i + 1)) / count;
    return Math.floor(at * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  });
  const starts = [encodeURIComponent(last), ...borders];
  return starts.map((start, i) => {
    const end = borders[i];
    return `&startOffset=${start}${end === undefined ? '' : `&endOffset=${end}`}`;
  });
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
