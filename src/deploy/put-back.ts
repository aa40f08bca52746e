import type { Check } from '../plan/terms.ts';
import type { Backup } from './backup.ts';

export interface PutBackRequest {
  readonly service: string;
  /** Where app.yaml and cron.yaml are to stand as in the backup; absent: files are left alone. */
  readonly folder?: string;
  readonly backup: Backup;
  /** This rollout has changed the cron jobs. Otherwise they are only compared. */
  readonly cron: boolean;
}

export interface PutBack {
  /** What was read back, against the backup. */
  readonly checks: readonly Check[];
  /** Files that were written over, and what stood in them. */
  readonly replaced: readonly { readonly path: string; readonly text: string }[];
}

export async function putBack(_request: PutBackRequest): Promise<PutBack> {
  throw new Error('Putting back is not written yet.');
}
