import { seeded } from '../../bench/judge/random.ts';
import type { Recording } from './cell.ts';
import type { Point } from './points.ts';

export interface Chosen {
  readonly recording: Recording;
  readonly point: Point;
}

/**
 * So many of the cells, the same for the same seed. Kinds and moments take turns, so that a rare one is not drowned by
 * those that come by the hundred.
 */
export function choose(all: readonly Chosen[], count: number, seed: number): Chosen[] {
  const random = seeded(seed).uniform;
  const kinds = new Map<string, Chosen[]>();
  for (const one of shuffled(all, random)) {
    const kind = `${one.point.moment} ${one.point.kind}`;
    kinds.set(kind, [...(kinds.get(kind) ?? []), one]);
  }
  const heaps = shuffled([...kinds.values()], random);
  const longest = Math.max(0, ...heaps.map((heap) => heap.length));
  return Array.from({ length: longest }, (_, i) => heaps.flatMap((heap) => heap[i] ?? []))
    .flat()
    .slice(0, count);
}

function shuffled<T>(list: readonly T[], random: () => number): T[] {
  return list
    .map((one) => ({ one, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ one }) => one);
}
