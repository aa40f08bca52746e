import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Bytes that the path of a socket may have: macOS takes 103, Linux 107. */
const LONGEST = 103;

/**
 * Where the bot of a data folder listens for whoever may write to that folder. Seen from the working folder where that
 * is shorter, for sockets take short paths only.
 * @throws Error with a sentence when there is no such folder, or its path is too long.
 */
export function socketIn(dataDir: string): string {
  let folder: string;
  try {
    folder = realpathSync(dataDir);
  } catch {
    throw new Error(`There is no data folder ${dataDir}: no bot has ever run on it from here.`);
  }
  if (process.platform === 'win32') {
    return `\\\\.\\pipe\\sluice-control-${createHash('sha256').update(folder).digest('hex').slice(0, 24)}`;
  }
  const whole = join(folder, 'control.sock');
  const near = relative(process.cwd(), whole);
  const path = Buffer.byteLength(near) < Buffer.byteLength(whole) ? near : whole;
  const bytes = Buffer.byteLength(path);
  if (bytes <= LONGEST) return path;
  throw new Error(
    `The path of a socket should have at most ${LONGEST} bytes, but ${path} has ${bytes}. Set SLUICE_DATA_DIR to a folder with a shorter path.`,
  );
}
