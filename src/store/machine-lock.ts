import { randomUUID } from 'node:crypto';
import {
  closeSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

const NAME = 'lock.json';
/** Real milliseconds between two signs of life. */
const SIGN_MS = 5_000;
/** A sign of life that is older, in milliseconds, is that of a process that is gone. */
const DEAD_MS = 20_000;

interface Holder {
  /** Tells this hold from every other. */
  readonly token: string;
  readonly kernel: string;
  readonly host: string;
}

/**
 * Holds a folder against processes on other machines, which no socket reaches: a file in it says who holds it, and is
 * touched every few seconds. Call it once no other process of this machine holds the folder: what a dead one of this
 * kernel left behind is taken over at once; one of another kernel once its sign is {@link DEAD_MS} old. Ages are taken by the clock
 * of the file system, so the clocks of the machines do not matter. Two that begin within the same instant may both come
 * in; then the one that wrote first finds out with its next sign.
 * @throws Error with a sentence when a process on another machine holds it.
 */
export async function holdForMachine(
  folder: string,
): Promise<{ release(): void; readonly lost: Promise<Error> }> {
  const path = join(folder, NAME);
  const own: Holder = { token: randomUUID(), kernel: kernel(), host: hostname() };
  const probe = `${path}~`;
  writeFileSync(probe, JSON.stringify(own));
  const holder = holderIn(path);
  if (holder && holder.kernel !== own.kernel) {
    const age = statSync(probe).mtimeMs - statSync(path).mtimeMs;
    if (age < DEAD_MS) {
      rmSync(probe, { force: true });
      throw new Error(
        `Another Sluice works on ${folder}, on the machine '${holder.host}': its last sign of life is ${Math.max(0, Math.round(age / 1000))} s old. Stop it, or set SLUICE_DATA_DIR to another folder. If it is gone for good, start this one again in ${DEAD_MS / 1000} s.`,
      );
    }
  }
  renameSync(probe, path);

  let tell: (error: Error) => void = () => {};
  const lost = new Promise<Error>((resolve) => {
    tell = resolve;
  });
  const timer = setInterval(() => {
    const now = holderIn(path);
    if (now && now.token !== own.token) {
      clearInterval(timer);
      return tell(new Error(`A Sluice on the machine '${now.host}' has taken ${folder}. This one ends.`));
    }
    giveSign(path, own);
  }, SIGN_MS).unref();
  return {
    lost,
    release() {
      clearInterval(timer);
      if (holderIn(path)?.token === own.token) rmSync(path, { force: true });
    },
  };
}

/**
 * Written over itself, so that the file system's clock stamps it and no reader finds it empty. A disk that is full, or away
 * for a moment, takes no sign; the next one comes soon.
 */
function giveSign(path: string, own: Holder): void {
  try {
    const file = openSync(path, 'r+');
    writeSync(file, JSON.stringify(own), 0);
    closeSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') writeFileSync(path, JSON.stringify(own));
  }
}

/** Undefined when there is none, or what is there was never written to its end. */
function holderIn(path: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

/** The same in all containers of a machine, and another one after each start of it. */
function kernel(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return hostname();
  }
}
