import { onTestFinished } from 'vitest';
import { exported, type Process, sluice } from './sluice.ts';

/** Starts the built command line for the test that runs, and ends it with that. */
export function begin(args: string[], folder: string, env: Record<string, string>): Process {
  const running = sluice(args, folder, env);
  onTestFinished(async () => {
    running.child.kill('SIGKILL');
    await running.ended();
  });
  return running;
}

/**
 * Starts the stand-ins, 240 times as fast as life, in a process of their own.
 * @returns what a bot in the same folder takes to work with them.
 */
export async function beginWorld(folder: string): Promise<Record<string, string>> {
  const world = begin(['sandbox'], folder, {
    SLUICE_PORT: '0',
    SLUICE_SPEED: '240',
    SLUICE_DATA_DIR: folder,
  });
  await world.line(/SLUICE_SANDBOX/);
  return { ...exported(world.out()), SLUICE_DATA_DIR: 'bot' };
}
