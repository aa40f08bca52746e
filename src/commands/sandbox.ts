import { readConfig } from '../config.ts';
import { exportLines, localPeople, startLocal } from '../local.ts';
import { createLog } from '../log.ts';
import { loadPlan } from '../plan/load.ts';
import { liveUntilStopped } from './lifetime.ts';

/** The local stand-ins alone. Prints lines for a shell: `eval "$(…)"` is not meant, they are to be copied. */
export async function sandbox(): Promise<void> {
  const config = readConfig(process.env);
  const plan = await loadPlan(config.plan.path, config.plan);
  const log = createLog(config.logLevel ?? 'warn');
  const both = { telegram: true, appEngine: true };
  const running = await startLocal(config, localPeople(plan.people), both, (line) => log.info(line));
  process.stdout.write(
    `# The sandbox is up: open ${running.telegram?.url}\n${exportLines(running).join('\n')}\n`,
  );
  await liveUntilStopped(new Promise(() => {}), () => running.close());
}
