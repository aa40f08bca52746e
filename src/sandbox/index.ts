import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Hono } from 'hono';
import { type AppEngine, startAppEngine } from './app-engine/index.ts';
import type { SandboxClock } from './clock.ts';
import { openClock } from './clock.ts';
import { Faults } from './faults.ts';
import { Controls, type KillableBot } from './panel/controls.ts';
import { panelRoutes } from './panel/routes.ts';
import { BY_DAY, scenarioNamed } from './scenarios/catalogue.ts';
import { Player } from './scenarios/player.ts';
import { botOf, CHAT_ID, TOKEN } from './telegram/identity.ts';
import { type FloodBudget, type LocalTelegram, type Person, startTelegram } from './telegram/index.ts';

export type { KillableBot } from './panel/controls.ts';
export type { Person } from './telegram/index.ts';

/** The id of the local project. */
const PROJECT = 'demo';
const BOT = { username: 'sluice_bot', name: 'Sluice' };
const CHAT = { id: CHAT_ID, title: 'Trading · releases' };
/** By the sandbox's clock. App Engine takes longer; the wait is the same. */
const OPERATION_MS = 20_000;
/** Cloud Monitoring shows a minute up to four minutes late. */
const INGESTION_DELAY_MS = 3 * 60_000;
/** Real Telegram takes about 20 a minute; hours of a rollout pass here in that minute. */
const FLOOD = { perChatPerMinute: 600 };

export interface TelegramWishes {
  readonly token?: string | undefined;
  /** The bot's, without the @. */
  readonly username?: string | undefined;
  /** The title of the group. */
  readonly title?: string | undefined;
  /** The bot is a plain member: it hears its commands, replies and mentions only. */
  readonly privacy?: boolean | undefined;
  readonly flood?: FloodBudget | 'off' | undefined;
}

export interface SandboxOptions {
  readonly dataDir: string;
  /** Port of the page; the App Engine and its proxy take the next two (without a page, this one and the next) where these are free. 0: any. */
  readonly port: number;
  readonly speed: number;
  readonly people: readonly Person[];
  /** Folder of the app that runs as version v1 from the start. */
  readonly app: string;
  readonly parts: { readonly telegram: boolean; readonly appEngine: boolean };
  /** What is to be other than usual of the local Telegram. */
  readonly telegram?: TelegramWishes;
  /** The bot, if it may be killed from the page. */
  readonly bot?: KillableBot;
  readonly log: (line: string) => void;
}

export interface Sandbox {
  readonly clock: SandboxClock;
  /** What goes wrong between the servers and who talks to them. */
  readonly faults: Faults;
  readonly telegram?: { readonly url: string; readonly token: string; readonly chat: number };
  readonly appEngine?: {
    readonly url: string;
    readonly proxyUrl: string;
    readonly project: string;
    /** Users' requests per second of the sandbox's clock. */
    setLoad(perSecond: number): void;
    /** Begins to play a scenario. @throws Error with a sentence when there is none of that name */
    play(scenario: string): void;
  };
  /** Ends every server and every process that it started. */
  close(): Promise<void>;
}

/** Starts the local stand-ins that are asked for. Their world survives a restart on the same folder. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { dataDir, port, speed, people, app, parts, log } = options;
  if (parts.telegram && (await portNear(port, 0)) !== port) {
    throw new Error(
      `Port ${port} is taken, perhaps by another Sluice. Set SLUICE_PORT to one that is free, or to 0.`,
    );
  }
  const wishes = options.telegram ?? {};
  const { token = TOKEN, username, privacy = false } = wishes;
  const bot = botOf(token, username ?? BOT.username, username ?? BOT.name, !privacy);
  const chat = { ...CHAT, title: wishes.title ?? CHAT.title };
  const { clock, close: closeClock } = openClock(join(dataDir, 'clock.json'), speed);
  const faults = new Faults();

  const appEngine = parts.appEngine
    ? await startAppEngine({
        dataDir: join(dataDir, 'app-engine'),
        clock,
        project: PROJECT,
        port: await portNear(port, parts.telegram ? 1 : 0),
        proxyPort: await portNear(port, parts.telegram ? 2 : 1),
        operationMs: OPERATION_MS,
        ingestionDelayMs: INGESTION_DELAY_MS,
        faults,
        log,
      })
    : undefined;
  await appEngine?.seed('default', 'v1', app);
  const panel = appEngine && openPanel(options, appEngine, clock, faults);

  const telegram: LocalTelegram | undefined = parts.telegram
    ? await startTelegram({
        dataDir: join(dataDir, 'telegram'),
        clock,
        port,
        token,
        bot,
        chat,
        people,
        flood: wishes.flood ?? FLOOD,
        faults,
        ...(panel && { routes: new Hono().route('/panel', panelRoutes(panel.controls, panel.player)) }),
        info: (): object => ({
          telegram: telegram?.url,
          ...(appEngine && { appEngine: appEngine.url, proxy: appEngine.proxyUrl, project: PROJECT }),
          speed: clock.speed,
          now: new Date(clock.now()).toISOString(),
          clock: clock.reading,
          chatId: chat.id,
          chatTitle: chat.title,
          token,
          bot,
          people,
          panel: panel !== undefined,
        }),
        log,
      })
    : undefined;

  return {
    clock,
    faults,
    ...(telegram && { telegram: { url: telegram.url, token, chat: chat.id } }),
    ...(appEngine &&
      panel && {
        appEngine: {
          url: appEngine.url,
          proxyUrl: appEngine.proxyUrl,
          project: PROJECT,
          setLoad: (perSecond: number) => panel.controls.setLoad(perSecond),
          play: (scenario: string) => panel.player.begin(scenarioNamed(scenario)),
        },
      }),
    async close() {
      panel?.player.close();
      panel?.controls.close();
      await telegram?.close();
      await appEngine?.close();
      closeClock();
    },
  };
}

function openPanel(
  { bot, log }: SandboxOptions,
  appEngine: AppEngine,
  clock: SandboxClock,
  faults: Faults,
): { readonly controls: Controls; readonly player: Player } {
  const controls = new Controls({ clock, appEngine, project: PROJECT, faults, usual: BY_DAY, bot, log });
  return { controls, player: new Player(controls, log) };
}

/** The port that far above the page's, if nobody has it; else 0, which takes any. */
async function portNear(page: number, above: number): Promise<number> {
  if (page === 0) return 0;
  const probe = createServer();
  try {
    probe.listen(page + above, '127.0.0.1');
    await once(probe, 'listening');
    return page + above;
  } catch {
    return 0;
  } finally {
    await new Promise((resolve) => probe.close(resolve));
  }
}
