import { fault, type Spot, said } from './document.ts';
import { idleTimeout, latency, listOf, number, pattern, type Read, seconds, text, whole } from './kinds.ts';
import { type Fields, type Given, shape } from './shape.ts';

/** A number from 1 on, without zeros in front. */
const count: Read<number> = (spot) => exact(pattern(/[1-9][0-9]*/, 'a whole number from 1 on')(spot), spot);

/** `automatic` leaves the choice to App Engine, which is written as 0. */
const idle: Read<number> = (spot) => {
  const value = pattern(/[0-9]+|automatic/, 'a whole number or automatic')(spot);
  return value === 'automatic' ? 0 : exact(value, spot);
};

/** @throws where JSON would carry another number. */
function exact(digits: string, spot: Spot): number {
  const value = Number(digits);
  if (Number.isSafeInteger(value)) return value;
  throw fault(spot, `${spot.key} is too large: ${said(spot)}.`);
}

const CPU: Fields = {
  target_utilization: { to: 'targetUtilization', read: number({ from: 1e-6, to: 1 }) },
  aggregation_window_length_sec: { to: 'aggregationWindowLength', read: seconds(1) },
};

/** Checked by gcloud, and then not sent by its current API. */
const CUSTOM_METRIC: Fields = {
  metric_name: { read: pattern(/\S+/, 'a name without spaces'), required: true },
  target_type: {
    read: pattern(/GAUGE|DELTA_PER_SECOND|DELTA_PER_MINUTE/, 'GAUGE, DELTA_PER_SECOND or DELTA_PER_MINUTE'),
    required: true,
  },
  target_utilization: { read: number() },
  single_instance_assignment: { read: number() },
  filter: { read: text },
};

/** The first block is for the standard environment, the rest for flex; gcloud takes either in both. */
const AUTOMATIC: Fields = {
  min_instances: { to: 'standardSchedulerSettings.minInstances', read: whole() },
  max_instances: { to: 'standardSchedulerSettings.maxInstances', read: whole() },
  target_cpu_utilization: { to: 'standardSchedulerSettings.targetCpuUtilization', read: number() },
  target_throughput_utilization: {
    to: 'standardSchedulerSettings.targetThroughputUtilization',
    read: number(),
  },
  min_idle_instances: { to: 'minIdleInstances', read: idle },
  max_idle_instances: { to: 'maxIdleInstances', read: idle },
  min_pending_latency: { to: 'minPendingLatency', read: latency },
  max_pending_latency: { to: 'maxPendingLatency', read: latency },
  max_concurrent_requests: { to: 'maxConcurrentRequests', read: count },

  min_num_instances: { to: 'minTotalInstances', read: whole(1) },
  max_num_instances: { to: 'maxTotalInstances', read: whole(1) },
  cool_down_period_sec: { to: 'coolDownPeriod', read: seconds(60) },
  cpu_utilization: { to: 'cpuUtilization', read: shape(CPU) },
  target_network_sent_bytes_per_sec: { to: 'networkUtilization.targetSentBytesPerSecond', read: whole(1) },
  target_network_sent_packets_per_sec: {
    to: 'networkUtilization.targetSentPacketsPerSecond',
    read: whole(1),
  },
  target_network_received_bytes_per_sec: {
    to: 'networkUtilization.targetReceivedBytesPerSecond',
    read: whole(1),
  },
  target_network_received_packets_per_sec: {
    to: 'networkUtilization.targetReceivedPacketsPerSecond',
    read: whole(1),
  },
  target_disk_write_bytes_per_sec: { to: 'diskUtilization.targetWriteBytesPerSecond', read: whole(1) },
  target_disk_write_ops_per_sec: { to: 'diskUtilization.targetWriteOpsPerSecond', read: whole(1) },
  target_disk_read_bytes_per_sec: { to: 'diskUtilization.targetReadBytesPerSecond', read: whole(1) },
  target_disk_read_ops_per_sec: { to: 'diskUtilization.targetReadOpsPerSecond', read: whole(1) },
  target_request_count_per_sec: { to: 'requestUtilization.targetRequestCountPerSecond', read: whole(1) },
  target_concurrent_requests: { to: 'requestUtilization.targetConcurrentRequests', read: whole(1) },
  custom_metrics: { read: listOf(shape(CUSTOM_METRIC, oneTarget)) },
};

export const automaticScaling = shape(AUTOMATIC);

export const basicScaling = shape({
  max_instances: { to: 'maxInstances', read: count, required: true },
  idle_timeout: { to: 'idleTimeout', read: idleTimeout },
});

export const manualScaling = shape({ instances: { to: 'instances', read: count, required: true } });

function oneTarget(given: Given, spot: Spot): void {
  const targets = ['target_utilization', 'single_instance_assignment'].filter((k) => given.get(k)?.value);
  if (targets.length !== 1) {
    throw fault(
      spot,
      `${spot.key} needs one of target_utilization and single_instance_assignment, not both.`,
    );
  }
}
