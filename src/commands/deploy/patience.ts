import { setTimeout as sleep } from 'node:timers/promises';
import { MINUTE, sayDuration } from '../../plan/duration.ts';
import { Away } from './connection.ts';

/** Real milliseconds that a bot which was there before may be away: a restart takes seconds, a new machine minutes. */
const LONGEST = 30 * MINUTE;
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 10_000;

/** Waits for a bot that is away, and says so. */
export interface Patience {
  /** The bot is there. */
  reached(): void;
  /** Waits a while. @throws the error itself when it is of another kind; Error when it has been away for too long. */
  wait(error: unknown): Promise<void>;
}

/**
 * @param first real milliseconds for which a bot that has not answered once is waited for.
 * @param where how the bot is reached, in words.
 */
export function createPatience(first: number, where: string, say: (text: string) => void): Patience {
  let known = false;
  let since: number | undefined;
  let pause = FIRST_PAUSE;
  return {
    reached() {
      if (since !== undefined) say('The bot answers again.');
      known = true;
      since = undefined;
      pause = FIRST_PAUSE;
    },
    async wait(error) {
      if (!(error instanceof Away)) throw error;
      known ||= error.reached;
      const limit = known ? LONGEST : first;
      if (limit === 0) throw new Error(absent(where, error.message));
      if (since === undefined) {
        since = performance.now();
        const fate = known ? ' A rollout that has begun goes on where it was when it is back.' : '';
        say(`The bot does not answer (${error.message}).${fate} Trying for ${sayDuration(limit)}.`);
      } else if (performance.now() - since > limit)
        throw new Error(
          known
            ? `The bot has been away for ${sayDuration(limit)} (${error.message}), so nothing is known of the rollout. Start the bot; the same command watches it again.`
            : absent(where, error.message),
        );
      await sleep(pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    },
  };
}

function absent(where: string, why: string): string {
  return `No bot answers at ${where} (${why}). Start it with \`sluice run\` or \`sluice start\`, or say where it is: SLUICE_DATA_DIR on this machine, SLUICE_CONTROL_URL and SLUICE_CONTROL_TOKEN on another.`;
}
