/** A refusal as the Bot API words it: an HTTP status, the same number as `error_code`, and a description. */
export class ApiError extends Error {
  readonly code: number;
  readonly retryAfter: number | undefined;
  readonly migratedTo: number | undefined;

  /**
   * @param parameters `retryAfter` in real seconds goes out as `retry_after` and as the Retry-After header, `migratedTo`
   * as `migrate_to_chat_id`.
   */
  constructor(
    code: number,
    description: string,
    parameters: { readonly retryAfter?: number; readonly migratedTo?: number } = {},
  ) {
    super(description);
    this.code = code;
    this.retryAfter = parameters.retryAfter;
    this.migratedTo = parameters.migratedTo;
  }
}

/**
 * A 400. The real server puts "Bad Request: " before its sentences and lower-cases their first letter, but leaves codes in
 * capitals such as BUTTON_DATA_INVALID alone (tdlib/telegram-bot-api, Client.cpp, fail_query_with_error).
 */
export function badRequest(reason: string): ApiError {
  const isCode = /^.[A-Z_]/.test(reason);
  const sentence = isCode ? reason : reason.charAt(0).toLowerCase() + reason.slice(1);
  return new ApiError(400, `Bad Request: ${sentence}`);
}

export function forbidden(reason: string): ApiError {
  return new ApiError(403, `Forbidden: ${reason}`);
}

export function conflict(reason: string): ApiError {
  return new ApiError(409, `Conflict: ${reason}`);
}

/** @param seconds real seconds until the same call may be tried again. */
export function tooManyRequests(seconds: number): ApiError {
  return new ApiError(429, `Too Many Requests: retry after ${seconds}`, { retryAfter: seconds });
}

/** What a group answers that goes on as a supergroup under another number. */
export function upgraded(to: number): ApiError {
  const description = 'Bad Request: group chat was upgraded to a supergroup chat';
  return new ApiError(400, description, { migratedTo: to });
}

/** The JSON that a refused call gets. */
export function errorBody(error: ApiError): object {
  return {
    ok: false,
    error_code: error.code,
    description: error.message,
    ...(error.retryAfter === undefined ? {} : { parameters: { retry_after: error.retryAfter } }),
    ...(error.migratedTo === undefined ? {} : { parameters: { migrate_to_chat_id: error.migratedTo } }),
  };
}
