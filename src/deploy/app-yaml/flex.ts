import { flag, listOf, not, number, pattern, seconds, text, whole, word } from './kinds.ts';
import { shape } from './shape.ts';

const NAME = /[a-z](?:[a-z\d-]{0,61}[a-z\d])?/;
const NAME_WORDS = 'a name of lower-case letters, digits and dashes';

const HEALTH = {
  enable_health_check: { to: 'disableHealthCheck', read: not },
  check_interval_sec: { to: 'checkInterval', read: seconds(0) },
  timeout_sec: { to: 'timeout', read: seconds(0) },
  unhealthy_threshold: { to: 'unhealthyThreshold', read: whole(0) },
  healthy_threshold: { to: 'healthyThreshold', read: whole(0) },
  restart_threshold: { to: 'restartThreshold', read: whole(0) },
  host: { to: 'host', read: text },
};

const PROBE = {
  check_interval_sec: { to: 'checkInterval', read: seconds(0) },
  timeout_sec: { to: 'timeout', read: seconds(0) },
  failure_threshold: { to: 'failureThreshold', read: whole(0) },
  success_threshold: { to: 'successThreshold', read: whole(0) },
  path: { to: 'path', read: text },
  host: { to: 'host', read: text },
};

export const healthCheck = shape(HEALTH);
export const livenessCheck = shape({
  ...PROBE,
  initial_delay_sec: { to: 'initialDelay', read: seconds(0) },
});
export const readinessCheck = shape({
  ...PROBE,
  app_start_timeout_sec: { to: 'appStartTimeout', read: seconds(0) },
});

export const resources = shape({
  cpu: { to: 'cpu', read: number() },
  memory_gb: { to: 'memoryGb', read: number() },
  disk_size_gb: { to: 'diskGb', read: whole() },
  volumes: {
    to: 'volumes',
    read: listOf(
      shape({
        name: { to: 'name', read: text, required: true },
        size_gb: { to: 'sizeGb', read: number(), required: true },
        volume_type: { to: 'volumeType', read: text, required: true },
      }),
    ),
  },
});

export const network = shape({
  forwarded_ports: {
    to: 'forwardedPorts',
    read: listOf(pattern(/[0-9]+(?::[0-9]+)?(?:\/(?:udp|tcp))?/, 'a port such as "8080" or "2222:22/tcp"')),
  },
  instance_tag: { to: 'instanceTag', read: pattern(NAME, NAME_WORDS) },
  name: {
    to: 'name',
    read: pattern(
      /[a-z\d-]+(?:\/[a-z\d-]+)*/,
      'a network such as "default" or "projects/p/global/networks/n"',
    ),
  },
  subnetwork_name: { to: 'subnetworkName', read: pattern(NAME, NAME_WORDS) },
  session_affinity: { to: 'sessionAffinity', read: flag },
  instance_ip_mode: {
    to: 'instanceIpMode',
    read: pattern(/EXTERNAL|external|INTERNAL|internal/, 'external or internal'),
  },
});

export const vpcAccessConnector = shape({
  name: {
    to: 'name',
    required: true,
    read: pattern(
      /[a-z\d-]+(?:\/.+)*/,
      'a connector such as "projects/PROJECT/locations/REGION/connectors/NAME"',
    ),
  },
  egress_setting: {
    to: 'egressSetting',
    read: word({ 'all-traffic': 'ALL_TRAFFIC', 'private-ranges-only': 'PRIVATE_IP_RANGES' }),
  },
});
