/** The part of App Engine's version resource that tells which paths a service answers. */
export interface Version {
  readonly handlers?: readonly Handler[];
  readonly readinessCheck?: Check;
  readonly livenessCheck?: Check;
}

interface Handler {
  /** A regular expression of Python's. */
  readonly urlRegex?: string;
  /** Absent where everybody is let in. */
  readonly login?: string;
  readonly staticFiles?: object;
}

interface Check {
  readonly path?: string;
}

/** Names under which services commonly say how they are, the usual first. */
const HEALTH = /^\/(_?healthz?|_ah\/health|readyz?|livez?|status|ping)\/?$/;

/**
 * A path that should answer 200 without a sign-in, for a first smoke test: that of a health check when the service has
 * one, "/" unless the handlers leave it out, and else the first path that they name.
 */
export function smokePathOf({ handlers, readinessCheck, livenessCheck }: Version): string {
  const checked = pathOf(readinessCheck) ?? pathOf(livenessCheck);
  if (checked !== undefined) return checked;
  const open = (handlers ?? []).filter((handler) => handler.login === undefined);
  const paths = open
    .filter((handler) => handler.staticFiles === undefined)
    .flatMap((handler) => startOf(handler.urlRegex ?? '') ?? []);
  const health = paths.find((path) => HEALTH.test(path));
  if (health !== undefined) return health;
  const root = open.length === 0 || open.some((handler) => takesRoot(handler.urlRegex ?? ''));
  return root ? '/' : (paths[0] ?? '/');
}

function pathOf(check: Check | undefined): string | undefined {
  return check?.path?.startsWith('/') ? check.path : undefined;
}

/** The path that a handler's pattern begins with, when it is one that can be asked for. */
function startOf(url: string): string | undefined {
  const path = url.replace(/(\(\.\*\)|\.\*|\(\.\+\)|\.\+)?\$?$/, '');
  return /^\/[\w./~-]*$/.test(path) ? path : undefined;
}

/** Handlers match from the first character to the last. */
function takesRoot(url: string): boolean {
  try {
    return new RegExp(`^(?:${url})$`).test('/');
  } catch {
    // A pattern of Python's that JavaScript does not know; "/" would not be written so.
    return false;
  }
}
