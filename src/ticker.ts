import { schedule } from 'node-cron';

/**
 * Calls `tick` every second, so that what many rollouts have due in a minute is spread over it. A tick need not wait for
 * the one before: the engine knows what it has in hand.
 * @returns what stops it.
 */
export function startTicker(tick: () => Promise<void>, failed: (error: unknown) => void): () => void {
  // A second that was slept through is made up for by the next one: what is due stays due.
  const options = { suppressMissedWarning: true };
  const task = schedule('* * * * * *', () => tick().catch(failed), options);
  return () => void task.stop();
}
