import * as v from 'valibot';
import { ApiError } from './errors.ts';
import { Refusal } from './room.ts';

const Fault = v.strictObject({
  method: v.pipe(v.string(), v.nonEmpty()),
  times: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 1),
  error_code: v.optional(v.pipe(v.number(), v.integer(), v.minValue(400), v.maxValue(599))),
  description: v.optional(v.string()),
  retry_after: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  accept: v.optional(v.boolean(), false),
});

export type Outcome =
  /** The call is refused and has no effect. */
  | { readonly kind: 'refuse'; readonly error: ApiError }
  /** The call takes effect, and the connection is cut before the answer. */
  | { readonly kind: 'lose answer' };

const DESCRIPTIONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  409: 'Conflict',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
};

interface Scripted {
  readonly method: string;
  readonly outcome: Outcome;
  left: number;
}

/** Failures that a test has asked for, each for so many calls of one method. */
export class Faults {
  readonly #scripted: Scripted[] = [];

  /** @throws Refusal when the request is not one. */
  script(request: unknown): void {
    const parsed = v.safeParse(Fault, request);
    if (!parsed.success) {
      throw new Refusal(
        `Expected {method, times?, error_code, description?, retry_after?, accept?}: ${v.summarize(parsed.issues)}`,
      );
    }
    const { method, times, error_code: code, description, retry_after: retryAfter, accept } = parsed.output;
    if (!accept && code === undefined) {
      throw new Refusal('Expected error_code (400 to 599), or accept: true for a call whose answer is lost.');
    }
    const text =
      description ?? (retryAfter === undefined ? undefined : `Too Many Requests: retry after ${retryAfter}`);
    const error = new ApiError(code ?? 500, text ?? DESCRIPTIONS[code ?? 500] ?? `Error ${code}`, retryAfter);
    const outcome: Outcome = accept ? { kind: 'lose answer' } : { kind: 'refuse', error };
    this.#scripted.push({ method: method.toLowerCase(), outcome, left: times });
  }

  /** What the script wants of this call; each asking uses it up by one. @param method in lower case. */
  next(method: string): Outcome | undefined {
    const index = this.#scripted.findIndex((one) => one.method === method);
    const found = this.#scripted[index];
    if (found === undefined) return undefined;
    found.left--;
    if (found.left === 0) this.#scripted.splice(index, 1);
    return found.outcome;
  }
}
