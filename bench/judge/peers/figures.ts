import { type PointLine, upsert } from '../../../src/monitor/judge/protocol.ts';
import type { Header, Tick } from '../wire.ts';

/** The points of a window as a store of metrics holds them: the newest word on each minute. */
export interface Figures {
  take(tick: Tick): void;
  /** Of the minutes in [from, to), oldest first. */
  points(arm: PointLine['v'], from: number, to: number): readonly PointLine[];
  /**
   * End of the newest minute that can be asked for at minute `t`: the canary's last one that is there, or that for
   * which the longest delay is over. The peers were made for stores that answer at once; failing them for figures that
   * are merely late would be no comparison. Undefined while there is none.
   */
  end(t: number): number | undefined;
}

export function openFigures(header: Header): Figures {
  const known = new Map<string, PointLine>();
  let newest = -1;
  return {
    take({ points }) {
      for (const point of points) {
        const key = `${point.v} ${point.m}`;
        known.set(key, upsert(known.get(key), point));
        if (point.v === 'canary') newest = Math.max(newest, point.m);
      }
    },
    points: (arm, from, to) =>
      Array.from({ length: to - from }, (_, i) => known.get(`${arm} ${from + i}`)).flatMap((p) => p ?? []),
    end(t) {
      const end = Math.max(newest + 1, t - header.maxDelayMin - 1);
      return end > 0 ? end : undefined;
    },
  };
}

export function requestsOf(points: readonly PointLine[]): number {
  return points.reduce((sum, p) => sum + Object.values(p.rc ?? {}).reduce((a, b) => a + b, 0), 0);
}

/** Part of the responses that are 5xx; NaN without any, as a division in PromQL gives. */
export function errorRate(points: readonly PointLine[]): number {
  return points.reduce((sum, p) => sum + (p.rc?.['5xx'] ?? 0), 0) / requestsOf(points);
}

/**
 * A quantile of all latencies in milliseconds, linear inside its bucket as Prometheus' `histogram_quantile` has it; the
 * lower border of the last bucket, which has no other. NaN without any.
 */
export function latency(header: Header, points: readonly PointLine[], q: number): number {
  const { scale, growthFactor, numFiniteBuckets } = header.buckets.exponential;
  const counts: number[] = [];
  for (const { lat = [], latLoading = [] } of points) {
    for (const [i, n] of lat.entries()) counts[i] = (counts[i] ?? 0) + n;
    for (const [i, n] of latLoading.entries()) counts[i] = (counts[i] ?? 0) + n;
  }
  const sums = Array.from(counts, (n) => n ?? 0);
  let left = q * sums.reduce((a, b) => a + b, 0);
  if (left === 0) return Number.NaN;
  for (const [i, n] of sums.entries()) {
    const low = i === 0 ? 0 : scale * growthFactor ** (i - 1);
    if (i > numFiniteBuckets) return low;
    if (n > 0 && left <= n) return low + ((scale * growthFactor ** i - low) * left) / n;
    left -= n;
  }
  return Number.NaN;
}
