import type { JudgedMetric } from '../plan/terms.ts';
import type { VersionMetric } from './amounts.ts';
import type { MetricKind } from './metric-kind.ts';
import type { Aligner, Reducer } from './time-series.ts';

// What App Engine and its logs write by themselves, for the resource gae_app; kinds and labels as in Google's list of
// metrics. Zones, states of instances and sources split them further, so that all are summed up.

const VERSION = 'resource.labels.version_id';

function ofService(type: string, service: string, more: readonly string[] = []): string {
  return [
    `metric.type="${type}"`,
    'resource.type="gae_app"',
    `resource.labels.module_id=${JSON.stringify(service)}`,
    ...more,
  ].join(' AND ');
}

function metric(called: string, filter: string, aligner: Aligner, reducer: Reducer): VersionMetric {
  return { called, filter, version: VERSION, aligner, reducer };
}

/** Bytes of all instances. Standard environment. */
export function memory(service: string): VersionMetric {
  const filter = ofService('appengine.googleapis.com/system/memory/usage', service);
  return metric('the memory', filter, 'ALIGN_MEAN', 'REDUCE_SUM');
}

export function instances(service: string): VersionMetric {
  const filter = ofService('appengine.googleapis.com/system/instance_count', service);
  return metric('the number of instances', filter, 'ALIGN_MEAN', 'REDUCE_SUM');
}

/** Megacycles of all instances. Standard environment. */
export function cpu(service: string): VersionMetric {
  const filter = ofService('appengine.googleapis.com/system/cpu/usage', service);
  return metric('the CPU time', filter, 'ALIGN_SUM', 'REDUCE_SUM');
}

/** Share of the cores that is busy, the mean over the instances. Flexible environment. */
export function flexUtilization(service: string): VersionMetric {
  const filter = ofService('appengine.googleapis.com/flex/cpu/utilization', service);
  return metric('the CPU utilization', filter, 'ALIGN_MEAN', 'REDUCE_MEAN');
}

/** Cores of all instances. Flexible environment. */
export function flexCores(service: string): VersionMetric {
  const filter = ofService('appengine.googleapis.com/flex/cpu/reserved_cores', service);
  return metric('the cores', filter, 'ALIGN_MEAN', 'REDUCE_SUM');
}

/** Lines that the app and the platform wrote; those of the request logs say again what the statuses say. */
export function errorLogs(service: string): VersionMetric {
  const filter = ofService('logging.googleapis.com/log_entry_count', service, [
    'metric.labels.severity=one_of("ERROR","CRITICAL","ALERT","EMERGENCY")',
    'metric.labels.log!=monitoring.regex.full_match(".*(request_log|nginx.request)")',
  ]);
  return metric('the number of error logs', filter, 'ALIGN_SUM', 'REDUCE_SUM');
}

/** A metric of the team's own; with App Engine's own label of the version, of this service alone. */
export function ownFilter({ filter, version }: JudgedMetric, service: string): string {
  if (version !== VERSION || filter.includes('module_id')) return filter;
  return `${filter} AND resource.labels.module_id=${JSON.stringify(service)}`;
}

/** How a metric's points become one number a minute. */
export function alignment(
  measure: JudgedMetric['measure'],
  { kind, type }: MetricKind,
): { readonly aligner: Aligner; readonly reducer: Reducer } | { readonly cannot: string } {
  if (type === 'DISTRIBUTION')
    return { aligner: kind === 'CUMULATIVE' ? 'ALIGN_DELTA' : 'ALIGN_SUM', reducer: 'REDUCE_SUM' };
  if (type !== 'INT64' && type !== 'DOUBLE')
    return { cannot: `It holds ${type}; INT64, DOUBLE or DISTRIBUTION is wanted. Correct the plan.` };
  if (measure === 'mean') {
    if (kind === 'CUMULATIVE')
      return { cannot: 'It is a running total, of which a sum can be told and no mean. Correct the plan.' };
    return { aligner: 'ALIGN_MEAN', reducer: 'REDUCE_MEAN' };
  }
  // Of what only ever grows, the growth is what can be summed up.
  return { aligner: kind === 'CUMULATIVE' ? 'ALIGN_DELTA' : 'ALIGN_SUM', reducer: 'REDUCE_SUM' };
}
