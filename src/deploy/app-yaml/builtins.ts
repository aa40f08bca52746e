import { entriesOf, fault, isNull, itemsOf, type Spot } from './document.ts';
import { onOff } from './handlers.ts';
import type { Read } from './kinds.ts';

/** `- deferred: on`: handlers that came with the first generation's libraries. gcloud still adds them to any runtime. */
export interface Builtin {
  readonly name: string;
  readonly state: 'on' | 'off' | undefined;
  readonly spot: Spot;
}

interface Definition {
  readonly url?: string;
  /** Behind "$PYTHON_LIB/google/appengine/ext/", and the same for python27. */
  readonly script?: string;
  readonly python27?: string;
  readonly login?: 'LOGIN_ADMIN';
  readonly position?: 'tail';
  /** Turned on with it. */
  readonly with?: string;
}

const EXT = 'google.appengine.ext';
const BUILTINS: Readonly<Record<string, Definition>> = {
  default: {},
  admin_redirect: {
    url: '/_ah/admin.*',
    script: 'admin_redirect/main.py',
    python27: `${EXT}.admin_redirect.main.APP`,
  },
  appstats: { url: '/_ah/stats.*', script: 'appstats/ui.py', python27: `${EXT}.appstats.ui.app` },
  datastore_admin: {
    url: '/_ah/datastore_admin.*',
    script: 'datastore_admin/main.py',
    login: 'LOGIN_ADMIN',
    with: 'mapreduce',
  },
  deferred: {
    url: '/_ah/queue/deferred',
    script: 'deferred/handler.py',
    python27: `${EXT}.deferred.application`,
    login: 'LOGIN_ADMIN',
  },
  django_wsgi: { url: '/.*', script: 'django/main.py', python27: `${EXT}.django.main.app`, position: 'tail' },
  mapreduce: { url: '/_ah/mapreduce.*', script: 'mapreduce/main.py', login: 'LOGIN_ADMIN' },
  remote_api: {
    url: '/_ah/remote_api(/.*)?',
    script: 'remote_api/handler.py',
    python27: `${EXT}.remote_api.handler.application`,
  },
};

export const readBuiltins: Read<Builtin[]> = (spot) => {
  const seen = new Set<string>();
  return itemsOf(spot).map((item) => {
    const [entry, second] = entriesOf({ ...item, key: spot.key });
    if (!entry || second) throw fault(item, 'each of builtins is one name, such as "- deferred: on".');
    const { name } = entry;
    if (seen.has(name)) throw fault(item, `the builtin "${name}" is listed twice: keep one.`);
    seen.add(name);
    const value = isNull(entry.spot) ? undefined : onOff(entry.spot);
    return { name, state: value === 'on' || value === 'off' ? value : undefined, spot: entry.spot };
  });
};

export interface BuiltinHandler {
  readonly resource: object;
  readonly position: 'head' | 'tail';
}

/**
 * What a builtin adds, and the one that comes along with it.
 * @throws for a name that gcloud does not know with this runtime.
 */
export function handlerOf(builtin: Builtin, runtime: string): { handler?: BuiltinHandler; with?: string } {
  const definition = Object.hasOwn(BUILTINS, builtin.name) ? BUILTINS[builtin.name] : undefined;
  const missing = runtime === 'python27' && definition?.url !== undefined && !definition.python27;
  if (!definition || missing) {
    throw fault(
      { ...builtin.spot, node: null },
      `"${builtin.name}" is no builtin of ${runtime}: take one of ${Object.keys(BUILTINS).join(', ')}.`,
    );
  }
  if (definition.url === undefined) return {};
  const scriptPath =
    runtime === 'python27' ? definition.python27 : `$PYTHON_LIB/google/appengine/ext/${definition.script}`;
  const resource = {
    urlRegex: definition.url,
    script: { scriptPath },
    securityLevel: 'SECURE_OPTIONAL',
    ...(definition.login ? { login: definition.login } : {}),
  };
  return {
    handler: { resource, position: definition.position ?? 'head' },
    ...(definition.with ? { with: definition.with } : {}),
  };
}
