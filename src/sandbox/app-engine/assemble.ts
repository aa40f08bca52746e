import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative } from 'node:path';
import pLimit from 'p-limit';
import type { Buckets } from './buckets.ts';
import { isObject, type JsonObject, objectAt, textAt } from './json.ts';
import { badField, Refusal } from './refusal.ts';
import { unzip } from './unzip.ts';

const AT_ONCE = 16;

/**
 * Builds a version's folder from its manifest, every file from where `sourceUrl` points, its SHA-1 checked; or from a
 * zip. The folder appears as a whole or not at all. Packages are not installed.
 * @returns the bytes on disk
 * @throws Refusal with what a failed build says
 */
export async function assemble(buckets: Buckets, spec: JsonObject, folder: string): Promise<number> {
  const deployment = objectAt(spec, 'deployment');
  if ('container' in deployment) {
    throw new Refusal(
      'UNIMPLEMENTED',
      'The local App Engine runs no container images: deploy files or a zip here.',
    );
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
  const limit = pLimit(AT_ONCE);
  const sizes = await Promise.all(
    zip
      ? unzip(await fetchObject(buckets, zip, 'version.deployment.zip')).map(([path, content]) =>
          limit(() => write(aside, path, content)),
        )
      : files.map(([path, info]) => limit(() => place(buckets, aside, path, isObject(info) ? info : {}))),
  );
  await checkPackages(aside);
  await rm(folder, { recursive: true, force: true });
  await mkdir(dirname(folder), { recursive: true });
  await rename(aside, folder);
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function place(buckets: Buckets, folder: string, path: string, info: JsonObject): Promise<number> {
  const field = `version.deployment.files[${path}]`;
  const content = await fetchObject(buckets, info, field);
  // Google prints checksums with underscores now and then.
  const claimed = (textAt(info, 'sha1Sum') ?? '').replaceAll('_', '').toLowerCase();
  const sha1 = createHash('sha1').update(content).digest('hex');
  if (claimed !== '' && claimed !== sha1) {
    throw badField(
      field,
      `SHA-1 of '${path}' is ${sha1}, but the manifest says ${claimed}: upload the file again.`,
    );
  }
  return write(folder, path, content);
}

async function fetchObject(buckets: Buckets, info: JsonObject, field: string): Promise<Buffer> {
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

async function write(folder: string, path: string, content: Buffer): Promise<number> {
  const target = join(folder, path);
  const inside = relative(folder, target);
  if (inside === '' || inside.startsWith('..') || isAbsolute(inside)) {
    throw badField(`version.deployment.files[${path}]`, `File path '${path}' leaves the version's folder.`);
  }
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, content);
  return content.length;
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
