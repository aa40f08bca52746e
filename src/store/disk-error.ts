import { StoreProblem } from '../rollout/ports.ts';

/** The disk would not take or give something. Its message is a sentence that says what, where, and what to do. */
export class DiskError extends StoreProblem {
  override name = 'DiskError';
  /** Of the system: ENOSPC, EROFS, … */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

const RIGHTS = 'Give it the folder, and all that is in it: chown -R, and chmod -R u+rwX.';

const WHY: Readonly<Record<string, (path: string) => string>> = {
  ENOSPC: (path) => `The disk of ${path} is full. Free some of it; Sluice goes on by itself.`,
  EDQUOT: (path) => `The quota of the disk of ${path} is used up. Free some of it; Sluice goes on by itself.`,
  EROFS: (path) =>
    `The disk of ${path} is read-only. Mount it for writing: the kernel's log says why it is not.`,
  EACCES: (path) => `The account that Sluice runs as has no right to ${path}. ${RIGHTS}`,
  EPERM: (path) => `The account that Sluice runs as has no right to ${path}. ${RIGHTS}`,
  EIO: (path) =>
    `The disk fails at ${path}. Look after it, and bring the folder back from its last copy if need be.`,
  ENOTDIR: (path) => `${path} should be a folder, or lie in one, but a file is in its way. Move that file.`,
  EEXIST: (path) => `${path} should be a folder, but a file is in its way. Move that file.`,
  EISDIR: (path) => `${path} should be a file, but is a folder. Move that folder.`,
  EMFILE: (path) => `Too many files are open to write ${path}. Raise the limit for open files (ulimit -n).`,
};

/**
 * An error of the disk's as a sentence; any other as it is.
 * @param path what was to be read or written.
 */
export function saidOfDisk(error: unknown, path: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  const say = code === undefined || error instanceof DiskError ? undefined : WHY[code];
  return code === undefined || !say ? error : new DiskError(code, `${say(path)} (${code})`);
}
