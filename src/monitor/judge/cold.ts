import { COLD } from './constants.ts';

/** Where the platform does not say which requests waited for an instance: part of the canary's that may have. */
export function coldShare(m: number, requests: number): number {
  return Math.min(0.9, COLD.share * Math.exp(-m / COLD.decay) + COLD.perMinute / Math.max(1, requests));
}
