import type { Node } from 'yaml';
import {
  asDuration,
  asMap,
  asNumber,
  asText,
  asWhole,
  entriesOf,
  unknownKey,
  type YamlFile,
} from './document.ts';

type Read = (file: YamlFile, key: string, node: Node | null) => unknown;

interface Field {
  /** Where it goes in App Engine's version resource. */
  readonly path: readonly [string] | readonly [string, string];
  readonly read: Read;
}

/** `automatic` leaves the choice to App Engine: for idle instances that is written as 0, for latencies as nothing. */
const idle: Read = (file, key, node) =>
  asText(file, key, node) === 'automatic' ? 0 : asWhole(file, key, node);
const latency: Read = (file, key, node) =>
  asText(file, key, node) === 'automatic' ? undefined : asDuration(file, key, node);

const AUTOMATIC: Readonly<Record<string, Field>> = {
  min_instances: { path: ['standardSchedulerSettings', 'minInstances'], read: asWhole },
  max_instances: { path: ['standardSchedulerSettings', 'maxInstances'], read: asWhole },
  target_cpu_utilization: { path: ['standardSchedulerSettings', 'targetCpuUtilization'], read: asNumber },
  target_throughput_utilization: {
    path: ['standardSchedulerSettings', 'targetThroughputUtilization'],
    read: asNumber,
  },
  min_idle_instances: { path: ['minIdleInstances'], read: idle },
  max_idle_instances: { path: ['maxIdleInstances'], read: idle },
  min_pending_latency: { path: ['minPendingLatency'], read: latency },
  max_pending_latency: { path: ['maxPendingLatency'], read: latency },
  max_concurrent_requests: { path: ['maxConcurrentRequests'], read: asWhole },
};

const BASIC: Readonly<Record<string, Field>> = {
  max_instances: { path: ['maxInstances'], read: asWhole },
  idle_timeout: { path: ['idleTimeout'], read: asDuration },
};

const MANUAL: Readonly<Record<string, Field>> = {
  instances: { path: ['instances'], read: asWhole },
};

export const readAutomatic = reader(AUTOMATIC);
export const readBasic = reader(BASIC);
export const readManual = reader(MANUAL);

function reader(fields: Readonly<Record<string, Field>>) {
  return (file: YamlFile, key: string, node: Node | null): object => {
    const result: Record<string, unknown> = {};
    const nested: Record<string, Record<string, unknown>> = {};
    for (const entry of entriesOf(file, asMap(file, key, node))) {
      const field = fields[entry.key];
      if (!field) throw unknownKey(file, entry.keyNode, entry.key, Object.keys(fields), `in ${key}`);
      const value = field.read(file, `${key}.${entry.key}`, entry.value);
      if (value === undefined) continue;
      const [outer, inner] = field.path;
      if (inner === undefined) result[outer] = value;
      else {
        nested[outer] ??= {};
        nested[outer][inner] = value;
      }
    }
    return { ...result, ...nested };
  };
}
