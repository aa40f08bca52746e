import { expect, test } from 'vitest';
import { runMixture } from './mixture.ts';

test.for([11, 4008, 4009])(
  'under the faults of seed %d the release ends as people wish, and all that must hold does',
  {
    timeout: 240_000,
  },
  async (seed) => {
    const { end, broken, hits } = await runMixture(seed);
    expect(broken).toEqual([]);
    expect(end).toMatch(/^(done|rolled-back)$/);
    expect(hits).toBeGreaterThan(0);
  },
);
