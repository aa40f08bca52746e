import { type Process, sluice } from '../tests/process/sluice.ts';

/** Starts the built command line; it does not outlive this process. */
export function startSluice(args: string[], folder: string, env: Record<string, string>): Process {
  const started = sluice(args, folder, env);
  const kill = () => started.child.kill('SIGKILL');
  process.once('exit', kill);
  started.child.once('exit', () => process.off('exit', kill));
  return started;
}

/** Ends it as Ctrl-C does. @throws when it did not end well. */
export async function stopSluice(running: Process): Promise<void> {
  running.child.kill('SIGINT');
  const code = await running.ended();
  if (code !== 0)
    throw new Error(`sluice should end with 0 on SIGINT, but ended with ${code}: ${running.err()}`);
}
