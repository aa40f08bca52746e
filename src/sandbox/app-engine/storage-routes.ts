import { randomUUID } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { bucketPermissions } from './bucket-permissions.ts';
import type { Buckets } from './buckets.ts';
import { partOf } from './fields.ts';
import { isObject, type JsonObject, textAt } from './json.ts';
import { readRelated } from './multipart.ts';
import { Refusal } from './refusal.ts';

const BINARY = 'application/octet-stream';

interface ResumableUpload {
  readonly bucket: string;
  readonly name: string;
  readonly type: string;
  /** Of the resource, as they were asked for when it began. */
  readonly fields: string | undefined;
  readonly chunks: Buffer[];
}

/** Cloud Storage JSON API v1: buckets.get, objects list/get/insert/delete; uploads as media, multipart, resumable. */
export function storageRoutes(buckets: Buckets): Hono {
  const routes = new Hono();
  const uploads = new Map<string, ResumableUpload>();

  routes.route('/', bucketPermissions(buckets));
  routes.get('/storage/v1/b/:bucket', (c) =>
    c.json(partOf(buckets.bucket(c.req.param('bucket')), c.req.query('fields'))),
  );

  routes.get('/storage/v1/b/:bucket/o', (c) => {
    const prefix = c.req.query('prefix') ?? '';
    const listed = buckets.list(c.req.param('bucket'), prefix);
    const { items, prefixes } = inFolder(listed, prefix, c.req.query('delimiter') ?? '');
    const size = Number(c.req.query('maxResults') ?? 1000) || 1000;
    const after = c.req.query('pageToken') ?? '';
    const from = c.req.query('startOffset') ?? '';
    const end = c.req.query('endOffset') ?? '';
    const left = items.filter((item) => {
      const name = textAt(item, 'name') ?? '';
      return name > after && name >= from && (end === '' || name < end);
    });
    const page = left.slice(0, size);
    const more = left.length > size ? { nextPageToken: textAt(page.at(-1), 'name') ?? '' } : {};
    const folders = after === '' && prefixes.length > 0 ? { prefixes } : {};
    const list = {
      kind: 'storage#objects',
      ...folders,
      ...(page.length > 0 ? { items: page } : {}),
      ...more,
    };
    return c.json(partOf(list, c.req.query('fields')));
  });

  const getObject = async (c: Context<object, '/:bucket/:name'>) => {
    const { bucket, name } = c.req.param();
    const object = buckets.describe(bucket, name);
    const media = c.req.query('alt') === 'media' || c.req.path.startsWith('/download/');
    const generation = c.req.query('generation');
    if (generation !== undefined && generation !== textAt(object, 'generation'))
      throw new Refusal('NOT_FOUND', `No such object: ${bucket}/${name}#${generation}`);
    if (!media) return c.json(partOf(object, c.req.query('fields')));
    const whole = buckets.read(bucket, name);
    const range = /^bytes=(\d+)-(\d+)$/.exec(c.req.header('range') ?? '');
    const content = range ? whole.subarray(Number(range[1]), Number(range[2]) + 1) : whole;
    const part = { 'content-range': `bytes ${range?.[1]}-${range?.[2]}/${whole.length}` };
    return c.body(new Uint8Array(content), range ? 206 : 200, {
      ...(range && part),
      'content-type': textAt(object, 'contentType') ?? BINARY,
      'x-goog-hash': `crc32c=${textAt(object, 'crc32c')},md5=${textAt(object, 'md5Hash')}`,
    });
  };
  routes.get('/storage/v1/b/:bucket/o/:name', getObject);
  routes.get('/download/storage/v1/b/:bucket/o/:name', getObject);

  routes.delete('/storage/v1/b/:bucket/o/:name', async (c) => {
    buckets.delete(c.req.param('bucket'), c.req.param('name'));
    return c.body(null, 204);
  });

  routes.post('/:start{(resumable/)?upload}/storage/v1/b/:bucket/o', async (c) => {
    const bucket = c.req.param('bucket');
    const kind = c.req.query('uploadType');
    const type = c.req.header('content-type') ?? BINARY;
    const body = Buffer.from(await c.req.arrayBuffer());
    const named = c.req.query('name');

    const fields = c.req.query('fields');
    if (kind === 'media') return c.json(partOf(buckets.write(bucket, named ?? '', body, type), fields));
    if (kind === 'multipart') {
      const { metadata, type: inner, content } = readRelated(type, body);
      const name = named ?? textAt(metadata, 'name') ?? '';
      const object = buckets.write(
        bucket,
        name,
        content,
        textAt(metadata, 'contentType') ?? inner,
        textAt(metadata, 'md5Hash'),
      );
      return c.json(partOf(object, fields));
    }
    if (kind !== 'resumable') throw new Refusal('INVALID_ARGUMENT', `Unknown uploadType '${kind ?? ''}'.`);

    buckets.bucket(bucket);
    const parsed: unknown = body.length > 0 ? JSON.parse(body.toString('utf8')) : {};
    const metadata = isObject(parsed) ? parsed : {};
    const id = randomUUID();
    const contentType = c.req.header('x-upload-content-type') ?? textAt(metadata, 'contentType') ?? BINARY;
    uploads.set(id, {
      bucket,
      name: named ?? textAt(metadata, 'name') ?? '',
      type: contentType,
      fields,
      chunks: [],
    });
    const origin = new URL(c.req.url).origin;
    const path = `/${c.req.param('start')}/storage/v1/b/${encodeURIComponent(bucket)}/o`;
    return c.body(null, 200, { location: `${origin}${path}?uploadType=resumable&upload_id=${id}` });
  });

  routes.put('/:start{(resumable/)?upload}/storage/v1/b/:bucket/o', async (c) => {
    const id = c.req.query('upload_id') ?? '';
    const upload = uploads.get(id);
    if (!upload) throw new Refusal('NOT_FOUND', `No resumable upload '${id}': start a new one.`);
    const body = Buffer.from(await c.req.arrayBuffer());
    const range = /^bytes (?:(\d+)-(\d+)|\*)\/(\d+|\*)$/.exec(c.req.header('content-range') ?? '');
    const got = upload.chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    if (range?.[1] !== undefined && Number(range[1]) > got) {
      throw new Refusal(
        'INVALID_ARGUMENT',
        `Upload continues at byte ${range[1]}, but only ${got} bytes have come.`,
      );
    }
    // A chunk that was sent again may overlap what has come already.
    const fresh = range?.[1] === undefined ? body : body.subarray(got - Number(range[1]));
    if (fresh.length > 0) upload.chunks.push(fresh);
    const total = range?.[3];
    const now = got + fresh.length;
    if (total === '*' || (total !== undefined && now < Number(total))) {
      return new Response(null, { status: 308, headers: now > 0 ? { range: `bytes=0-${now - 1}` } : {} });
    }
    uploads.delete(id);
    const object = buckets.write(upload.bucket, upload.name, Buffer.concat(upload.chunks), upload.type);
    return c.json(partOf(object, upload.fields));
  });

  return routes;
}

/** What lies in a folder itself, and the folders in it, where a delimiter says what a folder is. */
function inFolder(
  objects: readonly JsonObject[],
  prefix: string,
  delimiter: string,
): { items: readonly JsonObject[]; prefixes: readonly string[] } {
  if (delimiter === '') return { items: objects, prefixes: [] };
  const folders = new Set<string>();
  const items = objects.filter((object) => {
    const name = textAt(object, 'name') ?? '';
    const end = name.indexOf(delimiter, prefix.length);
    if (end >= 0) folders.add(name.slice(0, end + delimiter.length));
    return end < 0;
  });
  return { items, prefixes: [...folders] };
}
