import { createHash } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import type { gaxios } from 'google-auth-library';
import * as v from 'valibot';
import { CloudError } from '../google/cloud-error.ts';
import { HttpFault } from '../google/fault.ts';
import { sendPlainly } from '../google/plain-http.ts';
import type { Rest } from '../google/rest.ts';
import { RESUME_INCOMPLETE } from '../google/scope.ts';
import { type SourceFile, sha1Of } from './source-files.ts';

/**
 * Where the addresses of begun uploads are kept, by SHA-1, so that the next process can go on with them. Whoever knows
 * such an address may write that one object for a week: keep them where nobody else reads.
 */
export interface UploadSessions {
  recall(sha1: string): Promise<string | undefined>;
  /** @param address undefined once it is of no use any more. */
  keep(sha1: string, address: string | undefined): Promise<void>;
}

/** In bytes. From here on an upload can be resumed; below, one request is cheaper. As gcloud has it. */
export const RESUMABLE_FROM = 5 * 1024 * 1024;
/** In bytes; Cloud Storage takes multiples of 256 KiB. What has arrived of a file is known by this much. */
export const PIECE = 8 * 1024 * 1024;

/**
 * Sends one file, once: what fails for a passing reason is tried again by whoever calls, and goes on where it was. What
 * lies in the bucket under a checksum is taken by every later deploy, so a file that is no longer what it was never
 * gets there.
 * @param onBytes told how many have arrived so far.
 * @throws CloudError
 */
export async function sendFile(
  rest: Rest,
  bucket: string,
  file: SourceFile,
  sessions: UploadSessions,
  onBytes: (sofar: number) => void,
  signal?: AbortSignal,
): Promise<void> {
  const doing = `upload ${file.path} to the staging bucket ${bucket}`;
  const send = file.bytes < RESUMABLE_FROM ? sendWhole : sendInPieces;
  await rest.write(doing, () => send(rest, bucket, file, sessions, onBytes, doing), signal);
}

const stored = v.object({ size: v.pipe(v.string(), v.transform(Number)) });

async function sendWhole(
  rest: Rest,
  bucket: string,
  file: SourceFile,
  _sessions: UploadSessions,
  onBytes: (sofar: number) => void,
  doing: string,
): Promise<void> {
  const { content, sha1, bytes } = file;
  const body =
    content.kind === 'made'
      ? Buffer.from(content.text)
      : (content.held ?? (await readAgain(content.location)));
  async function readAgain(location: string): Promise<Buffer> {
    const now = await readFile(location);
    if (createHash('sha1').update(now).digest('hex') !== sha1) throw changed(file, doing);
    return now;
  }

  const url = `${uploadUrl(rest, bucket, sha1)}&uploadType=media&fields=size`;
  const response = await request(rest, 'POST', url, body);
  const { size } = v.parse(stored, JSON.parse(response.data));
  if (size !== bytes) throw cutShort(size, file, doing);
  onBytes(bytes);
}

async function sendInPieces(
  rest: Rest,
  bucket: string,
  file: SourceFile,
  sessions: UploadSessions,
  onBytes: (sofar: number) => void,
  doing: string,
): Promise<void> {
  const { content, sha1, bytes } = file;
  if (content.kind === 'made') throw new CloudError('failed', `Could not ${doing}: too large to be made.`);
  const known = await sessions.recall(sha1);
  let progress: Progress = known === undefined ? { kind: 'gone' } : await progressOf(rest, known, bytes);
  let address = known ?? '';
  if (progress.kind === 'gone') {
    address = await begin(rest, bucket, sha1);
    await sessions.keep(sha1, address);
    progress = { kind: 'at', bytes: 0 };
  }
  const source = await open(content.location);
  try {
    const buffer = Buffer.alloc(Math.min(PIECE, bytes));
    while (progress.kind === 'at') {
      const at = progress.bytes;
      if (at > 0) onBytes(at);
      const { bytesRead } = await source.read(buffer, 0, Math.min(PIECE, bytes - at), at);
      const end = at + bytesRead;
      // Only the last piece makes an object of it.
      const isWhole = end === bytes && (await sha1Of({ location: content.location, bytes })) === sha1;
      if (bytesRead === 0 || (end === bytes && !isWhole)) {
        await sessions.keep(sha1, undefined);
        throw changed(file, doing);
      }
      const piece = buffer.subarray(0, bytesRead);
      progress = await put(rest, address, `bytes ${at}-${end - 1}/${bytes}`, piece);
    }
  } finally {
    await source.close();
  }
  await sessions.keep(sha1, undefined);
  if (progress.kind === 'gone') {
    throw new CloudError('unavailable', `Could not ${doing}: Cloud Storage forgot what it had of it.`, true);
  }
  if (progress.size !== bytes) throw cutShort(progress.size, file, doing);
  onBytes(bytes);
}

/** @returns the address that the pieces are sent to. */
async function begin(rest: Rest, bucket: string, sha1: string): Promise<string> {
  const response = await request(
    rest,
    'POST',
    `${uploadUrl(rest, bucket, sha1)}&uploadType=resumable&fields=size`,
  );
  const address = response.headers.get('location');
  if (address) return address;
  throw new SyntaxError('The answer to a resumable upload has no address to go on with.');
}

/** How far Cloud Storage is with an upload. */
type Progress =
  | { readonly kind: 'at'; readonly bytes: number }
  | { readonly kind: 'done'; readonly size: number }
  /** Nobody knows it any more. */
  | { readonly kind: 'gone' };

async function progressOf(rest: Rest, address: string, bytes: number): Promise<Progress> {
  // An address that was kept points to where it came from, or is nobody's.
  if (new URL(address).origin !== rest.endpoint.origin) return { kind: 'gone' };
  return put(rest, address, `bytes */${bytes}`);
}

async function put(rest: Rest, address: string, range: string, piece?: Buffer): Promise<Progress> {
  try {
    const response = await request(rest, 'PUT', address, piece, { 'content-range': range });
    if (response.status !== RESUME_INCOMPLETE)
      return { kind: 'done', size: v.parse(stored, JSON.parse(response.data)).size };
    const last = /^bytes=0-(\d+)$/.exec(response.headers.get('range') ?? '')?.[1];
    return { kind: 'at', bytes: last === undefined ? 0 : Number(last) + 1 };
  } catch (error) {
    if (error instanceof HttpFault && (error.status === 404 || error.status === 410)) return { kind: 'gone' };
    throw error;
  }
}

async function request(
  rest: Rest,
  method: 'POST' | 'PUT',
  url: string,
  body?: Buffer,
  headers: Readonly<Record<string, string>> = {},
): Promise<gaxios.GaxiosResponse<string>> {
  const client = await rest.auth();
  return client.request<string>({
    url,
    method,
    responseType: 'text',
    adapter: sendPlainly,
    ...(body && { data: body }),
    headers: { 'content-type': 'application/octet-stream', ...headers },
  });
}

function uploadUrl(rest: Rest, bucket: string, sha1: string): string {
  return `${rest.endpoint.origin}/upload/storage/v1/b/${encodeURIComponent(bucket)}/o?name=${sha1}`;
}

function changed({ path }: SourceFile, doing: string): CloudError {
  return new CloudError(
    'failed',
    `Could not ${doing}: ${path} has changed since it was read. Let nothing write there, then try again.`,
  );
}

function cutShort(size: number, { bytes }: SourceFile, doing: string): CloudError {
  return new CloudError('unavailable', `Could not ${doing}: ${size} of ${bytes} bytes arrived.`, true);
}
