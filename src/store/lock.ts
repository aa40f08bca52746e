import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, linkSync, mkdirSync, openSync, realpathSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { saidOfDisk } from './disk-error.ts';
import { holdForMachine } from './machine-lock.ts';

const NAME = 'lock.sock';
/** Bytes that the path of a socket may have, with what is put behind it for a moment: macOS takes 103, Linux 107. */
const LONGEST = 103 - '.turn.abcdef'.length;
/** What file systems that know no sockets say when one is to be made. */
const NO_SOCKETS = ['EOPNOTSUPP', 'ENOTSUP', 'EPERM', 'EINVAL', 'ENOSYS'];

/** A folder that is held. */
export interface Hold {
  /** Lets go of it. */
  release(): void;
  /** Resolves, with a sentence, when a process on another machine has taken the folder although this one held it. */
  readonly lost: Promise<Error>;
}

/**
 * Holds a folder for this process. Among processes under one kernel, in whichever containers, the lock is a listening socket
 * in the folder: the system lets go of it whatever way the process ends, and one that was left behind is told from a live
 * one by nobody answering, so no process number is compared. Between machines that share the folder it is a sign of life
 * in it: see {@link holdForMachine}.
 * @throws Error with a sentence when another process holds the folder, or nothing can be written there.
 */
export async function holdFolder(folder: string): Promise<Hold> {
  const path = made(folder);
  const place = placeIn(path);
  const steps = [place.done];
  const release = () => {
    for (const step of steps.toReversed()) step();
  };
  try {
    steps.push(await take(place.address, path));
    const machine = await holdForMachine(path);
    steps.push(machine.release);
    return { lost: machine.lost, release };
  } catch (error) {
    release();
    throw saidOfDisk(error, path);
  }
}

function made(folder: string): string {
  try {
    mkdirSync(folder, { recursive: true });
    return realpathSync(folder);
  } catch (error) {
    throw saidOfDisk(error, folder);
  }
}

/** @returns what lets go of it. */
async function take(address: string, path: string): Promise<() => void> {
  try {
    return await claim(address);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    // Such a folder is held by a socket elsewhere, which only those see who have the same temporary folder.
    if (NO_SOCKETS.includes(code) && address !== elsewhere(path)) return take(elsewhere(path), path);
    if (!isTaken(error)) throw error;
  }
  if (await answers(address)) throw taken(path);
  if (process.platform === 'win32') throw taken(path);
  // Of several that find a dead socket only one may clear it away: the others would take a living one for it.
  const turn = await takeTurn(`${address}.turn`, path);
  try {
    if (await answers(address)) throw taken(path);
    rmSync(address, { force: true });
    return await claim(address).catch((error) => {
      throw isTaken(error) ? taken(path) : error;
    });
  } finally {
    turn();
  }
}

async function takeTurn(address: string, path: string): Promise<() => void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await claim(address);
    } catch (error) {
      if (!isTaken(error)) throw error;
      if (attempt > 1 || (await answers(address))) throw taken(path);
      // Whoever had it was killed in that very moment.
      rmSync(address, { force: true });
    }
  }
}

/**
 * Listens under a name of its own first, so that under the lock's name there is never a socket that does not answer yet.
 * @returns what lets go of it.
 */
async function claim(address: string): Promise<() => void> {
  const server = createServer((caller) => caller.destroy());
  server.unref();
  const pipe = process.platform === 'win32';
  const own = pipe ? address : `${address}.${randomBytes(3).toString('hex')}`;
  server.listen(own);
  await once(server, 'listening');
  try {
    if (!pipe) linkSync(own, address);
  } catch (error) {
    server.close();
    throw error;
  }
  if (!pipe) rmSync(own);
  return () => {
    if (!pipe) rmSync(address, { force: true });
    server.close();
  };
}

function isTaken(error: unknown): boolean {
  return ['EADDRINUSE', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '');
}

function taken(path: string): Error {
  return new Error(`Another Sluice works on ${path}. Stop it, or set SLUICE_DATA_DIR to another folder.`);
}

/** Where the socket is bound. Sockets take short paths only, so the folder is reached by the number it is open under. */
function placeIn(path: string): { readonly address: string; done(): void } {
  const nothing = () => {};
  if (process.platform === 'win32') return { address: elsewhere(path), done: nothing };
  const whole = join(path, NAME);
  if (Buffer.byteLength(whole) <= LONGEST) return { address: whole, done: nothing };
  if (process.platform === 'linux') {
    const folder = openSync(path, 'r');
    return { address: `/proc/self/fd/${folder}/${NAME}`, done: () => closeSync(folder) };
  }
  const near = relative(process.cwd(), whole);
  return { address: Buffer.byteLength(near) <= LONGEST ? near : elsewhere(path), done: nothing };
}

function elsewhere(path: string): string {
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
