import { checkProject } from '../config.ts';
import { createLog } from '../log.ts';
import { startBot } from '../main.ts';
import { systemClock } from '../plan/clock.ts';
import { loadPlan } from '../plan/load.ts';
import { ConfigError } from '../settings.ts';
import { askSandbox, followSandbox } from '../shared-sandbox.ts';
import { configure } from './configure.ts';
import { greeting, sayDoors } from './greeting.ts';
import { liveUntilStopped } from './lifetime.ts';

/** The bot alone: both halves of the world must be configured. */
export async function run(): Promise<void> {
  const config = configure(process.env);
  const { telegram, cloud } = config;
  if (telegram.kind === 'local') {
    throw new ConfigError(
      'TELEGRAM_BOT_TOKEN is not set: `sluice run` needs a bot. `sluice start` brings a local chat.',
    );
  }
  if (cloud.kind === 'local') {
    throw new ConfigError(
      'GOOGLE_CLOUD_PROJECT is not set: `sluice run` needs a project. `sluice start` brings a local one.',
    );
  }
  const plan = await loadPlan(config.plan.path, config.plan);
  checkProject(plan, config.plan.path, cloud.project);
  const shared = config.sandbox ? await askSandbox(config.sandbox) : undefined;
  const followed = config.sandbox && shared ? followSandbox(config.sandbox, shared.clock) : undefined;
  const people = plan.people.length > 0 || !shared ? plan.people : shared.members;
  const bot = await startBot({
    telegram,
    cloud,
    plan: { ...plan, people: [...people] },
    dataDir: config.dataDir,
    clock: followed?.clock ?? systemClock,
    log: createLog(config.logLevel ?? 'info'),
    watch: config.watch,
    commandEnv: config.commandEnv,
    ...(config.control && { control: config.control }),
  });
  bot.ready.then((doors) => process.stdout.write(greeting(bot) + sayDoors(doors)));
  await liveUntilStopped(bot.ended, async () => {
    await bot.stop();
    followed?.stop();
  });
}
