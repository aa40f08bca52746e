export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

/** `undefined` stands for a field that is not there; it never reaches the wire. */
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object under `key`, or an empty one. */
export function objectAt(from: JsonObject | undefined, key: string): JsonObject {
  const value = from?.[key];
  return isObject(value) ? value : {};
}

/** The text under `key`, or undefined when there is none. */
export function textAt(from: JsonObject | undefined, key: string): string | undefined {
  const value = from?.[key];
  return typeof value === 'string' ? value : undefined;
}

/** The number under `key`; Google's JSON writes 64-bit numbers as text. */
export function numberAt(from: JsonObject | undefined, key: string): number | undefined {
  const value = from?.[key];
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}
