import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { plain, poll } from './bot/bot.ts';
import { COMMANDS } from './bot/menu.ts';
import { resumeCleanings } from './bot/versions/handlers.ts';
import type { CloudConfig, TelegramConfig } from './config.ts';
import type { Control, RemoteDoor } from './control/server.ts';
import { assembleHouse } from './house.ts';
import type { Clock } from './plan/clock.ts';
import type { Plan } from './plan/schema.ts';
import { holdFolder } from './store/lock.ts';
import { startTicker } from './ticker.ts';

/** Real milliseconds in which the first poll is on its way. */
const FIRST_POLL_MS = 150;

type Remote<T> = Extract<T, { kind: 'remote' }>;

/** Everything a bot at work is made of; whether it is the real thing or the local one makes no difference here. */
export interface BotParts {
  readonly telegram: Remote<TelegramConfig>;
  readonly cloud: Remote<CloudConfig>;
  readonly plan: Plan;
  readonly dataDir: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Where pipelines on other machines may begin releases. */
  readonly control?: RemoteDoor;
}

export interface RunningBot {
  /** What `/claim` takes, when nobody has claimed the team yet. Only for the eyes of whoever started the bot. */
  readonly claimCode?: string;
  /** Resolves when the bot has begun to poll and its doors for pipelines are open. */
  readonly ready: Promise<Pick<Control, 'url'>>;
  /** Resolves when it has stopped; rejects when Telegram turns it away for good. */
  readonly ended: Promise<void>;
  /** Stops taking updates, lets what is being written be written, and leaves the rest to the next start. */
  stop(): Promise<void>;
}

/** Starts the bot: its rooms first, then what was under way, then Telegram, then its doors. */
export async function startBot(parts: BotParts): Promise<RunningBot> {
  const failed = (what: string, error: unknown) =>
    parts.log.error({ problem: plain(error).message }, `failed: ${what}`);
  const release = await holdFolder(parts.dataDir);
  const { bot, engine, team, outbox, cleaner, google, control, recover } = await assembleHouse(parts, failed);
  await recover();

  let polling = false;
  let stopTicker = () => {};
  let doors: Promise<Control> | undefined;
  let announce: (doors: Promise<Control>) => void = () => {};
  const ready = new Promise<Control>((resolve) => {
    announce = resolve;
  });
  const ended = poll(bot, begin, failed);
  const claimCode = team.book?.claimCode;

  function begin(): void {
    polling = true;
    // A bot that had to wait for its turn begins to poll anew.
    doors ??= openDoors();
    announce(doors);
    resumeCleanings(cleaner, bot.api, failed).catch((error) => failed('a cleaning', error));
    // Telegram lets in again whom it turned away for another poller.
    stopTicker();
    stopTicker = startTicker(
      () => engine.tick(),
      (error) => failed('a tick', error),
    );
    bot.api.setMyCommands(COMMANDS).catch((error) => failed('the command menu', error));
    // Whoever taps next must not wait for Google's client to be loaded.
    const live = engine.all().find((rollout) => rollout.original);
    if (live)
      google.appEngine.readSplit(live.service).catch((error) => failed('a first look at App Engine', error));
  }

  /** Once the bot polls: loading an HTTP server would only keep it from that. */
  async function openDoors(): Promise<Control> {
    await sleep(FIRST_POLL_MS);
    const { openControl } = await import('./control/server.ts');
    return openControl(control, parts.dataDir, parts.control);
  }

  return {
    ...(claimCode && { claimCode }),
    ready,
    ended,
    async stop() {
      stopTicker();
      // Telegram sends what it was not told of again, so a stop without it loses nothing.
      await bot.stop().catch((error) => failed('the last word to Telegram', error));
      // A bot that Telegram never answered has no handler at work to wait for.
      if (polling) {
        await ended.catch(() => {});
        await doors?.then((open) => open.close());
      }
      await cleaner.stop();
      await engine.stop();
      await google.sources.stop();
      await outbox.stop();
      release();
    },
  };
}
