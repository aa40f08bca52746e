import type { Context } from 'hono';
import { readResource } from './dialect.ts';
import type { Json, JsonObject } from './json.ts';
import { badField, Refusal } from './refusal.ts';

/** The body of a request to the Admin API in one spelling. @throws Refusal for what is no JSON object */
export async function readBody(c: Context): Promise<JsonObject> {
  const text = await c.req.text();
  try {
    return readResource(text === '' ? {} : (JSON.parse(text) as Json));
  } catch (error) {
    if (error instanceof SyntaxError)
      throw new Refusal('INVALID_ARGUMENT', `Invalid JSON payload received. ${error.message}`);
    throw error;
  }
}

/** What a patch of fields is answered with that change nothing here. */
export function unmodelled(method: string, mask: readonly string[]): Refusal {
  return mask.length === 0
    ? badField('updateMask', `${method} needs an update mask.`)
    : new Refusal(
        'UNIMPLEMENTED',
        `The local App Engine does not model ${method} with the update mask '${mask.join(',')}'.`,
      );
}
