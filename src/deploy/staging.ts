import { setMaxListeners } from 'node:events';
import pLimit from 'p-limit';
import { CloudError } from '../google/cloud-error.ts';
import type { Rest } from '../google/rest.ts';
import type { Clock } from '../plan/clock.ts';
import { expiring, lackingIn } from './bucket-contents.ts';
import { sendFile, type UploadSessions } from './send-file.ts';
import type { SourceFile } from './source-files.ts';
import { countUpload, type UploadProgress } from './upload-progress.ts';

/** The bucket that App Engine builds from. */
export interface Staging {
  /**
   * Uploads what the bucket lacks, or is about to delete. Objects are named by their SHA-1, so that what any deploy has
   * brought is there.
   * @returns how many files were sent.
   * @throws CloudError once nothing has arrived for a while, or at the first failure that does not pass by itself.
   */
  upload(files: readonly SourceFile[], clock: Clock, hooks: UploadHooks): Promise<number>;
  /** Which of these objects are not there. */
  missing(names: Iterable<string>, signal?: AbortSignal): Promise<Set<string>>;
  /** Where the version's manifest says that a file lies. */
  urlOf(sha1: string): string;
}

export interface UploadHooks {
  onProgress(progress: UploadProgress): void;
  /** Absent: a large file whose upload the end of the process has cut off begins anew. */
  readonly sessions?: UploadSessions;
  readonly signal?: AbortSignal;
}

/** In bytes. What is smaller waits for answers, what is larger for the line. */
const SMALL = 1024 * 1024;
/** Twice gcloud's number: a small file is mostly waiting. */
const SMALL_AT_ONCE = 32;
/** Each holds a piece in memory. */
const LARGE_AT_ONCE = 4;
/** How long nothing at all may arrive, by the clock. While others arrive, no file is given up. */
const PATIENCE_MS = 2 * 60_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

/** @param rest must leave a request the time that {@link PIECE} takes on a slow line. */
export function openStaging(rest: Rest, bucket: string): Staging {
  async function upload(files: readonly SourceFile[], clock: Clock, hooks: UploadHooks): Promise<number> {
    const bySha1 = new Map(files.map((file) => [file.sha1, file]));
    const bornBefore = expiring(rest, bucket, clock.now(), hooks.signal);
    const lacking = await lackingIn(rest, bucket, bySha1.keys(), bornBefore, hooks.signal);
    const fresh = Array.from(bySha1.values()).filter((file) => lacking.has(file.sha1));
    if (fresh.length > 0) await sendAll(rest, bucket, fresh, clock, hooks);
    return fresh.length;
  }

  return {
    upload,
    missing: (names, signal) => lackingIn(rest, bucket, names, Promise.resolve(undefined), signal),
    urlOf: (sha1) => `https://storage.googleapis.com/${bucket}/${sha1}`,
  };
}

async function sendAll(
  rest: Rest,
  bucket: string,
  files: readonly SourceFile[],
  clock: Clock,
  { onProgress, sessions = inMemory(), signal: outer }: UploadHooks,
): Promise<void> {
  const stop = new AbortController();
  const signal = outer ? AbortSignal.any([outer, stop.signal]) : stop.signal;
  // As many wait on it as files are under way.
  setMaxListeners(0, signal);
  const count = countUpload(files, clock, onProgress);
  let lastArrival = clock.now();

  async function bring(file: SourceFile): Promise<void> {
    let failedAt: number | undefined;
    const onBytes = (sofar: number) => {
      lastArrival = clock.now();
      count.at(file, sofar);
    };
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      try {
        await sendFile(rest, bucket, file, sessions, onBytes, signal);
        count.arrived(file);
        return;
      } catch (error) {
        // Its first failure may come late: a request has minutes to itself.
        failedAt ??= clock.now();
        const passes = error instanceof CloudError && error.retryable;
        if (!passes || clock.now() - Math.max(lastArrival, failedAt) > PATIENCE_MS) throw error;
      }
      await clock.sleep(pause * (0.75 + Math.random() / 2), signal);
    }
  }

  const small = pLimit(SMALL_AT_ONCE);
  const large = pLimit(LARGE_AT_ONCE);
  const uploads = files.map((file) =>
    (file.bytes < SMALL ? small : large)(async () => {
      signal.throwIfAborted();
      await bring(file);
    }),
  );
  // The first failure ends the others, and what began is over before anybody hears of it.
  await Promise.all(uploads).catch(async (error: unknown) => {
    stop.abort(error);
    await Promise.allSettled(uploads);
    throw error;
  });
}

/** Enough while the process lives. */
function inMemory(): UploadSessions {
  const known = new Map<string, string | undefined>();
  return {
    recall: async (sha1) => known.get(sha1),
    keep: async (sha1, address) => void known.set(sha1, address),
  };
}
