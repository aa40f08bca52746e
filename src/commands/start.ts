import { type Config, checkProject } from '../config.ts';
import { localEndpoints, localPeople, localServices, samplePlan, startLocal } from '../local.ts';
import { createLog } from '../log.ts';
import { loadPlan, readPlanFile } from '../plan/load.ts';
import type { Plan } from '../plan/schema.ts';
import { listScenarios, scenarioNamed } from '../sandbox/scenarios/catalogue.ts';
import { ConfigError } from '../settings.ts';
import { configure, secretsOf } from './configure.ts';
import { greeting, sayDoors } from './greeting.ts';
import { liveUntilStopped } from './lifetime.ts';
import { BotProcess } from './start/bot-process.ts';

const SCENARIOS_TO_PLAY = 'Scenarios to play, as in sluice start --scenario slow-burn:';
const ONLY_LOCAL =
  'A scenario plays in the local chat and the local App Engine: unset TELEGRAM_BOT_TOKEN and GOOGLE_CLOUD_PROJECT.';

/** What `sluice start` was told. */
export interface StartOptions {
  /** The scenario to play; `true` lists them. */
  readonly scenario?: string | true;
}

/**
 * The bot, and a stand-in for each half of the world that the configuration does not name. The bot has a process of its
 * own: it can be killed on the page, and the world goes on without it.
 */
export async function start({ scenario }: StartOptions = {}): Promise<void> {
  if (scenario === true) return void process.stdout.write(`${SCENARIOS_TO_PLAY}\n${listScenarios()}\n`);
  if (scenario !== undefined) scenarioNamed(scenario);
  const config = configure(process.env);
  const logLevel = config.logLevel ?? 'warn';
  const log = createLog(logLevel);
  const parts = { telegram: config.telegram.kind === 'local', appEngine: config.cloud.kind === 'local' };
  if (scenario !== undefined && !(parts.telegram && parts.appEngine)) throw new ConfigError(ONLY_LOCAL);
  const plan = await readPlan(config, parts.appEngine);
  const people = parts.telegram ? localPeople(plan.people) : plan.people;
  // It is loaded while the stand-ins start.
  const bot = new BotProcess();
  const sandbox =
    parts.telegram || parts.appEngine
      ? await startLocal(config, people, parts, (line) => log.info(line), { bot })
      : undefined;

  const telegram = sandbox?.telegram
    ? { kind: 'remote' as const, ...sandbox.telegram, apiRoot: sandbox.telegram.url }
    : config.telegram;
  const cloud = sandbox?.appEngine
    ? {
        kind: 'remote' as const,
        project: sandbox.appEngine.project,
        endpoints: localEndpoints(sandbox.appEngine.url),
      }
    : config.cloud;
  if (telegram.kind === 'local' || cloud.kind === 'local') throw new Error('A stand-in did not start.');
  const services = parts.appEngine ? await localServices(plan) : plan.services;
  const clock = parts.appEngine ? sandbox?.clock : undefined;
  clock?.onChange((reading) => bot.follow(reading));

  const begun = bot.begin({
    telegram,
    cloud,
    plan: {
      ...plan,
      people: [...people],
      services,
      approval: inRealTime(plan.approval, parts.appEngine ? config.speed : 1),
    },
    dataDir: config.dataDir,
    watch: config.watch,
    commandEnv: config.commandEnv,
    ...(config.control && { control: config.control }),
    logLevel,
    secrets: secretsOf(config),
    ...(clock && { clock: clock.reading }),
  });
  const told = begun.then((up) => {
    if (scenario !== undefined) sandbox?.appEngine?.play(scenario);
    const page = sandbox?.telegram?.url;
    const app = sandbox?.appEngine?.proxyUrl;
    const here = app ? `The local app is at ${app}\n` : '';
    const said = page ? `Sluice is up: open ${page}\n` : greeting(up) + here;
    process.stdout.write(said + sayDoors(up));
    return bot.ended;
  });
  await liveUntilStopped(told, async () => {
    await bot.stop();
    await sandbox?.close();
  });
}

/** However fast the clock, people need their real time to answer. */
function inRealTime(approval: Plan['approval'], speed: number): Plan['approval'] {
  const { expires, remind, rollBackAfter } = approval;
  const times = Math.max(1, speed);
  return {
    ...approval,
    expires: expires * times,
    remind: remind * times,
    ...(rollBackAfter !== undefined && { rollBackAfter: rollBackAfter * times }),
  };
}

/** The team's plan; without one, the sample's own where the sample is what is released, and else the built-in one. */
async function readPlan({ plan: where, cloud }: Config, sample: boolean): Promise<Plan> {
  if (sample && where.optional && readPlanFile(where.path) === undefined) return samplePlan();
  const plan = await loadPlan(where.path, where);
  if (cloud.kind === 'remote') checkProject(plan, where.path, cloud.project);
  return plan;
}
