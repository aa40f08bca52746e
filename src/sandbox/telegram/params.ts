import { ApiError, badRequest } from './errors.ts';
import { type Part, readMultipart } from './multipart.ts';

/** Bytes that a request may have: a file of 50 MB and its form (core.telegram.org/bots/api#sending-files). */
const MAX_BODY = 51 * 1024 * 1024;

/** A file that came with a call. */
export interface Upload {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}

/**
 * The parameters of a Bot API call. Like the real server it keeps every value as text, whether it came in the address, as a
 * form or as JSON; what has structure is JSON inside that text.
 */
export class Params {
  readonly values: ReadonlyMap<string, string>;
  readonly uploads: ReadonlyMap<string, Upload>;

  constructor(values: ReadonlyMap<string, string>, uploads: ReadonlyMap<string, Upload> = new Map()) {
    this.values = values;
    this.uploads = uploads;
  }

  /** Empty when it is missing. */
  text(name: string): string {
    return this.values.get(name) ?? '';
  }

  /** A whole number, held within the bounds; `fallback` when it is missing or none. */
  int(name: string, fallback: number, min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER): number {
    const value = Number.parseInt(this.text(name), 10);
    return Math.min(max, Math.max(min, Number.isNaN(value) ? fallback : value));
  }

  bool(name: string): boolean {
    return ['true', '1', 'yes'].includes(this.text(name).trim().toLowerCase());
  }

  /** `undefined` when it is missing. @param what names it in the refusal of what is not JSON. */
  json(name: string, what = name): unknown {
    const text = this.text(name);
    if (text === '') return undefined;
    try {
      return JSON.parse(text);
    } catch {
      throw badRequest(`can't parse ${what} JSON object`);
    }
  }
}

/**
 * Reads a request's parameters. A name given twice takes the body's value.
 * @throws ApiError for a body that is too large or cannot be read.
 */
export async function readParams(request: Request): Promise<Params> {
  const values = new Map<string, string>(new URL(request.url).searchParams);
  const uploads = new Map<string, Upload>();
  const body = await readBody(request);
  if (body.byteLength > 0) {
    const type = request.headers.get('content-type') ?? '';
    if (type.startsWith('application/json')) addJson(body.toString(), values);
    else if (type.startsWith('multipart/form-data')) addMultipart(body, type, values, uploads);
    else if (type.startsWith('application/x-www-form-urlencoded')) {
      for (const [name, value] of new URLSearchParams(body.toString())) values.set(name, value);
    } else throw badRequest(`the body is of the unsupported content type "${type}"`);
  }
  return new Params(values, uploads);
}

async function readBody(request: Request): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size > MAX_BODY) throw new ApiError(413, 'Request Entity Too Large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The parameters of a call that came as a JSON object already, as in an answer to a webhook. */
export function paramsOf(object: object): Params {
  const values = new Map<string, string>();
  addFields(object, values);
  return new Params(values);
}

function addJson(body: string, values: Map<string, string>): void {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    throw badRequest("can't parse the request's body as JSON");
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw badRequest('expected a JSON object as the body of the request');
  }
  addFields(parsed, values);
}

function addFields(object: object, values: Map<string, string>): void {
  for (const [name, value] of Object.entries(object)) {
    if (value === null || value === undefined) continue;
    values.set(name, typeof value === 'object' ? JSON.stringify(value) : String(value));
  }
}

function addMultipart(
  body: Buffer,
  type: string,
  values: Map<string, string>,
  uploads: Map<string, Upload>,
): void {
  let parts: Part[];
  try {
    parts = readMultipart(body, type);
  } catch (cause) {
    throw badRequest(
      `can't parse the form in the request's body: ${cause instanceof Error ? cause.message : cause}`,
    );
  }
  for (const { name, fileName, type: partType, bytes } of parts) {
    if (fileName === undefined) values.set(name, new TextDecoder().decode(bytes));
    else uploads.set(name, { name: fileName, type: partType, bytes });
  }
}
