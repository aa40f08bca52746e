import * as v from 'valibot';
import { about, text, zone as zoneLeaf } from '../leaves.ts';
import { report } from '../rules.ts';
import { faultOfTemplate } from '../version-template.ts';

export const project = v.exactOptional(
  v.pipe(
    v.string('the id of a project of Google Cloud'),
    // Older projects have the name of a domain and a colon before it.
    v.regex(
      /^([a-z\d.-]+:)?[a-z][a-z\d-]{4,28}[a-z\d]$/,
      'the id of a project: 6 to 30 lower-case letters, digits and hyphens, a letter first',
    ),
    about(
      'The project that the plan is for. Sluice does not start for another one. Left out: any.',
      'quant-trading-system',
    ),
  ),
);

export const region = v.exactOptional(
  v.pipe(
    v.string('a region such as us-central1'),
    v.regex(/^[a-z]+-[a-z]+\d*$/, 'a region such as us-central1'),
    about('Where the app of the project must be. Left out: anywhere.', 'us-central1'),
  ),
);

export const zone = v.optional(
  zoneLeaf('The time zone of after-care, and of all other times that name none.'),
  'UTC',
);

export const version = v.optional(
  v.pipe(
    text,
    about(
      'The id that is suggested for a new version. {date} becomes 20261224, {time} 183000, {git} the first 7 characters of the commit.',
      'v{date}-{git}',
    ),
    // For editors; how long it gets, and words that are taken, are found later.
    v.metadata({ pattern: '^([a-z\\d-]|\\{(date|time|git)\\})+$' }),
    v.rawCheck(({ dataset, addIssue }) => {
      const says = dataset.typed && faultOfTemplate(dataset.value);
      if (says) report(addIssue, [{ path: [], says }]);
    }),
  ),
  'v{date}t{time}',
);
