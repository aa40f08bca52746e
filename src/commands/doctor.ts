import type { Config } from '../config.ts';
import { type Clock, scaledClock, systemClock } from '../plan/clock.ts';
import type { Plan } from '../plan/schema.ts';
import { redact } from '../secrets.ts';
import { askSandbox } from '../shared-sandbox.ts';
import { examineDoors } from './doctor/door.ts';
import { type Examination, print, wrong } from './doctor/finding.ts';
import { examineGoogle } from './doctor/google.ts';
import { examineConfiguration, examineDataFolder, examinePlan, namesCleaning } from './doctor/home.ts';
import { examineSources } from './doctor/sources.ts';
import { examineTeam, type Listed } from './doctor/team.ts';
import { examineTelegram } from './doctor/telegram.ts';

/** Looks at everything that a release needs and says what is missing. Ends with 1 when anything is. */
export async function doctor(): Promise<void> {
  let faults = 0;
  for await (const finding of examine(process.env)) {
    if (finding.mark === 'wrong') faults++;
    // Servers are quoted, whatever they say.
    process.stdout.write(`${redact(print(finding))}\n`);
  }
  process.stdout.write(faults === 0 ? '\nAll is well.\n' : `\nTo be put right: ${faults}.\n`);
  if (faults > 0) process.exitCode = 1;
}

async function* examine(env: NodeJS.ProcessEnv): Examination {
  // Reading the configuration takes the secrets out of the environment.
  const given = { ...env };
  const config = yield* examineConfiguration(env);
  if (!config) return;
  const plan = yield* examinePlan(config.plan);
  yield* examineDataFolder(config.dataDir);
  const { clock, listed } = yield* lookAround(config, plan);
  const { telegram, cloud } = config;
  const claimed = yield* examineTeam(config.dataDir, listed, plan, telegram.kind === 'local');
  yield* examineTelegram(telegram, (telegram.kind === 'remote' ? telegram.chat : undefined) ?? claimed);
  yield* examineDoors(config.control, given);
  const services = plan?.services ?? {};
  const shared = yield* examineSources(services);
  const cleaning = plan !== undefined && (await namesCleaning(config.plan));
  yield* examineGoogle(cloud, Object.keys(services), { ...shared, cleaning }, clock);
}

/** The time and the people, which a sandbox in another process may lend. */
async function* lookAround(
  { sandbox }: Config,
  plan: Plan | undefined,
): Examination<{ clock: Clock; listed: Listed | undefined }> {
  const planned =
    plan && plan.people.length > 0 ? ({ by: 'the plan', people: plan.people } as const) : undefined;
  if (!sandbox) return { clock: systemClock, listed: planned };
  try {
    const { clock, members } = await askSandbox(sandbox);
    return {
      clock: scaledClock(clock.origin, clock.epoch, clock.speed),
      listed: planned ?? { by: 'the sandbox', people: members },
    };
  } catch (error) {
    yield wrong('Sandbox', (error as Error).message);
    return { clock: systemClock, listed: planned };
  }
}
