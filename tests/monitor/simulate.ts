import type { Point } from '../../src/monitor/index.ts';

/** What one simulated window looks like. */
export interface Traffic {
  readonly seed: number;
  readonly perSecond: number;
  readonly share: number;
  readonly minutes: number;
  /** Error rates. */
  readonly baseErrors: number;
  readonly canaryErrors: number;
  /** Factor and addition to the canary's latencies. */
  readonly slower?: number;
  readonly addMs?: number;
  /** Both sides from this minute on, as when a common dependency fails. */
  readonly incident?: { readonly minute: number; readonly errors: number };
  /** Minute at which the canary's fault sets in. */
  readonly onset?: number;
}

const GROWTH = Math.SQRT2;
const BOUNDS = Array.from({ length: 65 }, (_, i) => GROWTH ** i);
export const START = Date.UTC(2026, 0, 5, 12);

/** Seeded, so that a failure can be looked at again (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Per-minute points with the faults of real traffic: the load wanders, errors share a rate that wanders, and the
 * latencies' mix changes from minute to minute; each version is its own by a few per cent.
 */
export function simulate(traffic: Traffic): Point[] {
  const next = random(traffic.seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  const poisson = (mean: number) => {
    if (mean > 50) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
    let count = 0;
    for (let p = next(); p > Math.exp(-mean); p *= next()) count++;
    return count;
  };
  const bias = { canary: Math.exp(0.01 * normal()), baseline: Math.exp(0.01 * normal()) };
  const own = { canary: Math.exp(0.1 * normal()), baseline: Math.exp(0.1 * normal()) };
  let load = 0;
  let trouble = 0;
  const points: Point[] = [];
  for (let m = 0; m < traffic.minutes; m++) {
    load = 0.7 * load + 0.12 * Math.sqrt(1 - 0.49) * normal();
    trouble = 0.7 * trouble + 0.3 * Math.sqrt(1 - 0.49) * normal();
    for (const arm of ['canary', 'baseline'] as const) {
      const part = arm === 'canary' ? traffic.share : 1 - traffic.share;
      const requests = poisson(60 * traffic.perSecond * part * Math.exp(load));
      if (requests === 0) continue;
      const faulty = arm === 'canary' && m >= (traffic.onset ?? 0);
      const incident = traffic.incident && m >= traffic.incident.minute ? traffic.incident.errors : 0;
      const rate =
        (faulty ? traffic.canaryErrors : traffic.baseErrors) * Math.exp(trouble) * own[arm] + incident;
      const slowShare = 0.1 * Math.exp(0.1 * normal());
      const counts: number[] = [];
      let errors = 0;
      for (let i = 0; i < requests; i++) {
        if (next() < rate) errors++;
        const median = next() < slowShare ? 90 : 20;
        const factor = bias[arm] * (faulty ? (traffic.slower ?? 1) : 1);
        const ms = median * Math.exp(0.4 * normal()) * factor + (faulty ? (traffic.addMs ?? 0) : 0);
        const bucket = Math.max(0, Math.floor(Math.log(ms) / Math.log(GROWTH)) + 1);
        counts[bucket] = (counts[bucket] ?? 0) + 1;
      }
      const filled = Array.from(counts, (c) => c ?? 0);
      points.push({
        minute: START + m * 60_000,
        arm,
        requests,
        errors,
        loading: 0,
        loadingErrors: 0,
        latency: { bounds: BOUNDS, counts: filled },
      });
    }
  }
  return points;
}

/** The point at which one that judges every minute would have stopped: the first bad minute, or undefined. */
export function firstBad(points: readonly Point[], isBad: (soFar: Point[]) => boolean): number | undefined {
  const minutes = [...new Set(points.map((p) => p.minute))];
  return minutes.findIndex((m) => isBad(points.filter((p) => p.minute <= m))) + 1 || undefined;
}
