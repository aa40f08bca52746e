import * as v from 'valibot';

/** An answer of Google's that is not a success, before it is put into words. */
export class HttpFault extends Error {
  /** HTTP status. */
  readonly status: number;
  /** gRPC's word such as ABORTED; empty when the answer was not Google's JSON. */
  readonly word: string;
  /** ErrorInfo's reason such as SERVICE_DISABLED; empty when there is none. */
  readonly reason: string;
  /** Of google.rpc, as they came. */
  readonly details: readonly unknown[];

  constructor(
    status: number,
    word: string,
    reason: string,
    message: string,
    details: readonly unknown[] = [],
  ) {
    super(message);
    this.name = 'HttpFault';
    this.status = status;
    this.word = word;
    this.reason = reason;
    this.details = details;
  }
}

const envelope = v.object({
  error: v.object({
    message: v.optional(v.string(), ''),
    status: v.optional(v.string(), ''),
    details: v.optional(v.array(v.looseObject({ reason: v.optional(v.string()) })), []),
    // Storage writes its reasons here.
    errors: v.optional(v.array(v.looseObject({ reason: v.optional(v.string()) })), []),
  }),
});

/** @param body as it came: Google's JSON, or the HTML page of a proxy on the way. */
export function readFault(status: number, body: string): HttpFault {
  const parsed = v.safeParse(envelope, parseJson(body));
  if (!parsed.success) return new HttpFault(status, '', '', plainText(body));
  const { error } = parsed.output;
  const reason = [...error.details, ...error.errors].find((d) => d.reason)?.reason ?? '';
  return new HttpFault(status, error.status, reason, error.message, error.details);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The words of an HTML page, cut to a length that fits into a sentence. */
function plainText(body: string): string {
  const words = body
    .replace(/<(style|script)[\s\S]*?<\/\1>/gi, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return words.length > 160 ? `${words.slice(0, 157)}...` : words;
}
