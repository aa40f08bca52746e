import type { Clock } from '../plan/clock.ts';
import type { SourceFile } from './source-files.ts';

/** How far the upload is; what the bucket had already is not counted. */
export interface UploadProgress {
  readonly files: Share;
  readonly bytes: Share;
}

interface Share {
  readonly done: number;
  readonly total: number;
}

/** By the clock: a few times a second is more than anybody reads. */
const PACE_MS = 300;

/** Adds up what arrives, and tells of it at that pace, of the begin and the end in any case. */
export function countUpload(
  files: readonly SourceFile[],
  clock: Clock,
  onProgress: (progress: UploadProgress) => void,
) {
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const partly = new Map<string, number>();
  let doneFiles = 0;
  let doneBytes = 0;
  let toldAt = clock.now();

  function tell(): void {
    toldAt = clock.now();
    onProgress({
      files: { done: doneFiles, total: files.length },
      bytes: { done: doneBytes, total },
    });
  }

  tell();
  return {
    /** @param sofar bytes of the file; fewer than before when it had to begin anew. */
    at({ sha1, bytes }: SourceFile, sofar: number): void {
      doneBytes += sofar - (partly.get(sha1) ?? 0);
      partly.set(sha1, sofar);
      if (sofar < bytes && clock.now() - toldAt >= PACE_MS) tell();
    },
    arrived({ sha1 }: SourceFile): void {
      partly.delete(sha1);
      doneFiles++;
      if (doneFiles === files.length || clock.now() - toldAt >= PACE_MS) tell();
    },
  };
}
