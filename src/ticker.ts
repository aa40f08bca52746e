import { schedule } from 'node-cron';

/**
 * Calls `tick` every second, so that what many rollouts have due in a minute is spread over it. A tick need not wait for
 * the one before: the engine knows what it has in hand.
 * @returns what stops it.
 */
export function startTicker(tick: () => Promise<void>, failed: (error: unknown) => void): () => void {
  const task = schedule('* * * * * *', () => tick().catch(failed));
  return () => void task.stop();
}
