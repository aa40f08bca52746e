import type { Hono } from 'hono';
import type { SandboxClock } from '../clock.ts';
import type { Faults } from '../faults.ts';
import type { FloodBudget } from './flood.ts';

/** Somebody who can write in the chats of this server. */
export interface Person {
  readonly id: number;
  readonly firstName: string;
  readonly username: string;
  /** Only shown on the page: the server gives nobody rights by them. */
  readonly roles: readonly string[];
}

export interface BotIdentity {
  readonly id: number;
  readonly firstName: string;
  readonly username: string;
  /** An administrator hears all that is said in the group; a plain member has its privacy mode. */
  readonly admin?: boolean;
}

export interface TelegramOptions {
  /** The folder that keeps the chats, the unconfirmed updates and the files across restarts. */
  readonly dataDir: string;
  /** Stamps the messages. Long polls, flood budgets and `retry_after` go by real time. */
  readonly clock: SandboxClock;
  /** 0 takes any free port. The server listens on 127.0.0.1 only. */
  readonly port: number;
  readonly token: string;
  readonly bot: BotIdentity;
  /** A supergroup with every person in it; its id starts with -100. */
  readonly chat: { readonly id: number; readonly title: string };
  readonly people: readonly Person[];
  /** Sends and edits in real time, see REAL_FLOOD; a sandbox that runs faster than life needs wider budgets. */
  readonly flood: FloodBudget | 'off';
  /** What goes wrong at the wire; `/_sandbox/faults` adds to it. */
  readonly faults?: Faults;
  /** More that this machine may ask, under `/_sandbox`. */
  readonly routes?: Hono;
  /** What `GET /_sandbox` answers. */
  readonly info: () => object;
  readonly log: (line: string) => void;
}
