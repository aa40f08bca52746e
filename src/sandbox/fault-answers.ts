import type { Fault, FaultyServer } from './faults.ts';

type Answered = Extract<Fault, { kind: 'status' | 'html' | 'late-truth' }>;

/** What goes over the wire in place of the server's own answer. */
export interface WireAnswer {
  readonly code: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** By HTTP status: google.rpc's word, and what Google's servers say with it. */
const GOOGLE: Readonly<Record<number, readonly [word: string, message: string]>> = {
  400: ['INVALID_ARGUMENT', 'Request contains an invalid argument.'],
  401: ['UNAUTHENTICATED', 'Request had invalid authentication credentials.'],
  403: ['PERMISSION_DENIED', 'The caller does not have permission'],
  404: ['NOT_FOUND', 'Requested entity was not found.'],
  409: ['ABORTED', ''],
  412: ['FAILED_PRECONDITION', 'Precondition check failed.'],
  429: ['RESOURCE_EXHAUSTED', 'Resource has been exhausted (e.g. check quota).'],
  500: ['INTERNAL', 'Internal error encountered.'],
  501: ['UNIMPLEMENTED', 'Operation is not implemented, or supported, or enabled.'],
  503: ['UNAVAILABLE', 'The service is currently unavailable.'],
  504: ['DEADLINE_EXCEEDED', 'Deadline expired before operation could complete.'],
};

const TELEGRAM: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  409: 'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running',
  429: 'Too Many Requests: retry after',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  504: 'Gateway Timeout',
};

/** Seconds that Telegram names in a 429 when the rule names none. */
const RETRY_AFTER = 1;

/** @param path of the request, for the words that name what was asked for. */
export function answerOf(fault: Answered, server: FaultyServer, path: string): WireAnswer {
  if (fault.kind === 'html') return page(fault.code);
  const retry = fault.retry_after ?? (server === 'telegram' && fault.code === 429 ? RETRY_AFTER : undefined);
  const headers = { ...(retry === undefined ? {} : { 'retry-after': String(retry) }), ...fault.headers };
  const body = (fault.kind === 'status' ? fault.body : undefined) ?? refusal(fault, server, path, retry);
  const type = typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json; charset=UTF-8';
  return whole(
    fault.code,
    { 'content-type': type, ...headers },
    typeof body === 'string' ? body : JSON.stringify(body),
  );
}

function refusal(
  fault: Exclude<Answered, { kind: 'html' }>,
  server: FaultyServer,
  path: string,
  retry?: number,
): object {
  if (server === 'telegram') return telegramError(fault.code, fault.message, retry);
  return googleError(fault.code, path, fault.message, fault.details);
}

function telegramError(code: number, message?: string, retry?: number): object {
  const usual = TELEGRAM[code] ?? `Error ${code}`;
  return {
    ok: false,
    error_code: code,
    description: message ?? (code === 429 ? `${usual} ${retry}` : usual),
    ...(retry === undefined ? {} : { parameters: { retry_after: retry } }),
  };
}

/** `{error: {code, message, status, details?}}`; Cloud Storage has its own, with `errors` and no status. */
function googleError(code: number, path: string, message?: string, details?: readonly object[]): object {
  const [status, usual] = GOOGLE[code] ?? ['UNKNOWN', `Error ${code}`];
  const told = message ?? (code === 409 ? inProgress(path) : usual);
  if (/^\/((resumable\/)?upload|download|storage)\//.test(path)) {
    const reason = code === 429 ? 'rateLimitExceeded' : code >= 500 ? 'backendError' : 'invalid';
    return { error: { code, message: told, errors: [{ message: told, domain: 'global', reason }] } };
  }
  return { error: { code, message: told, status, ...(details && { details }) } };
}

/** How App Engine refuses what another operation keeps locked. */
function inProgress(path: string): string {
  const [resource = ''] = path.replace(/^\/v\d+\w*\//, '').split('?');
  const by = '00000000-0000-4000-8000-000000000001';
  return `Cannot operate on ${resource} because an operation is already in progress for ${resource} by ${by}.`;
}

/** What a proxy of Google's shows when what is behind it is gone. */
function page(code: number): WireAnswer {
  const title = `${code}. That’s an error.`;
  return whole(
    code,
    { 'content-type': 'text/html; charset=UTF-8' },
    `<!DOCTYPE html><html lang=en><title>Error ${code} (Server Error)!!1</title><style>*{margin:0}</style><p><b>${title}</b><p>The server encountered a temporary error and could not complete your request.<p>Please try again in 30 seconds.</html>`,
  );
}

/** The length is said: the server's own answer may have left another one with Node. */
function whole(code: number, headers: Readonly<Record<string, string>>, body: string): WireAnswer {
  return { code, headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) }, body };
}
