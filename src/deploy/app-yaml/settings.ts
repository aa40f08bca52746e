import { isSeq } from 'yaml';
import { readBuiltins } from './builtins.ts';
import { fault, type Spot } from './document.ts';
import {
  adminConsole,
  apiConfig,
  backends,
  derivedFileTypes,
  errorHandlers,
  libraries,
} from './first-generation.ts';
import {
  healthCheck,
  livenessCheck,
  network,
  readinessCheck,
  resources,
  vpcAccessConnector,
} from './flex.ts';
import { readHandler } from './handlers.ts';
import { anyOf, expiration, expressions, flag, listOf, not, pattern, settings, text, word } from './kinds.ts';
import { pythonRegExp } from './python-regexp.ts';
import { automaticScaling, basicScaling, manualScaling } from './scaling.ts';
import { type Fields, type Given, shape } from './shape.ts';

const ID = /(?!-)[a-z\d-]{0,62}[a-z\d]/;
const PROJECT = /(?:[a-z\d-]{1,100}~)?(?:(?!-)[a-z\d\-.]{1,100}:)?(?!-)[a-z\d-]{0,99}[a-z\d]/;
const INBOUND = [
  ...['mail', 'mail_bounce', 'xmpp_message', 'xmpp_subscribe', 'xmpp_presence', 'xmpp_error'],
  ...['channel_presence', 'rest', 'warmup'],
];

const ENDPOINTS: Fields = {
  name: { to: 'name', read: pattern(/\S+/, 'a name without spaces'), required: true },
  config_id: { to: 'configId', read: pattern(/\S+/, 'an id without spaces') },
  rollout_strategy: { to: 'rolloutStrategy', read: word({ fixed: 'FIXED', managed: 'MANAGED' }) },
  trace_sampling: { to: 'disableTraceSampling', read: not },
};

/** Read here, and sent in a form that depends on other settings: see version-fields.ts. */
const HELD: Fields = {
  handlers: { read: listOf(readHandler) },
  manual_scaling: { read: manualScaling },
  vm: { read: flag },
  vm_settings: { read: settings },
  beta_settings: { read: betaSettings },
  env_variables: { read: settings },
  skip_files: { read: regularExpression, readsEmpty: true },
  builtins: { read: readBuiltins },
  includes: { read: listOf(text) },
  admin_console: { read: adminConsole },
};

/** What an included file may have. build_env_variables are read there, and then left out, as gcloud does. */
export const INCLUDE_SETTINGS: Fields = { ...HELD, build_env_variables: { read: settings } };

