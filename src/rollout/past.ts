import type { Rollout, Stage } from './state.ts';

/** A rollout that is closed, in a line. Times are milliseconds since the epoch. */
export interface Past {
  readonly id: string;
  readonly service: string;
  readonly version: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly outcome: Extract<Stage['at'], 'done' | 'rolled-back' | 'cancelled'>;
  /** Who started it. */
  readonly by: string;
  readonly why?: string;
  /** Name of the backup's document, when one was taken. */
  readonly backup?: string;
}

/** @throws Error when the rollout still goes on. */
export function pastOf(rollout: Rollout): Past {
  const { id, service, version, startedAt, stage, starter, backup } = rollout;
  if (stage.at !== 'done' && stage.at !== 'rolled-back' && stage.at !== 'cancelled') {
    throw new Error(`The rollout ${id} still goes on, at '${stage.at}'.`);
  }
  return {
    id,
    service,
    version,
    startedAt,
    endedAt: rollout.endedAt ?? startedAt,
    outcome: stage.at,
    by: starter.name,
    ...(stage.at === 'rolled-back' && { why: stage.reason }),
    ...(backup && { backup }),
  };
}
