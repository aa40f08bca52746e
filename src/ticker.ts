import { schedule } from 'node-cron';

/**
 * Calls `tick` on a cron schedule: every five seconds in real life, every second where the clock runs faster. A tick
 * need not wait for the one before: the engine knows what it has in hand.
 * @returns what stops it.
 */
export function startTicker(
  speed: number,
  tick: () => Promise<void>,
  failed: (error: unknown) => void,
): () => void {
  const task = schedule(speed > 1 ? '* * * * * *' : '*/5 * * * * *', () => tick().catch(failed));
  return () => void task.stop();
}
