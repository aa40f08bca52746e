import * as v from 'valibot';
import { CloudError } from '../google/cloud-error.ts';
import { operationsOn, waitForOperation } from '../google/operations.ts';
import type { Rest } from '../google/rest.ts';
import type { Clock } from '../plan/clock.ts';
import type { Split } from '../plan/split.ts';
import { type AppEngine, resource } from './app-engine.ts';
import { createOnce, untilServing } from './create-version.ts';
import { describeChange } from './describe-change.ts';
import { scalingOf } from './scaling.ts';
import { openStaging } from './staging.ts';
import { bringVersionTo } from './update-version.ts';
import { checkVersionId } from './version-id.ts';
import { type RawVersion, readVersion } from './versions.ts';

/** Filled in by App Engine; a request that holds them is refused, or they are wrong for another version. */
const OUTPUT_ONLY = ['name', 'createTime', 'createdBy', 'diskUsageBytes', 'versionUrl', 'servingStatus'];

const built = v.looseObject({
  env: v.optional(v.string(), ''),
  deployment: v.optional(
    v.looseObject({
      files: v.optional(v.record(v.string(), v.looseObject({ sourceUrl: v.optional(v.string(), '') })), {}),
      zip: v.optional(v.looseObject({ sourceUrl: v.optional(v.string(), '') })),
      container: v.optional(v.looseObject({ image: v.optional(v.string(), '') })),
    }),
    {},
  ),
});

export interface Copy {
  readonly service: string;
  readonly source: RawVersion;
  /** Of the copy. */
  readonly id: string;
  /** Of the service now: what has traffic is never stopped. */
  readonly split: Split;
}

/**
 * Keeps a version under another id, for which App Engine has no request of its own: its resource is read and posted
 * again, without traffic. A copy that would cost money all the time (manually or basically scaled, or flex) is stopped.
 * Safe to run again at any moment: a copy that is there, or being made, is not made twice.
 * @throws CloudError `conflict` when the id is taken by something else, `not-found` when files of the version are no
 * longer in the staging bucket.
 */
export async function cloneVersion(
  app: AppEngine,
  storage: Rest,
  clock: Clock,
  copy: Copy,
  signal?: AbortSignal,
): Promise<void> {
  const { service, source, id, split } = copy;
  const doing = `copy version ${source.id} of ${service} to ${id}`;
  const wrong = checkVersionId(id);
  if (wrong !== undefined) throw new CloudError('invalid', `Could not ${doing}: ${wrong}`);
  await endUnderWay(app, clock, service, id, doing, signal);
  const taken = await readVersion(app, service, id, signal);
  if (taken) mustBeCopy(source, taken, doing);
  else await createCopy(app, storage, clock, copy, doing, signal);

  const isCheap = scalingOf(source).kind === 'automatic' && !isFlex(source);
  if (isCheap || split.shares[id]) return;
  const stop = ({ servingStatus }: RawVersion) =>
    servingStatus === 'STOPPED' ? undefined : { mask: 'servingStatus', body: { servingStatus: 'STOPPED' } };
  await bringVersionTo(app, clock, { service, version: id }, stop, doing, signal);
}

async function createCopy(
  app: AppEngine,
  storage: Rest,
  clock: Clock,
  { service, source, id }: Copy,
  doing: string,
  signal?: AbortSignal,
): Promise<void> {
  const { deployment } = v.parse(built, source);
  // Flex has its image already; what it was built from may be gone.
  const image = isFlex(source) && deployment.container?.image ? deployment.container : undefined;
  if (!image) await mustBeStaged(storage, source, doing, signal);
  const kept = Object.entries(source).filter(([field]) => !OUTPUT_ONLY.includes(field));
  const body = { ...Object.fromEntries(kept), id, deployment: image ? { container: image } : deployment };
  const creation = { service, version: id, startedAt: clock.now(), resumed: false, body, doing };
  const operation = await createOnce(app, clock, creation, signal ? { signal } : {});
  if (operation !== undefined) await waitForOperation(app.rest, operation, doing, clock, signal);
  await untilServing(app, clock, service, id, doing, signal);
}

function isFlex(version: RawVersion): boolean {
  return /^flex/.test(v.parse(built, version).env);
}

/** An earlier process may have begun. */
async function endUnderWay(
  app: AppEngine,
  clock: Clock,
  service: string,
  id: string,
  doing: string,
  signal?: AbortSignal,
): Promise<void> {
  const operations = await operationsOn(app.rest, app.project, resource(app.project, service, id), signal);
  const begun = operations.find((o) => !o.done && /CreateVersion$/.test(o.metadata?.method ?? ''));
  if (begun) await waitForOperation(app.rest, begun.name, doing, clock, signal);
}

function mustBeCopy(source: RawVersion, taken: RawVersion, doing: string): void {
  const differences = describeChange(source, taken);
  if (differences.length === 0) return;
  throw new CloudError(
    'conflict',
    `Could not ${doing}: that id is taken by a version that is no copy (${differences.join('; ')}). Delete it if nobody needs it, then try again.`,
  );
}

/** The staging bucket deletes what is old, and App Engine would say so only after minutes of building. */
async function mustBeStaged(
  storage: Rest,
  source: RawVersion,
  doing: string,
  signal?: AbortSignal,
): Promise<void> {
  const { files, zip } = v.parse(built, source).deployment;
  const urls = [...Object.values(files).map((file) => file.sourceUrl), ...(zip ? [zip.sourceUrl] : [])];
  const places = urls.map(placeOf);
  for (const bucket of new Set(places.map((place) => place.bucket))) {
    const names = places.filter((place) => place.bucket === bucket).map((place) => place.name);
    const missing = await openStaging(storage, bucket).missing(names, signal);
    if (missing.size === 0) continue;
    throw new CloudError(
      'not-found',
      `Could not ${doing}: ${missing.size} of its ${urls.length} files are no longer in the bucket ${bucket}, which deletes what is old. A rollback does not need the copy, as the version itself stays; leave the copy out (backup.clone in the plan), or deploy its source again by hand.`,
    );
  }
}

function placeOf(url: string): { bucket: string; name: string } {
  const [, bucket = '', name = ''] =
    /^(?:https?:\/\/storage\.googleapis\.com\/|gs:\/\/)([^/]+)\/(.+)$/.exec(url) ?? [];
  return { bucket, name: decodeURIComponent(name) };
}
