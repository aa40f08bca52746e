import { onTestFinished } from 'vitest';
import { type Process, sluice } from './sluice.ts';

/** Starts the built command line for the test that runs, and ends it with that. */
export function begin(args: string[], folder: string, env: Record<string, string>): Process {
  const running = sluice(args, folder, env);
  onTestFinished(async () => {
    running.child.kill('SIGKILL');
    await running.ended();
  });
  return running;
}
