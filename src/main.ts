import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { cleanerFor } from './adapters/cleaner.ts';
import { cloudFor } from './adapters/cloud.ts';
import { chartsFrom, monitorFor, windowsFrom } from './adapters/monitor.ts';
import { restorerFor } from './adapters/restorer.ts';
import { scriptsFor } from './adapters/scripts.ts';
import { connectTelegram, installHandlers, plain, poll } from './bot/bot.ts';
import { createDesk } from './bot/desk.ts';
import type { InfoPorts } from './bot/info/install.ts';
import { COMMANDS } from './bot/menu.ts';
import { createOutbox } from './bot/outbox.ts';
import { createPublisher } from './bot/publisher.ts';
import { openTeam } from './bot/team/team.ts';
import { offerAfterRelease, resumeCleanings } from './bot/versions/handlers.ts';
import type { CloudConfig, TelegramConfig } from './config.ts';
import { createFeed } from './control/feed.ts';
import type { Control, RemoteDoor } from './control/server.ts';
import { connectCloud } from './deploy/index.ts';
import { openSources } from './deploy/sources/sources.ts';
import { runCommand } from './host/run-command.ts';
import { connectMonitoring, createProber } from './monitor/index.ts';
import { type Clock, systemClock } from './plan/clock.ts';
import type { Plan } from './plan/schema.ts';
import { createEngine } from './rollout/engine.ts';
import { openGuard } from './rollout/guard.ts';
import { openFileStore } from './store/file-store.ts';
import { holdFolder } from './store/lock.ts';
import { startTicker } from './ticker.ts';
import { wizardWorld } from './wizard-world.ts';

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

/** Wires the rooms together and starts the bot. */
export async function startBot(parts: BotParts): Promise<RunningBot> {
  const { telegram, cloud, plan, clock, log } = parts;
  const failed = (what: string, error: unknown) =>
    log.error({ problem: plain(error).message }, `failed: ${what}`);
  const note = (message: string, details?: object) => log.debug(details ?? {}, message);

  const release = await holdFolder(parts.dataDir);
  const store = openFileStore(parts.dataDir);
  const { project, endpoints } = cloud;
  const appEngine = connectCloud({ project, endpoints, clock, log: note });
  const monitoring = connectMonitoring({ project, endpoint: endpoints.monitoring, clock, log: note });
  const prober = createProber({ project, endpoints, clock, runCommand, log: note });
  const sources = openSources({
    folder: join(parts.dataDir, 'sources'),
    storage: endpoints.storage,
    needed: () => engine.all().flatMap(({ source }) => (source.kind === 'version' ? [] : [source])),
  });
  const scripts = scriptsFor(project, sources);
  const drawChart = chartsFrom(monitoring, clock);

  const bot = connectTelegram(telegram);
  const outbox = createOutbox(bot.api, store, failed);
  const team = await openTeam({
    store,
    planned: plan.people,
    chat: telegram.chat,
    clock,
    peoplesClock: systemClock,
    // Open questions name those who may answer.
    changed: () => engine.all().forEach(publisher.publish),
  });
  const monitor = monitorFor(monitoring, prober, scripts, project, sources);
  const guard = await openGuard(store, plan.freeze, clock);
  const publisher = createPublisher(outbox, team, guard, clock, drawChart);
  const feed = createFeed();
  const engine = createEngine({
    store,
    guard,
    hands: {
      cloud: cloudFor(appEngine, store, sources),
      scripts,
      monitor,
    },
    clock,
    changed(rollout) {
      publisher.publish(rollout);
      feed.changed(rollout);
      offerToStop(rollout);
    },
    progress(rollout, line) {
      publisher.progress(rollout, line);
      feed.progress(rollout, line);
    },
    failed: (rollout, error) => failed(`rollout ${rollout.id}`, error),
  });

  const desk = createDesk({
    engine,
    team,
    guard,
    store,
    publisher,
    clock,
    api: bot.api,
    drawChart,
    errorLogs: ({ service, version, startedAt }, limit) =>
      appEngine.errorLogs({ service, versions: [version], since: startedAt, limit }),
    note: (details, message) => log.warn(details, message),
    failed,
  });
  const cleaner = cleanerFor(appEngine, store, engine, plan.cleaning, clock);
  const offerToStop = offerAfterRelease(cleaner, bot.api, failed);
  const world = wizardWorld(appEngine, plan, clock, engine, team, guard, sources);
  const info: InfoPorts = {
    plan,
    store,
    guard,
    team,
    clock,
    drawWindow: windowsFrom(monitoring),
    readTraffic: (signal) => appEngine.readTraffic(signal),
    restorer: restorerFor(appEngine, store, engine, clock),
    cleaner,
    rollouts: engine.all,
    refused: desk.refused,
    failed,
  };
  installHandlers(bot, { ...telegram, store, failed }, desk, world, info, monitor.look);

  await engine.recover();
  for (const rollout of engine.all()) publisher.publish(rollout);

  let polling = false;
  let stopTicker = () => {};
  let doors: Promise<Control> | undefined;
  let announce: (doors: Promise<Control>) => void = () => {};
  const ready = new Promise<Control>((resolve) => {
    announce = resolve;
  });
  const ended = poll(
    bot,
    () => {
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
        appEngine.readSplit(live.service).catch((error) => failed('a first look at App Engine', error));
    },
    failed,
  );
  const claimCode = team.book?.claimCode;

  /** Once the bot polls: loading an HTTP server would only keep it from that. */
  async function openDoors(): Promise<Control> {
    await sleep(FIRST_POLL_MS);
    const { openControl } = await import('./control/server.ts');
    const note = (details: object, message: string) => log.warn(details, message);
    const ports = { engine, releases: world, store, chat: team.chat, feed, clock, note, failed };
    return openControl(ports, parts.dataDir, parts.control);
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
      await sources.stop();
      await outbox.stop();
      release();
    },
  };
}
