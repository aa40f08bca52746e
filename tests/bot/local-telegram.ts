import { join } from 'node:path';
import { SandboxClock } from '../../src/sandbox/clock.ts';
import { startTelegram } from '../../src/sandbox/telegram/index.ts';

export type LocalTelegram = Awaited<ReturnType<typeof startTelegram>>;

/** A local Telegram under `folder` with one group in it, on any free port. People come without roles. */
export function startLocalTelegram(
  folder: string,
  { token, group, people }: { token: string; group: number; people: Readonly<Record<number, string>> },
): Promise<LocalTelegram> {
  return startTelegram({
    dataDir: join(folder, 'telegram'),
    clock: new SandboxClock(1),
    port: 0,
    token,
    bot: { id: 7_000_000_001, firstName: 'Sluice', username: 'sluice_bot' },
    chat: { id: group, title: 'Team' },
    people: Object.entries(people).map(([id, firstName]) => ({
      id: Number(id),
      firstName,
      username: firstName.toLowerCase(),
      roles: [],
    })),
    flood: 'off',
    info: () => ({}),
    log: () => {},
  });
}
