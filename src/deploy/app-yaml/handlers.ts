import { fault, type Spot, warn } from './document.ts';
import { readHeaders } from './headers.ts';
import { expiration, flag, pattern, type Read, text, word } from './kinds.ts';
import { groupsIn } from './python-regexp.ts';
import { type Fields, type Given, readFields, toResource } from './shape.ts';

/** An entry of handlers, of app.yaml or of a file that it includes. */
export interface Handler {
  /** As App Engine's version resource has it. */
  readonly resource: object;
  /** Only in included files: before or behind the handlers of app.yaml. */
  readonly position?: 'head' | 'tail';
  readonly spot: Spot;
  /** What {@link resource} was made from. */
  readonly given: Given;
}

/** App Engine takes no more. */
export const MOST_HANDLERS = 100;

const path = pattern(/.+/, 'a path');
const secure = word({
  default: 'SECURE_OPTIONAL',
  optional: 'SECURE_OPTIONAL',
  always: 'SECURE_ALWAYS',
  never: 'SECURE_NEVER',
});
const login = word({ optional: undefined, required: 'LOGIN_REQUIRED', admin: 'LOGIN_ADMIN' });
const authFailAction = word({ redirect: undefined, unauthorized: 'AUTH_FAIL_ACTION_UNAUTHORIZED' });

export const url = pattern(
  /(?!\^)\/.*|\..*|(?:\().*(?!\$)./,
  'a path or a regular expression of one, such as /.* or /(.*\\.png)',
);

const ON_OFF = {
  ...Object.fromEntries(['on', 'yes', 'y', 'True', 't', '1', 'true'].map((w) => [w, 'on'])),
  ...Object.fromEntries(['off', 'no', 'n', 'False', 'f', '0', 'false'].map((w) => [w, 'off'])),
};
export const onOff = word<string>(ON_OFF);

const COMMON: Fields = {
  url: { to: 'urlRegex', read: url },
  login: { to: 'login', read: login, readsEmpty: true },
  auth_fail_action: { to: 'authFailAction', read: authFailAction, readsEmpty: true },
  secure: { to: 'securityLevel', read: secure, readsEmpty: true },
};

/** api_config, of old Endpoints. */
export const API_CONFIG: Fields = {
  ...COMMON,
  url: { to: 'url', read: url, required: true },
  secure: {
    to: 'securityLevel',
    read: (spot) => (text(spot) === 'default' ? undefined : secure(spot)),
    readsEmpty: true,
  },
  script: { to: 'script', read: path, required: true },
};

const FIELDS: Fields = {
  ...COMMON,
  redirect_http_response_code: {
    to: 'redirectHttpResponseCode',
    read: word(Object.fromEntries([301, 302, 303, 307].map((c) => [c, `REDIRECT_HTTP_RESPONSE_CODE_${c}`]))),
  },
  script: { to: 'script.scriptPath', read: path },
  static_dir: { read: path },
  static_files: { to: 'staticFiles.path', read: path },
  upload: { to: 'staticFiles.uploadPathRegex', read: path },
  expiration: { to: 'staticFiles.expiration', read: expiration },
  http_headers: { to: 'staticFiles.httpHeaders', read: readHeaders },
  mime_type: { to: 'staticFiles.mimeType', read: text },
  require_matching_file: { to: 'staticFiles.requireMatchingFile', read: flag },
  application_readable: { to: 'staticFiles.applicationReadable', read: flag },
  position: { read: word({ head: 'head', tail: 'tail' }) },
  api_endpoint: { read: onOff },
};

const SERVED = ['mime_type', 'expiration', 'require_matching_file', 'http_headers', 'application_readable'];
/** What each kind of handler may have beside the common keys; the first kind that is given decides. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  api_endpoint: ['position', 'script'],
  static_files: ['upload', ...SERVED],
  static_dir: SERVED,
  script: ['position'],
};
const ALWAYS = ['url', 'login', 'auth_fail_action', 'secure', 'redirect_http_response_code'];

/** One handler in the form in which gcloud sends it. */
export const readHandler: Read<Handler> = (spot) => {
  const given = readFields(spot, FIELDS, 'in a handler');
  const value = (key: string) => given.get(key)?.value;
  const kind = Object.keys(KINDS).find((k) => given.has(k));
  const whose = given.has('url') ? `the handler of "${value('url')}"` : 'a handler';
  if (kind === undefined) {
    throw fault(spot, `${whose} needs exactly one of script, static_dir and static_files.`);
  }
  const allowed = [kind, ...(KINDS[kind] ?? []), ...ALWAYS];
  for (const [key, { spot: where }] of given) {
    if (allowed.includes(key)) continue;
    throw fault({ ...where, node: null }, `${whose} has ${kind}, and so it cannot have ${key}: delete one.`);
  }
  if (kind === 'static_files' && !given.has('upload')) {
    throw fault(spot, `${whose} needs upload: the pattern of the files that static_files names.`);
  }
  checkContentType(given, whose);
  if (!given.has('url')) {
    if (kind === 'static_dir')
      throw fault(spot, 'a handler with static_dir needs a url, such as "url: /static".');
    warn(spot, 'a handler without a url is sent as it is, like gcloud does; App Engine may refuse it.');
  }

  const resource = {
    securityLevel: 'SECURE_OPTIONAL',
    ...toResource(given, FIELDS),
    ...(kind === 'static_dir' ? directory(given) : {}),
    ...(kind === 'api_endpoint' ? endpoint(value('script')) : {}),
  };
  const position = value('position');
  return {
    resource,
    ...(position === 'head' || position === 'tail' ? { position } : {}),
    spot,
    given,
  };
};

/** A folder is a pattern over its files. */
function directory(given: Given): object {
  const folder = String(given.get('static_dir')?.value).replace(/\/+$/, '');
  const found = given.get('url');
  const regex = String(found?.value);
  if (found && (groupsIn(regex) ?? 0) > 0) {
    throw fault(found.spot, `the url "${regex}" of a static_dir cannot have groups: leave the brackets out.`);
  }
  const { staticFiles } = toResource(given, FIELDS);
  return {
    urlRegex: `${regex.replace(/\/+$/, '')}/(.*)`,
    staticFiles: {
      ...(staticFiles as object | undefined),
      path: `${folder}/\\1`,
      uploadPathRegex: `${folder}/.*`,
    },
  };
}

function endpoint(script: unknown): object {
  return { script: undefined, apiEndpoint: script === undefined ? {} : { scriptPath: script } };
}

function checkContentType(given: Given, whose: string): void {
  const headers = given.get('http_headers');
  if (!headers || !given.get('mime_type')?.value) return;
  if (Object.keys(headers.value as object).some((name) => name.toLowerCase() === 'content-type')) {
    throw fault(headers.spot, `${whose} gives its type twice, in mime_type and in Content-Type: keep one.`);
  }
}
