import type { Node } from 'yaml';
import { asList, asMap, asText, asWhole, asWord, entriesOf, unknownKey, type YamlFile } from './document.ts';
import { headerMap } from './values.ts';

const KEYS = [
  'url',
  'script',
  'static_dir',
  'static_files',
  'upload',
  'secure',
  'login',
  'auth_fail_action',
  'redirect_http_response_code',
  'expiration',
  'http_headers',
  'mime_type',
  'require_matching_file',
] as const;

/** App Engine takes no more. */
const MOST = 100;

const SECURITY = {
  default: 'SECURE_OPTIONAL',
  optional: 'SECURE_OPTIONAL',
  always: 'SECURE_ALWAYS',
  never: 'SECURE_NEVER',
};
const LOGIN = { optional: undefined, required: 'LOGIN_REQUIRED', admin: 'LOGIN_ADMIN' };
const AUTH_FAIL = { redirect: undefined, unauthorized: 'AUTH_FAIL_ACTION_UNAUTHORIZED' };

/** Handlers in the form in which gcloud sends them. */
export function readHandlers(file: YamlFile, key: string, node: Node | null): object[] {
  const items = asList(file, key, node);
  if (items.length > MOST) {
    throw file.fault(
      node,
      `${key} has ${items.length} entries; App Engine takes ${MOST} at most: join some patterns.`,
    );
  }
  return items.map((item) => readHandler(file, item));
}

function readHandler(file: YamlFile, node: Node | null): object {
  const map = asMap(file, 'each handler', node);
  const given = new Map<string, Node | null>();
  for (const { key, keyNode, value } of entriesOf(file, map)) {
    if (!KEYS.some((k) => k === key)) throw unknownKey(file, keyNode, key, KEYS, 'in a handler');
    given.set(key, value);
  }
  const text = (key: string) => (given.has(key) ? asText(file, key, given.get(key) ?? null) : undefined);
  const choice = <T>(key: string, table: Record<string, T>) =>
    given.has(key) ? table[asWord(file, key, given.get(key) ?? null, Object.keys(table))] : undefined;

  const url = text('url');
  if (url === undefined) throw file.fault(map, 'a handler needs a url, such as "url: /.*".');
  const code = given.has('redirect_http_response_code')
    ? `REDIRECT_HTTP_RESPONSE_CODE_${asWhole(file, 'redirect_http_response_code', given.get('redirect_http_response_code') ?? null)}`
    : undefined;
  const common = {
    securityLevel: choice('secure', SECURITY) ?? 'SECURE_OPTIONAL',
    ...defined({
      login: choice('login', LOGIN),
      authFailAction: choice('auth_fail_action', AUTH_FAIL),
      redirectHttpResponseCode: code,
    }),
  };

  const dir = text('static_dir');
  const files = text('static_files');
  const script = text('script');
  if ([dir, files, script].filter((t) => t !== undefined).length !== 1) {
    throw file.fault(
      map,
      `the handler of "${url}" needs exactly one of script, static_dir and static_files.`,
    );
  }
  if (script !== undefined) return { urlRegex: url, script: { scriptPath: script }, ...common };

  const served = defined({
    expiration: given.has('expiration') ? expiration(file, given.get('expiration') ?? null) : undefined,
    httpHeaders: given.has('http_headers')
      ? headerMap(file, 'http_headers', given.get('http_headers') ?? null)
      : undefined,
    mimeType: text('mime_type'),
    requireMatchingFile: flag(file, given, 'require_matching_file'),
  });
  if (dir !== undefined) {
    const folder = dir.replace(/\/+$/, '');
    return {
      urlRegex: `${url.replace(/\/+$/, '')}/(.*)`,
      staticFiles: { path: `${folder}/\\1`, uploadPathRegex: `${folder}/.*`, ...served },
      ...common,
    };
  }
  const upload = text('upload');
  if (upload === undefined) {
    throw file.fault(
      map,
      `the handler of "${url}" needs upload: the pattern of the files that static_files names.`,
    );
  }
  return { urlRegex: url, staticFiles: { path: files, uploadPathRegex: upload, ...served }, ...common };
}

function flag(file: YamlFile, given: ReadonlyMap<string, Node | null>, key: string): boolean | undefined {
  if (!given.has(key)) return undefined;
  return /^(true|yes|on|y)$/i.test(
    asWord(file, key, given.get(key) ?? null, ['true', 'false', 'yes', 'no', 'on', 'off', 'y', 'n']),
  );
}

/** "1d 12h" and the like, in seconds. */
function expiration(file: YamlFile, node: Node | null): string {
  const text = asText(file, 'expiration', node);
  const parts = text.trim().split(/\s+/);
  const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
  let seconds = 0;
  for (const part of parts) {
    const match = /^(\d+)([smhd]?)$/i.exec(part);
    if (!match) throw file.fault(node, `expiration must be a time such as "4d 5h", but it is "${text}".`);
    seconds += Number(match[1]) * (units[(match[2] || 's').toLowerCase()] ?? 1);
  }
  return `${seconds}s`;
}

function defined(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
