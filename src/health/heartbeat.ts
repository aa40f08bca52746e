import type { Clock } from '../plan/clock.ts';
import { MINUTE } from '../plan/duration.ts';

/** Real milliseconds after which an answer is no longer waited for. */
const PATIENCE_MS = 10_000;

export interface HeartbeatOptions {
  /** Asked for with GET; whoever has it can keep the alarm quiet, so it is a secret. */
  readonly url: string;
  readonly clock: Clock;
  /** Whether this process does its work; while it does not, the alarm is to go off. */
  readonly healthy: () => boolean;
  /** Told once when beats begin to fail and once when they get through again. Neither has the address in it. */
  readonly note: (message: string) => void;
}

/**
 * A dead man's switch: somebody elsewhere raises the alarm when beats stop coming.
 * @returns what is to be called often; it beats once a minute while all is well, and never throws.
 */
export function createHeartbeat({ url, clock, healthy, note }: HeartbeatOptions): () => void {
  let beaten = Number.NEGATIVE_INFINITY;
  let failing = false;

  async function beat(): Promise<void> {
    const problem = await ask(url);
    if (problem !== undefined && !failing) note(`the heartbeat does not get through: ${problem}`);
    if (problem === undefined && failing) note('the heartbeat gets through again');
    failing = problem !== undefined;
  }

  return () => {
    if (clock.now() - beaten < MINUTE || !healthy()) return;
    beaten = clock.now();
    void beat();
  };
}

/** @returns what was wrong, without the address that was asked. */
async function ask(url: string): Promise<string | undefined> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) });
    await answer.body?.cancel();
    return answer.ok ? undefined : `HTTP ${answer.status}`;
  } catch (error) {
    const { name, cause } = error as Error;
    if (name === 'TimeoutError') return `no answer within ${PATIENCE_MS / 1_000} seconds`;
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    return typeof code === 'string' ? code : 'no connection';
  }
}
