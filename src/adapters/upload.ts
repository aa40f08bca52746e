import type { DeployProgress, UploadSessions } from '../deploy/index.ts';
import type { Store } from '../rollout/ports.ts';

/** Kept by themselves and never in a journal: whoever knows such an address may write that one object. */
export function uploadSessions(store: Store): UploadSessions {
  const documentOf = (sha1: string) => `uploads/${sha1}`;
  return {
    recall: (sha1) => store.readDocument<string>(documentOf(sha1)),
    keep: (sha1, address) =>
      address === undefined
        ? store.removeDocument(documentOf(sha1))
        : store.writeDocument(documentOf(sha1), address),
  };
}

const PHASES = {
  reading: 'Reading the source.',
  building: 'App Engine is building it.',
  checking: 'Looking whether it serves.',
} as const;

/** One line for the card and the terminal: "Uploading 120 of 300 files, 4.2 of 9.0 MB." */
export function sayProgress(progress: DeployProgress): string {
  if (progress.phase !== 'uploading') return PHASES[progress.phase];
  const { files, bytes } = progress;
  const [size, unit] = bytes.total < 1e6 ? [1e3, 'kB'] : [1e6, 'MB'];
  const round = (count: number) => (count / size).toFixed(1);
  return `Uploading ${files.done} of ${files.total} files, ${round(bytes.done)} of ${round(bytes.total)} ${unit}.`;
}
