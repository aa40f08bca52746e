import * as v from 'valibot';
import { about, duration } from '../leaves.ts';

const COUNT = 'a whole number from 1 to 200';

export const cleaning = v.optional(
  v.pipe(
    v.strictObject(
      {
        keep: v.optional(
          v.pipe(
            v.number(COUNT),
            v.integer(COUNT),
            v.minValue(1, COUNT),
            v.maxValue(200, COUNT),
            about('How many versions of a service stay, the newest.'),
          ),
          10,
        ),
        olderThan: v.optional(duration('Whatever is younger stays as well.', '1h'), '30d'),
      },
      'a map with keep and olderThan',
    ),
    about(
      'What `/versions clean` proposes to delete: old versions that have no traffic and are nobody’s way back. App Engine takes 210 in all.',
    ),
  ),
  {},
);
