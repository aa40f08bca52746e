import * as v from 'valibot';
import { about, text } from '../leaves.ts';

/** Names a metric, wherever the plan does. */
export const metricFilter = v.pipe(
  text,
  v.regex(/\bmetric\.type\s*=/, 'a filter that names its metric.type'),
  about("Which series, in Cloud Monitoring's language.", 'metric.type="logging.googleapis.com/user/signals"'),
);
