import * as v from 'valibot';
import { about, duration, number, shareOfAll, text } from '../leaves.ts';
import { namedOnce, report } from '../rules.ts';
import { MEASURES } from '../terms.ts';
import { limitEntries, limited } from './limits.ts';
import { metricFilter } from './metric-filter.ts';
import { run, runnable, shell, within } from './own-command.ts';
import { pageEntries } from './page-test.ts';

/** What a sentence calls a check. */
const CHECK = 'a check such as { name: errors, kind: errors, atMost: 1 % }';

const MILLISECONDS = 'a number of milliseconds from 1 on';

const name = v.pipe(text, about('How messages call the check.', 'signals a day'));

/** @param what the kind's description. */
function kind<const K extends string>(word: K, what: string) {
  return v.pipe(v.literal(word), about(what));
}

const per = v.exactOptional(
  duration('The count is told for a span of this length: 1d for so many a day.', '1m', '365d', '1d'),
);

const errors = v.strictObject(
  {
    name,
    kind: kind('errors', 'How many of the responses are 5xx.'),
    atMost: shareOfAll('The largest share of the responses that is good.', '1 %'),
  },
  CHECK,
);

const latency = v.strictObject(
  {
    name,
    kind: kind('latency', 'How long the slow requests take: the 95th percentile.'),
    atMost: v.pipe(
      number('The longest that is good, in milliseconds.', 800, MILLISECONDS),
      v.minValue(1, MILLISECONDS),
    ),
  },
  CHECK,
);

const logs = v.pipe(
  v.strictObject(
    {
      name,
      kind: kind('logs', 'How many entries the log has.'),
      filter: v.pipe(
        text,
        about(
          "Which entries, in Cloud Logging's language. The service, its version and the span are added.",
          'jsonPayload.event="signal"',
        ),
      ),
      per,
      ...limitEntries,
    },
    CHECK,
  ),
  v.rawCheck(({ dataset, addIssue }) => {
    if (dataset.typed) report(addIssue, limited(dataset.value));
  }),
);

const metric = v.pipe(
  v.strictObject(
    {
      name,
      kind: kind('metric', 'Any figure of Cloud Monitoring, also of a metric of your own.'),
      filter: metricFilter,
      measure: v.pipe(
        v.picklist(MEASURES, 'sum, mean, min, max, p50, p95 or p99'),
        about('How the points become one number.', 'sum'),
      ),
      per,
      ...limitEntries,
    },
    CHECK,
  ),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const { measure, per } = dataset.value;
    if (per !== undefined && measure !== 'sum') {
      const says = `goes with the measure sum only, as no other grows with the span, but the measure is ${measure}`;
      report(addIssue, [{ path: ['per'], says }]);
    }
    report(addIssue, limited(dataset.value));
  }),
);

const page = v.strictObject(
  { name, kind: kind('page', 'A request that must be answered as it should.'), ...pageEntries },
  CHECK,
);

const command = v.pipe(
  v.strictObject(
    {
      name,
      kind: kind('command', 'A command of your own.'),
      run: run("What is run in the service's folder. Exit code 0 is good.", './check-signals.sh'),
      shell,
      within,
    },
    CHECK,
  ),
  v.rawCheck(({ dataset, addIssue }) => dataset.typed && report(addIssue, runnable(dataset.value))),
);

const probe = v.variant('kind', [errors, latency, logs, metric, page, command], CHECK);

/**
 * A list of checks, none unless the plan says so.
 * @param what the key's description.
 */
export function probes(what: string) {
  return v.optional(
    v.pipe(
      v.array(probe, 'a list of checks'),
      about(what, [{ name: 'errors', kind: 'errors', atMost: '1 %' }]),
      v.rawCheck(({ dataset, addIssue }) => report(addIssue, namedOnce(dataset.value, 'name'))),
    ),
    [],
  );
}
