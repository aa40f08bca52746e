import { schedule } from 'node-cron';

/**
 * Calls `tick` on a cron schedule, never twice at a time: every five seconds in real life, every second where the
 * clock runs faster.
 * @returns what stops it.
 */
export function startTicker(
  speed: number,
  tick: () => Promise<void>,
  failed: (error: unknown) => void,
): () => void {
  const task = schedule(speed > 1 ? '* * * * * *' : '*/5 * * * * *', () => tick().catch(failed), {
    noOverlap: true,
  });
  return () => void task.stop();
}
