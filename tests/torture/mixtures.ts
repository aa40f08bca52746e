import { type Outcome, runMixture } from '../hazards/mixture.ts';

/**
 * Plays stories under faults of all neighbours, one seed after the other, until the time is over.
 * @param end on the clock of performance.now().
 * @returns how many of them broke something.
 */
export async function playMixtures(
  first: number,
  count: number,
  end: number,
  say: (line: string) => void,
): Promise<number> {
  let played = 0;
  let broken = 0;
  for (let seed = first; seed < first + count && performance.now() < end; seed++) {
    const outcome = await runMixture(seed);
    played++;
    if (isBroken(outcome)) broken++;
    say(sayOutcome(outcome));
  }
  say(`${played} of ${count} mixtures played, ${broken} broken; seeds from ${first}`);
  return broken;
}

function isBroken({ broken, end }: Outcome): boolean {
  return broken.length > 0 || !['done', 'rolled-back'].includes(end);
}

function sayOutcome(outcome: Outcome): string {
  const { seed, end, hits, acts, faults, broken } = outcome;
  const word = isBroken(outcome) ? 'BROKEN' : 'held';
  const story = `mixture ${seed} ${word}: ${end}, ${hits} requests hit; ${acts.join(', ')}`;
  return isBroken(outcome) ? [story, ...faults, ...broken].join('\n    ') : story;
}
