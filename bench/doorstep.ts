import { join } from 'node:path';
import { exportLines, localPeople, SAMPLE_APP } from '../src/local.ts';
import type { Person } from '../src/sandbox/index.ts';
import { startSandbox } from '../src/sandbox/index.ts';
import { exported, type Process } from '../tests/process/sluice.ts';
import { startSluice } from './commands.ts';
import { forwardTo } from './forwarder.ts';

/** The people of the local chat, as the sandbox takes them. */
export const PEOPLE: readonly Person[] = localPeople([]).map(({ id, name, roles }) => ({
  id,
  firstName: name,
  username: name.toLowerCase(),
  roles,
}));

/** A local world that sees when a bot begins to poll. */
export interface Doorstep {
  /** Starts `sluice run` on a data folder. `ms`: from the spawn to its first getUpdates on the wire. */
  startBot(dataDir: string): Promise<{ readonly bot: Process; readonly ms: number }>;
  close(): Promise<void>;
}

export async function openDoorstep(folder: string): Promise<Doorstep> {
  const sandbox = await startSandbox({
    dataDir: join(folder, 'sandbox'),
    port: 0,
    speed: 1,
    people: PEOPLE,
    app: SAMPLE_APP,
    parts: { telegram: true, appEngine: true },
    log: () => {},
  });
  if (!sandbox.telegram) throw new Error('The sandbox started without its chat.');
  let polled: (at: number) => void = () => {};
  const telegram = await forwardTo(sandbox.telegram.url, (_, path, at) => {
    if (path.endsWith('/getUpdates')) polled(at);
  });
  const env = { ...exported(exportLines(sandbox).join('\n')), TELEGRAM_API_ROOT: telegram.url };
  return {
    async startBot(dataDir) {
      const first = new Promise<number>((resolve) => {
        polled = resolve;
      });
      const begun = performance.now();
      const bot = startSluice(['run'], folder, { ...env, SLUICE_DATA_DIR: dataDir });
      const died = bot.ended().then((code) => {
        throw new Error(`sluice run ended with ${code} before it polled: ${bot.err()}`);
      });
      const at = await Promise.race([first, died]);
      died.catch(() => {});
      return { bot, ms: at - begun };
    },
    async close() {
      await telegram.close();
      await sandbox.close();
    },
  };
}
