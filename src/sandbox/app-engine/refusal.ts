import type { Context } from 'hono';
import type { Json, JsonObject } from './json.ts';

/** google.rpc.Code by name, with the HTTP status that Google's REST servers map it to. */
const CODES = {
  INVALID_ARGUMENT: { rpc: 3, http: 400 },
  FAILED_PRECONDITION: { rpc: 9, http: 400 },
  NOT_FOUND: { rpc: 5, http: 404 },
  ALREADY_EXISTS: { rpc: 6, http: 409 },
  ABORTED: { rpc: 10, http: 409 },
  RESOURCE_EXHAUSTED: { rpc: 8, http: 429 },
  UNIMPLEMENTED: { rpc: 12, http: 501 },
  INTERNAL: { rpc: 13, http: 500 },
  UNAVAILABLE: { rpc: 14, http: 503 },
} as const;

export type Status = keyof typeof CODES;

/** An answer other than success, in Google's words. Thrown anywhere below a route or inside an operation. */
export class Refusal extends Error {
  override name = 'Refusal';
  readonly status: Status;
  readonly details: readonly JsonObject[];

  constructor(status: Status, message: string, details: readonly JsonObject[] = []) {
    super(message);
    this.status = status;
    this.details = details;
  }
}

/** A 400 that names the field at fault, as Google's servers attach it. */
export function badField(field: string, description: string): Refusal {
  const violation = { field, description };
  return new Refusal('INVALID_ARGUMENT', description, [
    { '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: [violation] },
  ]);
}

/** google.rpc.Status as an operation carries it. */
export function rpcStatus(refusal: Refusal): JsonObject {
  const details = refusal.details.length > 0 ? { details: refusal.details } : {};
  return { code: CODES[refusal.status].rpc, message: refusal.message, ...details };
}

/** The REST envelope: `{error: {code, message, status, details?}}`. */
export function answerRefusal(c: Context, refusal: Refusal): Response {
  const { http } = CODES[refusal.status];
  const details = refusal.details.length > 0 ? { details: refusal.details as Json } : {};
  const error = { code: http, message: refusal.message, status: refusal.status, ...details };
  return c.json({ error }, http);
}
