import { ApiError, badRequest } from './errors.ts';

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

/** Reads a request's parameters. A name given twice takes the body's value. */
export async function readParams(request: Request): Promise<Params> {
  const values = new Map<string, string>(new URL(request.url).searchParams);
  const uploads = new Map<string, Upload>();
  const type = request.headers.get('content-type') ?? '';
  if (request.method === 'POST') {
    if (type.startsWith('application/json')) addJson(await request.text(), values);
    else if (/^(multipart\/form-data|application\/x-www-form-urlencoded)/.test(type)) {
      await addForm(request, values, uploads);
    } else if ((await request.text()) !== '') {
      throw new ApiError(400, `Bad Request: the body is of the unsupported content type "${type}"`);
    }
  }
  return new Params(values, uploads);
}

/** The parameters of a call that came as a JSON object already, as in an answer to a webhook. */
export function paramsOf(object: object): Params {
  const values = new Map<string, string>();
  addFields(object, values);
  return new Params(values);
}

function addJson(body: string, values: Map<string, string>): void {
  if (body === '') return;
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    throw new ApiError(400, "Bad Request: can't parse the request's body as JSON");
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new ApiError(400, 'Bad Request: expected a JSON object as the body of the request');
  }
  addFields(parsed, values);
}

function addFields(object: object, values: Map<string, string>): void {
  for (const [name, value] of Object.entries(object)) {
    if (value === null || value === undefined) continue;
    values.set(name, typeof value === 'object' ? JSON.stringify(value) : String(value));
  }
}

async function addForm(
  request: Request,
  values: Map<string, string>,
  uploads: Map<string, Upload>,
): Promise<void> {
  let form: FormData;
  try {
    form = await request.formData();
  } catch (cause) {
    throw new ApiError(400, `Bad Request: can't parse the form in the request's body: ${String(cause)}`);
  }
  for (const [name, value] of form) {
    if (typeof value === 'string') values.set(name, value);
    else {
      const bytes = new Uint8Array(await value.arrayBuffer());
      uploads.set(name, { name: value.name, type: value.type, bytes });
    }
  }
}
