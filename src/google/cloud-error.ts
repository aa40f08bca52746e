/** What went wrong, in the words that a caller branches on. */
export type CloudErrorKind =
  /** Another operation on the same resource is in progress, or the name is taken: see `retryable`. */
  | 'conflict'
  | 'permission'
  /** No credentials, or ones that are no longer taken. */
  | 'credentials'
  | 'not-found'
  /** The request, the folder or the configuration is wrong; nothing was changed. */
  | 'invalid'
  | 'quota'
  | 'unavailable'
  /** No answer: whether the request took effect is not known. */
  | 'network'
  /** Google tried and could not. */
  | 'failed';

/** A failure at Google or on the way there, as a sentence that says what happened and what to do. */
export class CloudError extends Error {
  readonly kind: CloudErrorKind;
  /** The same request may succeed later without anybody doing anything. */
  readonly retryable: boolean;

  constructor(kind: CloudErrorKind, message: string, retryable = false) {
    super(message);
    this.name = 'CloudError';
    this.kind = kind;
    this.retryable = retryable;
  }
}

/** The request may have taken effect although no good answer came. */
export function isLost(error: unknown): error is CloudError {
  return error instanceof CloudError && (error.kind === 'network' || error.kind === 'unavailable');
}
