import { CARRY, ownWeight, WEIGHT } from './constants.ts';
import type { Finding, JudgeHeader } from './figures.ts';
import { isTail } from './subjects.ts';

/** The channels that every window has, and what they are weighed with. */
const WEIGHTS: Readonly<Record<string, number>> = {
  '5xx': WEIGHT.errors,
  latency: WEIGHT.latency,
  tail: WEIGHT.tail,
  'error logs': WEIGHT.errorLogs,
};
/** What remembers its last minute is not independent from one window to the next. Nor are declared levels. */
const REMEMBERING = ['memory', 'cpu'];

/**
 * What a window's evidence is worth to the next one of the same version, in nats by channel (the tails as one). Evidence
 * of independent data multiplies: with E of this window, (1 - λ) + λE is a factor that keeps every guarantee. λ is small,
 * so that quiet minutes at a small share cost little where a fault shows under more traffic only.
 */
export function carriedFrom(
  findings: readonly Finding[],
  own: Pick<JudgeHeader, 'directions' | 'levels'>,
): Record<string, number> {
  const sums = new Map<string, number>();
  for (const { channel, evidence } of findings) {
    if (REMEMBERING.includes(channel) || own.levels?.[channel]) continue;
    const key = keyOf(channel);
    sums.set(key, (sums.get(key) ?? 0) + Math.exp(evidence));
  }
  return Object.fromEntries(
    Array.from(sums, ([key, sum]) => {
      const e = sum / (WEIGHTS[key] ?? ownWeight(own));
      const nats = Math.log(1 - CARRY.stake + CARRY.stake * e);
      return [key, Math.round(100 * Math.min(nats, CARRY.most)) / 100];
    }),
  );
}

/** A finding with what the window before has left to its channel. */
export function withCarried(finding: Finding, carried: Readonly<Record<string, number>> = {}): Finding {
  const nats = carried[keyOf(finding.channel)] ?? 0;
  return nats === 0 ? finding : { ...finding, evidence: finding.evidence + nats };
}

function keyOf(channel: string): string {
  return isTail(channel) ? 'tail' : channel;
}
