import * as v from 'valibot';
import { about, text } from '../leaves.ts';
import { type Breach, namedOnce, report } from '../rules.ts';
import { SAYS, SUBJECTS } from '../terms.ts';
import { metricFilter } from './metric-filter.ts';

/** @param what the key's description. */
export function say(what: string) {
  return v.optional(v.pipe(v.picklist(SAYS, 'required, usual or advisory'), about(what)), 'usual');
}

const LABEL = 'a label such as resource.labels.version_id or metric.labels.version';

const judgedMetric = v.pipe(
  v.strictObject(
    {
      name: v.pipe(text, about('How messages call the metric.', 'signals')),
      filter: metricFilter,
      measure: v.optional(
        v.pipe(
          v.picklist(['sum', 'mean'], 'sum or mean'),
          about(
            'sum: so many things happened, which is compared per request. mean: a level, such as a quality or a depth.',
          ),
        ),
        'sum',
      ),
      bad: v.pipe(
        v.picklist(['increase', 'decrease'], 'increase or decrease'),
        about('Which way is bad, compared with the old version.', 'decrease'),
      ),
      version: v.optional(
        v.pipe(
          text,
          v.regex(/^(resource|metric)\.labels\.[A-Za-z][A-Za-z0-9_]*$/, LABEL),
          about(
            "The label that tells which version wrote a point. With App Engine's own, only points of the service that is released are taken.",
          ),
        ),
        'resource.labels.version_id',
      ),
      say: say("What its word counts for, as in 'say'."),
    },
    'a metric such as { name: signals, filter: ..., bad: decrease }',
  ),
  v.rawCheck(({ dataset, addIssue }) => {
    if (dataset.typed) report(addIssue, taken(dataset.value.name));
  }),
);

/** A name that would be mixed up with what every release is judged by. */
function taken(name: string): Breach[] {
  const known: readonly string[] = [...SUBJECTS, '5xx', 'error logs'];
  if (!known.includes(name) && !/^p\d/.test(name)) return [];
  const says = `is ${JSON.stringify(name)}, which every release is judged by: call it differently`;
  return [{ path: ['name'], says }];
}

export const judgedMetrics = v.optional(
  v.pipe(
    v.array(judgedMetric, 'a list of metrics'),
    about('Metrics of your own that both versions are compared by, minute by minute.', [
      {
        name: 'signals',
        filter: 'metric.type="logging.googleapis.com/user/signals"',
        bad: 'decrease',
      },
    ]),
    v.rawCheck(({ dataset, addIssue }) => report(addIssue, namedOnce(dataset.value, 'name'))),
  ),
  [],
);
