import { type Config, checkProject } from '../config.ts';
import { localEndpoints, localPeople, localServices, samplePlan, startLocal } from '../local.ts';
import { createLog } from '../log.ts';
import { startBot } from '../main.ts';
import { systemClock } from '../plan/clock.ts';
import { loadPlan, readPlanFile } from '../plan/load.ts';
import type { Plan } from '../plan/schema.ts';
import { configure } from './configure.ts';
import { greeting, sayDoors } from './greeting.ts';
import { liveUntilStopped } from './lifetime.ts';

/** The bot, and a stand-in for each half of the world that the configuration does not name. */
export async function start(): Promise<void> {
  const config = configure(process.env);
  const log = createLog(config.logLevel ?? 'warn');
  const parts = { telegram: config.telegram.kind === 'local', appEngine: config.cloud.kind === 'local' };
  const plan = await readPlan(config, parts.appEngine);
  const people = parts.telegram ? localPeople(plan.people) : plan.people;
  const sandbox =
    parts.telegram || parts.appEngine
      ? await startLocal(config, people, parts, (line) => log.info(line))
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

  const speed = parts.appEngine ? config.speed : 1;
  // However fast the clock, people need their real time to answer.
  const { expires, remind, rollBackAfter } = plan.approval;
  const times = Math.max(1, speed);
  const approval = {
    ...plan.approval,
    expires: expires * times,
    remind: remind * times,
    ...(rollBackAfter !== undefined && { rollBackAfter: rollBackAfter * times }),
  };

  const bot = await startBot({
    telegram,
    cloud,
    plan: { ...plan, people: [...people], services, approval },
    dataDir: config.dataDir,
    clock: parts.appEngine && sandbox ? sandbox.clock : systemClock,
    log,
    watch: config.watch,
    commandEnv: config.commandEnv,
    ...(config.control && { control: config.control }),
  });
  bot.ready.then((doors) => {
    const page = sandbox?.telegram?.url;
    const app = sandbox?.appEngine?.proxyUrl;
    const here = app ? `The local app is at ${app}\n` : '';
    const up = page ? `Sluice is up: open ${page}\n` : greeting(bot) + here;
    process.stdout.write(up + sayDoors(doors));
  });
  await liveUntilStopped(bot.ended, async () => {
    await bot.stop();
    await sandbox?.close();
  });
}

/** The team's plan; without one, the sample's own where the sample is what is released, and else the built-in one. */
async function readPlan({ plan: where, cloud }: Config, sample: boolean): Promise<Plan> {
  if (sample && where.optional && readPlanFile(where.path) === undefined) return samplePlan();
  const plan = await loadPlan(where.path, where);
  if (cloud.kind === 'remote') checkProject(plan, where.path, cloud.project);
  return plan;
}
