import type { Context } from 'hono';
import type { JsonObject } from './json.ts';
import { badField } from './refusal.ts';

/** Google lists hold at most this many per page when nobody asks for fewer. */
const DEFAULT_SIZE = 100;

/** One page of a list, by `pageSize` and `pageToken`; an empty list has no field at all, as Google writes it. */
export function page(c: Context, field: string, all: readonly JsonObject[], most = DEFAULT_SIZE): JsonObject {
  const size = Number(c.req.query('pageSize') ?? 0) || most;
  const { items, next } = slice(all, Math.min(size, most), c.req.query('pageToken'));
  return {
    ...(items.length > 0 ? { [field]: items } : {}),
    ...(next === undefined ? {} : { nextPageToken: next }),
  };
}

/** @throws Refusal for a token that no page gave out */
export function slice<T>(
  all: readonly T[],
  size: number,
  token = '',
): { items: readonly T[]; next?: string } {
  const from = token === '' ? 0 : Number(token);
  if (!Number.isInteger(from) || from < 0) throw badField('pageToken', `Page token '${token}' is not valid.`);
  const next = from + size < all.length ? { next: String(from + size) } : {};
  return { items: all.slice(from, from + size), ...next };
}
