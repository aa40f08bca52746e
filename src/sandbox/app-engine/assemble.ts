import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Buckets } from './buckets.ts';
import { isObject, type JsonObject, objectAt, textAt } from './json.ts';
import { badField, Refusal } from './refusal.ts';
import { isFlexible } from './runtime.ts';
import { unzip } from './unzip.ts';

/** Files after which others get their turn. One after the other is many times faster here than by Node's threads. */
const A_TURN = 50;

/**
 * Builds a version's folder from its manifest, every file from where `sourceUrl` points, its SHA-1 checked; or from a
 * zip. The folder appears as a whole or not at all. Packages are not installed.
 * @returns the bytes on disk
 * @throws Refusal with what a failed build says
 */
export async function assemble(buckets: Buckets, spec: JsonObject, folder: string): Promise<number> {
  const deployment = objectAt(spec, 'deployment');
  if ('container' in deployment) {
    checkImage(spec, objectAt(deployment, 'container'));
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    return 0;
  }
  const zip = 'zip' in deployment ? objectAt(deployment, 'zip') : undefined;
  const files = Object.entries(objectAt(deployment, 'files'));
  if (!zip && files.length === 0) {
    throw badField(
      'version.deployment.files',
      'The local App Engine builds from deployment.files, which is empty.',
    );
  }
  const aside = `${folder}.new`;
  await rm(aside, { recursive: true, force: true });
  const sources: Iterable<Source> = zip
    ? unzip(fetchObject(buckets, zip, 'version.deployment.zip')).map(([path, content]) => [
        path,
        () => content,
      ])
    : files.map(([path, info]) => [path, () => fetchChecked(buckets, path, isObject(info) ? info : {})]);
  const bytes = await writeAll(aside, sources);
  await checkPackages(aside);
  await rm(folder, { recursive: true, force: true });
  await mkdir(dirname(folder), { recursive: true });
  await rename(aside, folder);
  return bytes;
}

/** An image is taken as it is told, and not fetched. @throws Refusal */
function checkImage(spec: JsonObject, container: JsonObject): void {
  if (!isFlexible(spec)) {
    throw badField(
      'version.deployment.container',
      'Container images can be deployed to the flexible environment only.',
    );
  }
  if (textAt(container, 'image') === undefined) {
    throw badField('version.deployment.container.image', 'An image is required.');
  }
}

type Source = readonly [path: string, content: () => Buffer];

/** @returns the bytes written. */
async function writeAll(folder: string, sources: Iterable<Source>): Promise<number> {
  const made = new Set<string>();
  let count = 0;
  let bytes = 0;
  for (const [path, content] of sources) {
    const target = targetOf(folder, path);
    const above = dirname(target);
    if (!made.has(above)) mkdirSync(above, { recursive: true });
    made.add(above);
    const bytesOf = content();
    writeFileSync(target, bytesOf);
    bytes += bytesOf.length;
    if (++count % A_TURN === 0) await setImmediate();
  }
  return bytes;
}

function fetchChecked(buckets: Buckets, path: string, info: JsonObject): Buffer {
  const field = `version.deployment.files[${path}]`;
  const content = fetchObject(buckets, info, field);
  // Google prints checksums with underscores now and then.
  const claimed = (textAt(info, 'sha1Sum') ?? '').replaceAll('_', '').toLowerCase();
  const sha1 = createHash('sha1').update(content).digest('hex');
  if (claimed !== '' && claimed !== sha1) {
    throw badField(
      field,
      `SHA-1 of '${path}' is ${sha1}, but the manifest says ${claimed}: upload the file again.`,
    );
  }
  return content;
}

function fetchObject(buckets: Buckets, info: JsonObject, field: string): Buffer {
  const url = textAt(info, 'sourceUrl') ?? '';
  const [, bucket, name] = /^(?:https?:\/\/storage\.googleapis\.com\/|gs:\/\/)([^/]+)\/(.+)$/.exec(url) ?? [];
  if (bucket === undefined || name === undefined) {
    throw badField(
      field,
      `sourceUrl '${url}' is not of the form https://storage.googleapis.com/BUCKET/OBJECT.`,
    );
  }
  return buckets.read(bucket, decodeURIComponent(name));
}

function targetOf(folder: string, path: string): string {
  const target = join(folder, path);
  const inside = relative(folder, target);
  if (inside === '' || inside.startsWith('..') || isAbsolute(inside)) {
    throw badField(`version.deployment.files[${path}]`, `File path '${path}' leaves the version's folder.`);
  }
  return target;
}

async function checkPackages(folder: string): Promise<void> {
  const manifest = await readFile(join(folder, 'package.json'), 'utf8').catch(() => undefined);
  if (manifest === undefined || (await stat(join(folder, 'node_modules')).catch(() => undefined))) return;
  const parsed: unknown = JSON.parse(manifest);
  const names = Object.keys(objectAt(isObject(parsed) ? parsed : {}, 'dependencies'));
  if (names.length === 0) return;
  throw new Refusal(
    'FAILED_PRECONDITION',
    `package.json depends on ${names.slice(0, 5).join(', ')}, but the local App Engine installs no packages: upload node_modules with the app (empty .gcloudignore) or try an app without dependencies.`,
  );
}
