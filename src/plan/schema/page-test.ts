import * as v from 'valibot';
import { about, duration, number, pattern } from '../leaves.ts';
import { report } from '../rules.ts';
import { ordered } from './limits.ts';

const jsonTest = v.pipe(
  v.strictObject(
    {
      path: v.pipe(
        v.string('a path such as stats.signals.0.quality'),
        v.regex(/^[^.]+(\.[^.]+)*$/, 'names and numbers with one dot between each two'),
        about(
          'Where the value is: names of keys, and numbers of items from 0 on.',
          'stats.signals.0.quality',
        ),
      ),
      is: v.exactOptional(
        v.pipe(
          v.union([v.string(), v.number(), v.boolean()], 'a text, a number, true or false'),
          v.metadata({
            title: 'text, number, true or false',
            description: 'What the value must be. With none of the three it must merely be there.',
            examples: ['ok'],
          }),
        ),
      ),
      atLeast: v.exactOptional(number('The least that the value may be.', 3)),
      atMost: v.exactOptional(number('The most that the value may be.', 7)),
    },
    'a map such as { path: status, is: ok }',
  ),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const { is, atLeast, atMost } = dataset.value;
    const beside = atLeast === undefined ? 'atMost' : 'atLeast';
    if (is !== undefined && (atLeast !== undefined || atMost !== undefined)) {
      report(addIssue, [
        { path: ['is'], says: `leaves nothing for '${beside}' to ask: keep one of the two` },
      ]);
    }
    report(addIssue, ordered(dataset.value));
  }),
);

/** The keys of a request that must be answered as it should. */
export const pageEntries = {
  path: v.pipe(
    v.string('a path such as /healthz'),
    // Two slashes, or a slash and a backslash, begin the address of another host.
    v.regex(/^\/(?![/\\])/, 'a path that begins with one /'),
    about("What is asked for, at the new version's own address.", '/healthz'),
  ),
  status: v.optional(
    v.pipe(
      v.number('an HTTP status from 200 to 599'),
      v.integer('an HTTP status from 200 to 599'),
      v.minValue(200, 'an HTTP status from 200 to 599'),
      v.maxValue(599, 'an HTTP status from 200 to 599'),
      about('The HTTP status that must come. Redirects are not followed.'),
    ),
    200,
  ),
  body: v.exactOptional(
    pattern('What the body must contain. Nothing is asked of it when this is left out.', '"status": ?"ok"'),
  ),
  json: v.exactOptional(
    v.pipe(jsonTest, about('What a JSON body must hold at one place.', { path: 'status', is: 'ok' })),
  ),
  within: v.optional(duration('The answer must come within this time.', '1s', '60s'), '10s'),
};

export const pageTest = v.strictObject(pageEntries, 'a smoke test such as { path: /healthz }');
