import type { Context, MiddlewareHandler } from 'hono';

/** A refusal of what a person or a test asked for, in a sentence. */
export class Refusal extends Error {}

/**
 * Lets only this machine's own pages and tests in. A foreign page that has its name point to 127.0.0.1 is known by the
 * Host header (DNS rebinding); one that merely sends forms here by what browsers say of where a request comes from; a file that is shown as a guest by the same.
 */
export const onlyLocal: MiddlewareHandler = async (c, next) => {
  const host = c.req.header('host') ?? '';
  if (!isLoopback(host)) {
    return refuse(
      c,
      403,
      `Expected a loopback address as the host, got "${host}". Open the page by 127.0.0.1.`,
    );
  }
  const site = c.req.header('sec-fetch-site');
  const origin = c.req.header('origin');
  const foreign = site !== undefined && site !== 'same-origin' && site !== 'none';
  if (foreign || (origin !== undefined && origin !== `http://${host}`)) {
    return refuse(c, 403, 'Only the page of this server may ask this.');
  }
  await next();
};

/** Reads a JSON body. @throws Refusal when it is none; forms are not taken, since any page can send them. */
export async function jsonBody(c: Context): Promise<unknown> {
  const type = c.req.header('content-type') ?? 'no content type';
  if (!type.startsWith('application/json'))
    throw new Refusal(`Expected a body of application/json, got ${type}.`);
  try {
    return await c.req.json();
  } catch {
    throw new Refusal('Expected a JSON object as the body, got something that is not JSON.');
  }
}

export function refuse(c: Context, status: 400 | 403 | 404, description: string): Response {
  return c.json({ ok: false, error_code: status, description }, status);
}

function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i.test(host);
}
