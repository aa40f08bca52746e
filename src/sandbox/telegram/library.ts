import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SandboxClock } from '../clock.ts';
import { Faults } from '../faults.ts';
import { botOf, CHAT_ID, TOKEN } from './identity.ts';
import { type FloodBudget, type Person, startTelegram } from './index.ts';

export type { SandboxClock } from '../clock.ts';
export type { FaultRule, Faults, StandingRule } from '../faults.ts';
export { type FloodBudget, type Person, REAL_FLOOD } from './index.ts';

/** All of it may be left out. */
export interface LocalTelegramOptions {
  /** Keeps the chats across restarts. Without it they lie in a temporary folder that goes with the server. */
  readonly dataDir?: string;
  /** Of 127.0.0.1; any free one without it. */
  readonly port?: number;
  /** `ID:SECRET`; the bot's id is the number. */
  readonly token?: string;
  /** Without the @; "local_test_bot" without it. */
  readonly username?: string;
  /** Whether the bot hears all that is said in the group; without it, Telegram's privacy mode holds. */
  readonly admin?: boolean;
  /** The supergroup, with every person in it. */
  readonly chat?: { readonly id: number; readonly title: string };
  /** Ada (1001), Ben (1002) and Cleo (1003) without it; the first owns the group. */
  readonly people?: readonly { readonly id: number; readonly name: string }[];
  /** Telegram's budgets of sends and edits; "off" without it, REAL_FLOOD as Telegram's FAQ has them. */
  readonly flood?: FloodBudget | 'off';
  /** How many times as fast as life its clock runs; 1 without it. */
  readonly speed?: number;
  /** Told of what the server could not do for the bot, such as methods that it does not model. */
  readonly log?: (line: string) => void;
}

export interface LocalTelegramServer {
  /** The API root that a bot is given; a browser shows the chat there. */
  readonly url: string;
  readonly token: string;
  readonly bot: { readonly id: number; readonly username: string };
  readonly chatId: number;
  readonly people: readonly Person[];
  readonly clock: SandboxClock;
  /** What goes wrong at the wire; the same as `/_sandbox/faults`. */
  readonly faults: Faults;
  close(): Promise<void>;
}

const PEOPLE = [
  { id: 1001, name: 'Ada' },
  { id: 1002, name: 'Ben' },
  { id: 1003, name: 'Cleo' },
];

/**
 * A local Telegram for the tests of any bot.
 * @throws Error when the port is taken, or a token or a name is none.
 */
export async function startLocalTelegram(options: LocalTelegramOptions = {}): Promise<LocalTelegramServer> {
  const {
    port = 0,
    token = TOKEN,
    username = 'local_test_bot',
    admin = false,
    chat = { id: CHAT_ID, title: 'The group' },
    flood = 'off',
    speed = 1,
    log = () => {},
  } = options;
  const bot = botOf(token, username, username, admin);
  const people = (options.people ?? PEOPLE).map(({ id, name }) => personOf(id, name));
  const clock = new SandboxClock(speed);
  const faults = new Faults();
  const folder = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'local-telegram-')));
  const clear = async () => {
    if (options.dataDir === undefined) await rm(folder, { recursive: true, force: true });
  };
  const info = () => ({
    clock: clock.reading,
    chatId: chat.id,
    chatTitle: chat.title,
    token,
    bot,
    people,
  });
  const all = { dataDir: folder, clock, port, token, bot, chat, people, flood, faults, info, log };
  const server = await startTelegram(all).catch(async (error: unknown) => {
    await clear();
    throw error;
  });
  return {
    url: server.url,
    token,
    bot,
    chatId: chat.id,
    people,
    clock,
    faults,
    async close() {
      await server.close();
      await clear();
    },
  };
}

function personOf(id: number, name: string): Person {
  return { id, firstName: name, username: name.toLowerCase().replace(/\W+/g, '_'), roles: [] };
}
