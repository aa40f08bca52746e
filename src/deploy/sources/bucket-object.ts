import * as v from 'valibot';
import { CloudError } from '../../google/cloud-error.ts';
import type { Rest } from '../../google/rest.ts';
import type { ReadBytes } from './zip.ts';

/** An object in Cloud Storage as it is now. */
export interface BucketObject {
  readonly bytes: number;
  /** Changes whenever it is written anew. */
  readonly generation: string;
  readonly read: ReadBytes;
}

const metadata = v.object({ size: v.pipe(v.string(), v.transform(Number)), generation: v.string() });
const ADDRESS = /^gs:\/\/([a-z0-9][\w.-]{1,220}[a-z0-9])\/([^\s?#]+)$/;

/** What a bucket's URL names; undefined for anything but gs://BUCKET/OBJECT. */
export function parseBucketUrl(url: string): { readonly bucket: string; readonly name: string } | undefined {
  const [, bucket, name] = ADDRESS.exec(url) ?? [];
  return bucket === undefined || name === undefined ? undefined : { bucket, name };
}

/** Where App Engine's own requests look for the same object. */
export function httpsOf(url: string): string {
  return url.replace(/^gs:\/\//, 'https://storage.googleapis.com/');
}

/** @throws CloudError `not-found` when there is none, `permission` when the account may not read it. */
export async function openObject(rest: Rest, url: string, signal?: AbortSignal): Promise<BucketObject> {
  const place = parseBucketUrl(url);
  if (!place) throw new CloudError('invalid', `${url} is no object in a bucket: gs://BUCKET/OBJECT is.`);
  const path = `/storage/v1/b/${place.bucket}/o/${encodeURIComponent(place.name)}`;
  const doing = `read ${url}`;
  const { size, generation } = await rest.read(
    doing,
    async () => v.parse(metadata, await rest.json('GET', path)),
    signal,
  );
  const read: ReadBytes = (from, to) =>
    rest.read(
      doing,
      async () => {
        if (to <= from) return Buffer.alloc(0);
        const client = await rest.auth();
        const { data, status } = await client.request<ArrayBuffer>({
          url: `${rest.endpoint.origin}${path}?alt=media&generation=${generation}`,
          responseType: 'arraybuffer',
          headers: { range: `bytes=${from}-${to - 1}` },
        });
        const content = Buffer.from(data);
        // A server may send the whole of it.
        return status === 206 ? content : content.subarray(from, to);
      },
      signal,
    );
  return { bytes: size, generation, read };
}
