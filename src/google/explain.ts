import { CloudError, type CloudErrorKind } from './cloud-error.ts';
import { detailTexts } from './details.ts';
import { HttpFault } from './fault.ts';
import { KNOWN, type Known } from './known-failures.ts';
import { CLEANING_NEED, CRON_NEED, DISPATCH_NEED, NEEDS } from './needs.ts';

/** By HTTP status, what is left when nothing above fits. */
const BY_STATUS: Readonly<Record<number, Known>> = {
  400: entry('invalid', 'Correct the request'),
  401: entry('credentials', 'The credentials were not taken: renew them'),
  403: entry('permission', 'Grant the missing role to the account that Sluice runs as'),
  404: entry('not-found', 'Check the project’s id and the names'),
  409: entry('conflict', 'It exists already, or was changed at the same moment'),
  412: entry('conflict', 'It was changed at the same moment: look again'),
  429: entry('quota', 'Too many requests: try again in a minute', true),
};

const UNAVAILABLE = entry('unavailable', 'That is usually over within minutes: try again', true);

/**
 * Turns whatever a call threw into one sentence.
 * @param doing what was being done, as it follows "Could not": "read service default".
 */
export function explain(error: unknown, doing: string): CloudError {
  if (error instanceof CloudError) return error;
  if (error instanceof HttpFault) return fromFault(error, doing);
  if (error instanceof SyntaxError) {
    return new CloudError(
      'unavailable',
      `Could not ${doing}: the answer was not JSON, so something on the way answered in Google's place. Try again.`,
      true,
    );
  }
  const text = error instanceof Error ? error.message : String(error);
  const known = KNOWN.find((k) => k.seen.test(text));
  if (known)
    return new CloudError(
      known.kind,
      `Could not ${doing}: ${endSentence(withoutSecrets(text))} ${known.advice}.`,
    );
  const code = networkCode(error);
  if (code !== undefined) {
    return new CloudError(
      'network',
      `Could not ${doing}: no answer came (${code}). Check the network and the endpoint, then try again.`,
      true,
    );
  }
  // Our own schemas and the generated clients' decoder.
  if (error instanceof Error && (error.name === 'ValiError' || /proto3JSON|malformed response/i.test(text))) {
    const message = `Could not ${doing}: the answer was not as Google describes it (${text}). Report it to those who keep Sluice.`;
    return new CloudError('failed', message);
  }
  return new CloudError('failed', `Could not ${doing}: ${endSentence(withoutSecrets(text))}`);
}

/** The true text of a failed long-running operation. @param log where its build can be read up. */
export function explainOperation(
  error: { readonly code: number; readonly message: string; readonly details: readonly unknown[] },
  doing: string,
  log?: string,
): CloudError {
  const failed = explainFailed(error, doing);
  // Google's text often has it already.
  if (log === undefined || error.message.includes('/cloud-build/builds')) return failed;
  return new CloudError(failed.kind, `${failed.message} The build’s log: ${log}`);
}

function explainFailed(
  error: { readonly code: number; readonly message: string; readonly details: readonly unknown[] },
  doing: string,
): CloudError {
  const text = withDetails(`[${error.code}] ${error.message}`, error.details);
  const known = KNOWN.find((k) => k.seen.test(error.message) || k.seen.test(text));
  // The operation has ended: what holds the resource now is another matter, and waiting does not revive this one.
  if (known) return sentence({ ...known, retryable: undefined }, doing, text);
  return new CloudError('failed', `Could not ${doing}: Google says ${quote(text)}.`);
}

function fromFault(fault: HttpFault, doing: string): CloudError {
  const text = withDetails(fault.message || `HTTP ${fault.status}`, fault.details);
  const known = KNOWN.find((k) => k.seen.test(text) || (fault.reason !== '' && k.seen.test(fault.reason)));
  if (known && fault.status < 500) return sentence(known, doing, text);
  const grant = fault.status === 403 ? grantFor(text) : undefined;
  if (grant !== undefined) return sentence(entry('permission', grant), doing, text);
  const byStatus = fault.status >= 500 ? UNAVAILABLE : BY_STATUS[fault.status];
  const about = fault.word === '' ? `HTTP ${fault.status}: ${text}` : text;
  return sentence(byStatus ?? entry('failed', 'Look at the message'), doing, about);
}

/** Google's words name the permission that is missing; the role that has it is what can be granted. */
function grantFor(text: string): string | undefined {
  const named: readonly string[] = text.match(/\b[a-z]+(?:\.[a-zA-Z]+){2}\b/g) ?? [];
  const need = [...NEEDS, CRON_NEED, DISPATCH_NEED, CLEANING_NEED].find(({ permissions }) =>
    permissions.some((one) => named.includes(one)),
  );
  if (!need) return undefined;
  const on = { project: 'the project', bucket: 'the staging bucket', account: 'that service account' }[
    need.scope
  ];
  return `Grant the missing role, ${need.role}, on ${on} to the account that Sluice runs as: "sluice doctor" prints the command`;
}

function sentence(
  known: Omit<Known, 'seen' | 'retryable'> & { retryable?: true | undefined },
  doing: string,
  text: string,
) {
  const message = `Could not ${doing}: Google says ${quote(withoutSecrets(text))}. ${known.advice}.`;
  return new CloudError(known.kind, message, known.retryable === true);
}

function withDetails(message: string, details: readonly unknown[]): string {
  const more = detailTexts(message, details);
  return more.length > 0 ? `${message.replace(/\.$/, '')} (${more.join('; ')})` : message;
}

function entry(kind: CloudErrorKind, advice: string, retryable?: true): Known {
  return { seen: /$^/, kind, advice, ...(retryable && { retryable }) };
}

/** ECONNRESET and its like, or what a request that was cut off for its length is called. */
function networkCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error.name === 'AbortError' || error.name === 'TimeoutError') return 'it took too long';
  for (const at of [error, error.cause]) {
    if (
      at instanceof Error &&
      'code' in at &&
      typeof at.code === 'string' &&
      /^(ECONN\w+|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE|EPROTO|EHOST\w+|ENET\w+|UND_ERR_\w+)$/.test(at.code)
    ) {
      return at.code;
    }
  }
  return /socket hang up|premature close|fetch failed/i.test(error.message)
    ? 'the connection broke'
    : undefined;
}

/** Google's texts never hold a token; a library's might, in a URL or a header. */
function withoutSecrets(text: string): string {
  return text.replace(/\b(Bearer\s+|access_token=|ya29\.)[\w.~+/-]+/g, '$1…');
}

function quote(text: string): string {
  return `"${text.trim().replace(/\.$/, '')}"`;
}

function endSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
