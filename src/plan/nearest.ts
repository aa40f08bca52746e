import leven from 'leven';

/** The word of `known` that somebody who wrote `word` most likely meant; undefined when none is close. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const scored = known.map((k) => ({ k, far: leven(word.toLowerCase(), k.toLowerCase()) }));
  const best = scored.toSorted((a, b) => a.far - b.far)[0];
  return best && best.far <= Math.max(2, word.length / 3) ? best.k : undefined;
}
