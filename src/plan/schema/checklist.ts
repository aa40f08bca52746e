import * as v from 'valibot';
import { BUILT_IN_CHECKLIST } from '../built-in-checklist.ts';
import { about, text } from '../leaves.ts';
import { report } from '../rules.ts';
import { run, runnable, shell, within } from './own-command.ts';

const item = v.pipe(
  v.strictObject(
    {
      text: v.pipe(text, about('What is to be done.', 'Run the load test')),
      required: v.optional(
        v.pipe(
          v.boolean('true or false'),
          about('Whether the deployment stays shut while the item is open.'),
        ),
        true,
      ),
      run: v.exactOptional(
        run("What is run in the service's folder; exit code 0 ticks the item.", 'npm run load-test'),
      ),
      shell,
      within,
    },
    'a map with text, required, run, shell and within',
  ),
  v.rawCheck(({ dataset, addIssue }) => dataset.typed && report(addIssue, runnable(dataset.value))),
);

/** What an item is that was written as a text alone. */
const plain = v.pipe(
  text,
  v.transform((said) => v.parse(item, { text: said })),
);

const section = v.strictObject(
  {
    title: v.pipe(text, about('What the section is about.', 'Testing')),
    items: v.pipe(
      v.array(
        v.union([plain, item], 'a text, or a map such as { text: Run the tests, run: npm test }'),
        'a list of items',
      ),
      v.nonEmpty('a list of one item or more'),
      about('What is ticked, one by one; a text alone is a required item without a command.', [
        'Run the load test',
        { text: 'Run the tests', run: 'npm test' },
      ]),
    ),
  },
  'a section with a title and items',
);

export type WrittenSection = v.InferInput<typeof section>;

export const checklist = v.optional(
  v.pipe(
    v.array(section, 'a list of sections'),
    about('What people tick before a release begins. []: nothing.', [
      {
        title: 'Testing',
        items: [
          { text: 'Run the tests', run: 'npm test' },
          'Try the sign-in by hand',
          { text: 'Try it on an old phone', required: false },
        ],
      },
    ]),
  ),
  () => [...BUILT_IN_CHECKLIST],
);
