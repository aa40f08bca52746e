import * as v from 'valibot';
import { number } from '../leaves.ts';
import type { Breach } from '../rules.ts';
import type { Limits } from '../terms.ts';

/** The keys of the limits of a figure. */
export const limitEntries = {
  atLeast: v.exactOptional(number('The least that is good.', 3)),
  atMost: v.exactOptional(number('The most that is good.', 7)),
};

/** A figure that nothing is asked of is no check. */
export function limited(limits: Limits): Breach[] {
  if (limits.atLeast === undefined && limits.atMost === undefined) {
    return [{ path: [], says: "should have 'atLeast', 'atMost' or both: nothing is asked of the figure" }];
  }
  return ordered(limits);
}

export function ordered({ atLeast, atMost }: Limits): Breach[] {
  if (atLeast === undefined || atMost === undefined || atLeast <= atMost) return [];
  return [{ path: ['atLeast'], says: `is ${atLeast}, which is above its 'atMost' of ${atMost}` }];
}
