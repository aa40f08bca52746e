import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { plain, poll } from './bot/bot.ts';
import { COMMANDS } from './bot/menu.ts';
import { resumeCleanings } from './bot/versions/handlers.ts';
import type { CloudConfig, TelegramConfig } from './config.ts';
import type { Control, RemoteDoor } from './control/server.ts';
import { createVitals } from './health/vitals.ts';
import { assembleHouse } from './house.ts';
import { type Clock, systemClock } from './plan/clock.ts';
import { MINUTE } from './plan/duration.ts';
import type { Plan } from './plan/schema.ts';
import { holdFolder } from './store/lock.ts';
import { startTicker } from './ticker.ts';
import { keepVigil, type Watch } from './vigil.ts';

/** Real milliseconds in which the first poll is on its way. */
const FIRST_POLL_MS = 150;
/** How long Google may be out of reach before the chat hears of it, in real milliseconds. */
const UNREACHABLE_MS = 5 * MINUTE;

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
  /** Variables of this process's environment that the team's commands get besides the common ones. */
  readonly commandEnv?: readonly string[];
  /** How it keeps watch over itself; absent: as much as needs no configuration. */
  readonly watch?: Watch;
  /** The hours in which people answer and machines fail, where the releases' clock runs at another speed. */
  readonly peoplesClock?: Clock;
}

/** Where a running bot is asked. */
export interface Doors {
  /** Of pipelines on other machines. */
  readonly url?: string;
  /** Of /healthz and /metrics. */
  readonly health?: string;
}

export interface RunningBot {
  /** What `/claim` takes, when nobody has claimed the team yet. Only for the eyes of whoever started the bot. */
  readonly claimCode?: string;
  /** Resolves when the bot has begun to poll and its doors are open. */
  readonly ready: Promise<Doors>;
  /** Resolves when it has stopped; rejects when Telegram turns it away for good. */
  readonly ended: Promise<void>;
  /** Stops taking updates, lets what is being written be written, and leaves the rest to the next start. */
  stop(): Promise<void>;
}

/** Starts the bot: its rooms first, then what was under way, then Telegram, then its doors. */
export async function startBot(parts: BotParts): Promise<RunningBot> {
  const failed = (what: string, error: unknown) =>
    parts.log.error({ problem: plain(error).message }, `failed: ${what}`);
  const { clock, peoplesClock = systemClock, log } = parts;
  const hold = await holdFolder(parts.dataDir);
  const vitals = createVitals(peoplesClock);
  const house = await assembleHouse(parts, vitals, peoplesClock, failed);
  const { bot, engine, team, outbox, cleaner, google } = house;
  const vigil = await keepVigil({
    house,
    vitals,
    clock,
    peoplesClock,
    watch: parts.watch ?? { unreachableAfter: UNREACHABLE_MS },
    note: (details, message) => log.warn(details, message),
    failed,
  });
  await house.recover();

  let polling = false;
  let stopTicker = () => {};
  let control: Promise<Control> | undefined;
  let announce: (doors: Promise<Doors>) => void = () => {};
  const ready = new Promise<Doors>((resolve) => {
    announce = resolve;
  });
  const polled = poll(bot, begin, failed);
  const ended = Promise.race([polled, hold.lost.then((taken) => Promise.reject(taken))]);
  const claimCode = team.book?.claimCode;

  function begin(): void {
    polling = true;
    // A bot that had to wait for its turn begins to poll anew.
    if (!control) {
      control = openControl();
      announce(openDoors(control));
    }
    resumeCleanings(cleaner, bot.api, failed).catch((error) => failed('a cleaning', error));
    // Telegram lets in again whom it turned away for another poller.
    stopTicker();
    stopTicker = startTicker(
      () => {
        const work = engine.tick();
        vigil.tick(work);
        return work;
      },
      (error) => failed('a tick', error),
    );
    bot.api.setMyCommands(COMMANDS).catch((error) => failed('the command menu', error));
    // Whoever taps next must not wait for Google's client to be loaded.
    const live = engine.all().find((rollout) => rollout.original);
    if (live)
      google.appEngine.readSplit(live.service).catch((error) => failed('a first look at App Engine', error));
  }

  /** Once the bot polls: loading an HTTP server would only keep it from that. */
  async function openControl(): Promise<Control> {
    await sleep(FIRST_POLL_MS);
    const server = await import('./control/server.ts');
    return server.openControl(house.control, parts.dataDir, parts.control);
  }

  async function openDoors(control: Promise<Control>): Promise<Doors> {
    const { url } = await control;
    const health = await vigil.openDoor();
    return { ...(url && { url }), ...(health && { health: health.url }) };
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
        await polled.catch(() => {});
        await control?.then((open) => open.close());
        // Whoever waits for it hears what it met.
        await ready.catch(() => {});
      }
      await vigil.stop();
      await cleaner.stop();
      await engine.stop();
      await google.sources.stop();
      await outbox.stop();
      await house.audit.stop();
      hold.release();
    },
  };
}
