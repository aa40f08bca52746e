import { createHash } from 'node:crypto';
import type { Split } from '../../plan/split.ts';

/** Brings back a part of a backup. The traffic's button says on which live split it was shown. */
export type RestorePress =
  | { readonly kind: 'restore-traffic'; readonly rollout: string; readonly seen: string }
  | { readonly kind: 'restore-cron'; readonly rollout: string };

export function buildRestoreData(press: RestorePress): string {
  return press.kind === 'restore-cron' ? `bc/${press.rollout}` : `bt/${press.rollout}/${press.seen}`;
}

export function parseRestoreData(data: string): RestorePress | undefined {
  const [, letters, rollout = '', seen] = /^(bc|bt)\/([a-z0-9]+)(?:\/([0-9a-f]{12}))?$/.exec(data) ?? [];
  if (letters === 'bc' && seen === undefined) return { kind: 'restore-cron', rollout };
  return letters === 'bt' && seen !== undefined ? { kind: 'restore-traffic', rollout, seen } : undefined;
}

/** A few characters that tell one split from another. */
export function digestOf({ shares, shardBy }: Split): string {
  const parts = Object.entries(shares).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([shardBy, parts]))
    .digest('hex')
    .slice(0, 12);
}
