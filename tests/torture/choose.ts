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
  const random = mulberry(seed);
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

/** Numbers from 0 to below 1 (mulberry32). */
function mulberry(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
