import type { Split } from '../../plan/split.ts';
import type { Who } from '../../rollout/draft.ts';
import type { Check, CronChange } from '../../rollout/events.ts';

/** A backup beside what is there now. */
export interface Comparison {
  readonly service: string;
  /** Milliseconds since the epoch. */
  readonly takenAt: number;
  readonly traffic: { readonly saved: Split; readonly live: Split };
  /** What putting the cron jobs back would do; a sentence where the backup has none. */
  readonly cron: CronChange | { readonly unread: string };
  /** Why nothing may be moved now; absent when it may. */
  readonly kept?: string;
}

/** Brings back what an earlier backup holds, outside any rollout. Errors thrown are sentences. */
export interface Restorer {
  compare(id: string): Promise<Comparison>;
  /** Moves the traffic if the live split is still `expected`. @returns the split that is live then. */
  traffic(id: string, expected: Split, by: Who): Promise<Split>;
  cron(id: string, by: Who): Promise<readonly Check[]>;
}
