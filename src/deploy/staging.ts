import type { Bucket, Storage } from '@google-cloud/storage';
import pLimit from 'p-limit';
import { CloudError } from '../google/cloud-error.ts';
import type { Endpoint } from '../google/endpoint.ts';
import { explain } from '../google/explain.ts';
import { readFault } from '../google/fault.ts';
import type { SourceFile } from './source-files.ts';

/** The bucket that App Engine builds from. */
export interface Staging {
  /**
   * Uploads what the bucket lacks. Objects are named by their SHA-1, so that what any deploy has brought is there.
   * @param onUploaded called after each new object.
   * @returns how many were new.
   */
  upload(
    files: readonly SourceFile[],
    onUploaded: (done: number, total: number) => void,
    signal?: AbortSignal,
  ): Promise<number>;
  /** Which of these objects are not there. */
  missing(names: Iterable<string>, signal?: AbortSignal): Promise<Set<string>>;
  /** Where the version's manifest says that a file lies. */
  urlOf(sha1: string): string;
}

/** gcloud's number of upload threads. */
const UPLOADS = 16;
/** From here on an upload can be resumed; below, one request is cheaper. As gcloud has it. */
const RESUMABLE_FROM = 5 * 1024 * 1024;

export function openStaging(project: string, endpoint: Endpoint, bucketName: string): Staging {
  const doing = `upload to the staging bucket ${bucketName}`;

  async function upload(
    files: readonly SourceFile[],
    onUploaded: (done: number, total: number) => void,
    signal?: AbortSignal,
  ): Promise<number> {
    const bySha1 = new Map(files.map((file) => [file.sha1, file]));
    const absent = await missing(bySha1.keys(), signal);
    const fresh = Array.from(bySha1.values()).filter((file) => absent.has(file.sha1));
    const bucket = (await openStorage(project, endpoint)).bucket(bucketName);
    const limit = pLimit(UPLOADS);
    let done = 0;
    const uploads = fresh.map((file) =>
      limit(async () => {
        signal?.throwIfAborted();
        const stored = await explained(doing, () => send(bucket, file));
        if (stored !== file.bytes) {
          throw new CloudError(
            'failed',
            `Could not ${doing}: of ${file.path} ${stored} of ${file.bytes} bytes arrived. Was it written to just now? Try again.`,
          );
        }
        done++;
        onUploaded(done, fresh.length);
      }),
    );
    try {
      await Promise.all(uploads);
    } finally {
      limit.clearQueue();
    }
    return fresh.length;
  }

  /** One list tells for all: there are as many objects as files of the last fortnight. */
  async function missing(names: Iterable<string>, signal?: AbortSignal): Promise<Set<string>> {
    const left = new Set(names);
    signal?.throwIfAborted();
    await explained(`list what the staging bucket ${bucketName} has`, async () => {
      const bucket = (await openStorage(project, endpoint)).bucket(bucketName);
      const [there] = await bucket.getFiles({ fields: 'items(name),nextPageToken' });
      for (const object of there) left.delete(object.name);
    });
    return left;
  }

  return { upload, missing, urlOf: (sha1) => `https://storage.googleapis.com/${bucketName}/${sha1}` };
}

/** @returns how many bytes arrived. */
async function send(bucket: Bucket, { sha1, bytes, content }: SourceFile): Promise<number> {
  // The name is the checksum, and App Engine compares it when it builds.
  const options = { resumable: bytes >= RESUMABLE_FROM, validation: false };
  if (content.kind === 'disk') {
    const [object] = await bucket.upload(content.location, { ...options, destination: sha1 });
    return Number(object.metadata.size);
  }
  const object = bucket.file(sha1);
  await object.save(content.text, options);
  return Number(object.metadata.size);
}

async function openStorage(project: string, endpoint: Endpoint): Promise<Storage> {
  const { Storage } = await import('@google-cloud/storage');
  // A custom endpoint gets no credential unless asked for: right on this machine, wrong elsewhere.
  return new Storage({
    projectId: project,
    apiEndpoint: endpoint.origin,
    useAuthWithCustomEndpoint: !endpoint.local,
  });
}

/** This client has its own errors: `code` is the HTTP status. */
async function explained<T>(doing: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (typeof code === 'number' && error instanceof Error)
      throw explain(readFault(code, error.message), doing);
    throw explain(error, doing);
  }
}
