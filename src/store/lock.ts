import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, realpathSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Holds a folder for this process. The lock is a listening socket, so the system lets go of it whatever way the process
 * ends, and a lock left behind by a dead process is told from a live one by nobody answering.
 * @returns what lets go of it.
 * @throws Error with a sentence when another process holds the folder.
 */
export async function holdFolder(folder: string): Promise<() => void> {
  mkdirSync(folder, { recursive: true });
  const path = realpathSync(folder);
  const address = addressOf(path);
  const server = createServer((caller) => caller.destroy());
  server.unref();
  try {
    await listen();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    if (await answers(address)) {
      throw new Error(`Another Sluice works on ${path}. Stop it, or set SLUICE_DATA_DIR to another folder.`);
    }
    rmSync(address, { force: true });
    await listen();
  }
  return () => void server.close();

  async function listen(): Promise<void> {
    server.listen(address);
    await once(server, 'listening');
  }
}

/** Sockets have short paths, so the folder's own is hashed. */
function addressOf(path: string): string {
  const name = `sluice-${createHash('sha256').update(path).digest('hex').slice(0, 24)}`;
  return process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : join(tmpdir(), `${name}.lock`);
}

function answers(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const caller = connect(address);
    caller.once('connect', () => {
      caller.destroy();
      resolve(true);
    });
    caller.once('error', () => resolve(false));
  });
}
