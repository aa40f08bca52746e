import { isObject, type Json, type JsonObject } from './json.ts';
import { Refusal } from './refusal.ts';

const SHARD_BY = ['UNSPECIFIED', 'COOKIE', 'IP', 'RANDOM'];
const VIEW = ['BASIC', 'FULL', 'FULL_CERTIFICATE'];
const SECURITY = ['SECURE_UNSPECIFIED', 'SECURE_NEVER', 'SECURE_OPTIONAL', 'SECURE_ALWAYS'];
const INBOUND = [
  'INBOUND_SERVICE_UNSPECIFIED',
  'INBOUND_SERVICE_MAIL',
  'INBOUND_SERVICE_MAIL_BOUNCE',
  'INBOUND_SERVICE_XMPP_ERROR',
  'INBOUND_SERVICE_XMPP_MESSAGE',
  'INBOUND_SERVICE_XMPP_SUBSCRIBE',
  'INBOUND_SERVICE_XMPP_PRESENCE',
  'INBOUND_SERVICE_CHANNEL_PRESENCE',
  '',
  'INBOUND_SERVICE_WARMUP',
];
const REDIRECT = [301, 302, 303, 307].map((code) => `REDIRECT_HTTP_RESPONSE_CODE_${code}`);

/** The fields of google.appengine.v1 that hold an enum, with the names in the order of their numbers. */
const ENUMS: Record<string, readonly string[]> = {
  shardBy: SHARD_BY,
  servingStatus: ['SERVING_STATUS_UNSPECIFIED', 'SERVING', 'STOPPED'],
  inboundServices: INBOUND,
  securityLevel: SECURITY,
  login: ['LOGIN_UNSPECIFIED', 'LOGIN_OPTIONAL', 'LOGIN_ADMIN', 'LOGIN_REQUIRED'],
  authFailAction: [
    'AUTH_FAIL_ACTION_UNSPECIFIED',
    'AUTH_FAIL_ACTION_REDIRECT',
    'AUTH_FAIL_ACTION_UNAUTHORIZED',
  ],
  redirectHttpResponseCode: ['REDIRECT_HTTP_RESPONSE_CODE_UNSPECIFIED', ...REDIRECT],
  errorCode: [
    'ERROR_CODE_UNSPECIFIED',
    'ERROR_CODE_OVER_QUOTA',
    'ERROR_CODE_DOS_API_DENIAL',
    'ERROR_CODE_TIMEOUT',
  ],
  egressSetting: ['EGRESS_SETTING_UNSPECIFIED', 'ALL_TRAFFIC', 'PRIVATE_IP_RANGES'],
  rolloutStrategy: ['UNSPECIFIED_ROLLOUT_STRATEGY', 'FIXED', 'MANAGED'],
  ingressTrafficAllowed: [
    'INGRESS_TRAFFIC_ALLOWED_UNSPECIFIED',
    'INGRESS_TRAFFIC_ALLOWED_ALL',
    'INGRESS_TRAFFIC_ALLOWED_INTERNAL_ONLY',
    'INGRESS_TRAFFIC_ALLOWED_INTERNAL_AND_LB',
  ],
};

/** Maps whose keys are the user's own: an env variable called `login` is no enum. */
const FREE_MAPS = new Set([
  'envVariables',
  'buildEnvVariables',
  'betaSettings',
  'labels',
  'allocations',
  'files',
  'httpHeaders',
]);

/**
 * A request body in one spelling. Node's REST clients send enums as numbers and empty maps, gcloud sends names
 * (`versions migrate` in lower case); what is kept and given back has enum names, no nulls and no empty maps.
 */
export function readResource(body: Json): JsonObject {
  if (!isObject(body))
    throw new Refusal('INVALID_ARGUMENT', 'Invalid JSON payload received. Expected an object.');
  return Object.fromEntries(
    Object.entries(body)
      .filter(
        ([key, value]) => value !== null && value !== undefined && !(FREE_MAPS.has(key) && isEmpty(value)),
      )
      .map(([key, value]) => [key, readField(key, value ?? null)]),
  );
}

function isEmpty(value: Json | undefined): boolean {
  return isObject(value) && Object.keys(value).length === 0;
}

function readField(key: string, value: Json): Json {
  const names = ENUMS[key];
  if (Array.isArray(value)) return value.map((one: Json) => readField(key, one));
  if (names && (typeof value === 'number' || typeof value === 'string')) return enumName(key, names, value);
  if (!isObject(value)) return value;
  return FREE_MAPS.has(key) ? readMap(value) : readResource(value);
}

function readMap(map: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(map).map(([key, value]) => [key, isObject(value) ? readResource(value) : value]),
  );
}

function enumName(key: string, names: readonly string[], value: number | string): string {
  const name = typeof value === 'number' ? names[value] : names.find((one) => one === value.toUpperCase());
  if (name === undefined || name === '') {
    throw new Refusal('INVALID_ARGUMENT', `Invalid value at '${key}' (TYPE_ENUM), ${JSON.stringify(value)}`);
  }
  return name;
}

/** `view=FULL`, `view=1` or nothing. */
export function readView(text: string | undefined): 'BASIC' | 'FULL' {
  if (text === undefined || text === '') return 'BASIC';
  const name = VIEW.includes(text.toUpperCase()) ? text.toUpperCase() : VIEW[Number(text)];
  if (name === undefined)
    throw new Refusal('INVALID_ARGUMENT', `Invalid value at 'view' (TYPE_ENUM), "${text}"`);
  return name === 'BASIC' ? 'BASIC' : 'FULL';
}

/** `split`, `serving_status`, `dispatchRules,`: the paths of a mask in camel case. */
export function readMask(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((path) => path.trim().replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()))
    .filter((path) => path !== '');
}

/** `true`, `True`, `1`; anything else is false. */
export function readFlag(text: string | undefined): boolean {
  return text !== undefined && /^(true|1)$/i.test(text);
}