/** All that gcloud takes in app.yaml, for the standard environment and for flex alike. */
export const SETTINGS: Fields = {
  ...HELD,
  // Who and where.
  service: { read: pattern(ID, 'a name of lower-case letters, digits and dashes') },
  module: { read: pattern(ID, 'a name of lower-case letters, digits and dashes') },
  application: { read: pattern(PROJECT, 'a project') },
  project: { read: pattern(PROJECT, 'a project') },
  version: { read: pattern(ID, 'a name of lower-case letters, digits and dashes') },
  service_account: { to: 'serviceAccount', read: text },
  // What runs.
  runtime: { read: pattern(/gs:\/\/[a-z0-9\-._/]+|[a-z][a-z0-9\-.]{0,29}/, 'a name such as nodejs22') },
  env: { to: 'env', read: pattern(/1|2|standard|flex|flexible/, 'standard or flex') },
  entrypoint: { to: 'entrypoint', read: entrypoint },
  main: { to: 'runtimeMainExecutablePath', read: pattern(/.+/, 'a path') },
  runtime_channel: { to: 'runtimeChannel', read: text },
  runtime_config: { to: 'flexibleRuntimeSettings', read: runtimeConfig },
  flexible_runtime_settings: {
    read: shape({
      operating_system: { read: pattern(/[a-z0-9]+/, 'a name such as ubuntu22'), required: true },
      runtime_version: { read: text },
    }),
  },
  api_version: {
    to: 'runtimeApiVersion',
    read: pattern(/[\w.]{1,32}/, 'a name of letters, digits and dots'),
  },
  app_engine_apis: { to: 'appEngineApis', read: flag },
  threadsafe: { to: 'threadsafe', read: flag },
  build_env_variables: { to: 'buildEnvVariables', read: settings },
  instance_class: { to: 'instanceClass', read: text },
  source_language: { read: pattern(/[\w.-]{1,32}/, 'a name of letters, digits, dots and dashes') },
  // How many.
  automatic_scaling: { to: 'automaticScaling', read: automaticScaling },
  basic_scaling: { to: 'basicScaling', read: basicScaling },
  // How it is reached.
  inbound_services: {
    to: 'inboundServices',
    read: listOf(
      (spot) =>
        `INBOUND_SERVICE_${pattern(new RegExp(INBOUND.join('|')), anyOf(INBOUND))(spot).toUpperCase()}`,
    ),
  },
  default_expiration: { to: 'defaultExpiration', read: expiration },
  error_handlers: { to: 'errorHandlers', read: errorHandlers },
  standard_websocket: { to: 'enableStandardWebsocket', read: flag },
  vpc_access_connector: { to: 'vpcAccessConnector', read: vpcAccessConnector },
  endpoints_api_service: { to: 'endpointsApiService', read: shape(ENDPOINTS, oneRollout) },
  api_config: { to: 'apiConfig', read: apiConfig },
  auto_id_policy: { read: word({ default: 'default', legacy: 'legacy' }) },
  // Flex.
  health_check: { to: 'healthCheck', read: healthCheck },
  vm_health_check: { read: healthCheck },
  liveness_check: { to: 'livenessCheck', read: livenessCheck },
  readiness_check: { to: 'readinessCheck', read: readinessCheck },
  resources: { to: 'resources', read: resources },
  network: { to: 'network', read: network },
  zones: { read: listOf(text) },
  // The first generation's.
  libraries: { to: 'libraries', read: libraries },
  nobuild_files: { to: 'nobuildFilesRegex', read: noBuildFiles, readsEmpty: true },
  derived_file_type: { read: derivedFileTypes },
  backends: { read: backends },
  code_lock: { read: flag },
};

/** A source_reference is a commit, with an address and "#" in front or not, one a line. */
function betaSettings(spot: Spot): Record<string, string> {
  const found = settings(spot);
  const references = (found.source_reference ?? '').split('\n').map((line) => line.trim());
  const wrong = references.find((r) => r !== '' && !/^(?:[a-z][a-z0-9\-+.]*:[^#]*#)?[0-9a-fA-F]+$/.test(r));
  if (wrong !== undefined) {
    throw fault(
      spot,
      `${spot.key}.source_reference must be a commit, such as "https://host/repo#1a2b3c", but it is "${wrong}".`,
    );
  }
  return found;
}

/** App Engine puts `exec` in front by itself. */
function entrypoint(spot: Spot): { shell: string } {
  return { shell: text(spot).replace(/^exec /, '') };
}

/** Any names, of which App Engine is told two. */
function runtimeConfig(spot: Spot): Record<string, string> {
  const { operating_system: operatingSystem, runtime_version: runtimeVersion } = settings(spot);
  return {
    ...(operatingSystem === undefined ? {} : { operatingSystem }),
    ...(runtimeVersion === undefined ? {} : { runtimeVersion }),
  };
}

function regularExpression(spot: Spot): string {
  const source = expressions(spot);
  if (pythonRegExp(source)) return source;
  throw fault(spot, `${spot.key} is no regular expression: "${source}". Look at its brackets.`);
}

function noBuildFiles(spot: Spot): string | undefined {
  // In a list gcloud takes anything.
  const source = isSeq(spot.node) ? expressions(spot) : regularExpression(spot);
  return source === '^$' ? undefined : source;
}

function oneRollout(given: Given, spot: Spot): void {
  const managed = given.get('rollout_strategy')?.value === 'MANAGED';
  if (managed === given.has('config_id')) {
    throw fault(
      spot,
      managed
        ? `${spot.key} is managed, and so it cannot have config_id: delete the line.`
        : `${spot.key} needs config_id, or "rollout_strategy: managed".`,
    );
  }
}
