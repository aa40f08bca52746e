import type { Bot } from 'grammy';
import { AUDITED_DOCUMENTS, entriesOf } from './adapters/audit-records.ts';
import { auditorOf } from './adapters/auditor.ts';
import { cleanerFor } from './adapters/cleaner.ts';
import { restorerFor } from './adapters/restorer.ts';
import { type Audit, openAudit } from './audit/audit.ts';
import { connectTelegram, installHandlers } from './bot/bot.ts';
import type { BotContext } from './bot/context.ts';
import { damageView } from './bot/damage.ts';
import { createDesk } from './bot/desk.ts';
import { createHerald } from './bot/herald.ts';
import type { InfoPorts } from './bot/info/install.ts';
import { openMoves } from './bot/moves.ts';
import { createOutbox, type Outbox } from './bot/outbox.ts';
import { actorFor } from './bot/people.ts';
import { createPublisher } from './bot/publisher.ts';
import { openTeam, type Team } from './bot/team/team.ts';
import type { Cleaner } from './bot/versions/cleaner.ts';
import { offerAfterRelease } from './bot/versions/handlers.ts';
import type { ControlPorts } from './control/app.ts';
import { createFeed } from './control/feed.ts';
import { redactCalls, redactedStore } from './edges.ts';
import { type GoogleSide, openGoogleSide } from './google-side.ts';
import { watchedStore } from './health/store.ts';
import { hearTelegram, timeTaps } from './health/telegram.ts';
import type { Vitals } from './health/vitals.ts';
import type { BotParts } from './main.ts';
import type { Clock } from './plan/clock.ts';
import { createEngine, type Engine } from './rollout/engine.ts';
import { fold } from './rollout/evolve.ts';
import { type Guard, openGuard } from './rollout/guard.ts';
import { pastOf } from './rollout/past.ts';
import type { Store } from './rollout/ports.ts';
import { isOver } from './rollout/state.ts';
import { redact } from './secrets.ts';
import { openFileStore } from './store/file-store.ts';
import type { Damage } from './store/mend.ts';
import { wizardWorld } from './wizard-world.ts';

/** What a bot is made of once its rooms are wired together. Nothing of it is at work yet. */
export interface House {
  readonly bot: Bot<BotContext>;
  readonly store: Store;
  readonly audit: Audit;
  readonly engine: Engine;
  readonly team: Team;
  readonly outbox: Outbox;
  readonly cleaner: Cleaner;
  readonly google: GoogleSide;
  /** What the doors for pipelines lead to. */
  readonly control: ControlPorts;
  /** Goes on where every rollout was, and makes the chat say so. */
  recover(): Promise<void>;
}

export type Failed = (what: string, error: unknown) => void;

/**
 * Wires the rooms together. The data folder must be held.
 * @param vitals hear what goes on in them.
 * @param peoplesClock of the hours in which people answer, whatever the releases' clock does.
 */
export async function assembleHouse(
  parts: BotParts,
  vitals: Vitals,
  peoplesClock: Clock,
  failed: Failed,
): Promise<House> {
  const { telegram, cloud, plan, clock, log } = parts;
  const warn = (details: object, message: string) => log.warn(details, message);

  const files = openFileStore(parts.dataDir);
  const logDamage = ({ file, say }: Damage) => failed(`reading ${file}`, new Error(say));
  const damages = await files.mend(peoplesClock.now(), (events) => pastOf(fold(events)), {
    clock: peoplesClock,
    found(damage) {
      logDamage(damage);
      sayDamage([damage]);
    },
  });
  damages.forEach(logDamage);
  const audit = await openAudit({
    folder: parts.dataDir,
    store: watchedStore(files, vitals),
    documents: AUDITED_DOCUMENTS,
    entriesOf,
    clock,
    peoplesClock,
    failed,
  });
  const store = redactedStore(audit.store);
  const google = openGoogleSide({
    cloud,
    dataDir: parts.dataDir,
    store,
    clock,
    commandEnv: parts.commandEnv ?? [],
    note: (message, details) => log.debug(details ?? {}, message),
    failed,
    needed: () => engine.all().flatMap(({ source }) => (source.kind === 'version' ? [] : [source])),
  });
  const { appEngine, sources, hands, drawChart, drawWindow } = google;

  const moves = await openMoves(store);
  const bot = connectTelegram({ ...telegram, edge: [hearTelegram(vitals), redactCalls()] }, moves);
  bot.use(timeTaps(vitals));
  const outbox = createOutbox(bot.api, store, failed, moves.follow);
  const team = await openTeam({
    store,
    planned: plan.people,
    chat: telegram.chat,
    follow: moves.follow,
    clock,
    peoplesClock,
    // Open questions name those who may answer.
    changed: () => engine.all().forEach(publisher.publish),
  });
  const guard = await openGuard(store, plan.freeze, clock);
  await holdBack(damages, guard);
  const publisher = createPublisher(outbox, team, guard, clock, drawChart, audit.standing);
  const feed = createFeed();
  const engine = createEngine({
    store,
    guard,
    rolesOf: (id) => actorFor({ id, name: '' }, team.members()).roles,
    hands,
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
    blind: ({ service }, error) => warn({ service, problem: error.message }, 'a look at App Engine failed'),
  });

  const desk = createDesk({
    engine,
    team,
    guard,
    store,
    publisher,
    clock,
    peoplesClock,
    follow: moves.follow,
    api: bot.api,
    drawChart,
    async errorLogs({ service, version, startedAt }, limit) {
      const lines = await appEngine.errorLogs({ service, versions: [version], since: startedAt, limit });
      // They leave as a file, too, which nothing else looks into.
      return lines.map((line) => ({ ...line, text: redact(line.text) }));
    },
    handedOut: audit.handedOut,
    note: warn,
    refused: audit.refused,
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
    drawWindow,
    readTraffic: (signal) => appEngine.readTraffic(signal),
    restorer: restorerFor(appEngine, store, engine, clock),
    cleaner,
    auditor: auditorOf(audit),
    rollouts: engine.all,
    refused: desk.refused,
    failed,
  };
  installHandlers(
    bot,
    { ...telegram, store, failed, peoplesClock, returned: outbox.resume },
    desk,
    world,
    info,
    hands.monitor.look,
  );

  const control = {
    engine,
    releases: world,
    store,
    chat: team.chat,
    feed,
    clock,
    note: warn,
    refused: audit.refused,
    failed,
  };
  return {
    bot,
    store,
    audit,
    engine,
    team,
    outbox,
    cleaner,
    google,
    control,
    async recover() {
      await audit.store.complete();
      await engine.recover();
      for (const rollout of engine.all()) publisher.publish(rollout);
      if (damages.length > 0) sayDamage(damages);
    },
  };

  function sayDamage(found: readonly Damage[]): void {
    const live = () => engine.all().filter(({ stage }) => !isOver(stage));
    const post = { key: 'damage', view: damageView(found), loud: true, fresh: true };
    createHerald(outbox, store, live, team.chat).say(`damage-${Math.round(peoplesClock.now())}`, [post]);
  }
}

/** Where a record is missing, letting more out could be wrong: people decide. */
async function holdBack(damages: readonly Damage[], guard: Guard): Promise<void> {
  for (const { file, holds } of damages) {
    const why = `${file} could not be used`;
    if (holds?.service !== undefined) {
      await guard.lock(holds.service, { why, ...(holds.rollout && { rollout: holds.rollout }) });
    } else if (holds) await guard.freeze({ why }, { id: 0, name: 'Sluice' });
  }
}
