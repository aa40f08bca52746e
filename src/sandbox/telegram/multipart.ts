export interface Part {
  readonly name: string;
  /** Missing for a plain field. */
  readonly fileName?: string;
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const END_OF_HEADERS = '\r\n\r\n';

/**
 * Reads a `multipart/form-data` body (RFC 7578). Takes what bots send and Telegram takes: header names in any case, no
 * space after a semicolon, file names without quotes. Node's own `formData()` refuses such bodies, grammY's among them.
 * @throws Error with the reason when the body is not of that form.
 */
export function readMultipart(body: Buffer, contentType: string): Part[] {
  const boundary = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  const delimiter = `--${boundary?.[1] ?? boundary?.[2] ?? ''}`;
  if (boundary === null) throw new Error('the content type names no boundary');
  const parts: Part[] = [];
  let at = body.indexOf(delimiter);
  while (at >= 0) {
    at += delimiter.length;
    if (body.toString('latin1', at, at + 2) === '--') return parts;
    const headersEnd = body.indexOf(END_OF_HEADERS, at);
    const end = body.indexOf(`\r\n${delimiter}`, headersEnd);
    if (headersEnd < 0 || end < 0) break;
    const bytes = new Uint8Array(body.subarray(headersEnd + END_OF_HEADERS.length, end));
    parts.push({ ...partOf(body.toString('utf8', at, headersEnd)), bytes });
    at = end + '\r\n'.length;
  }
  throw new Error('the body ends before its last boundary');
}

function partOf(headers: string): Omit<Part, 'bytes'> {
  const disposition = header(headers, 'content-disposition');
  const name = parameter(disposition, 'name');
  if (name === undefined) throw new Error('a part has no name');
  const fileName = parameter(disposition, 'filename');
  return { name, type: header(headers, 'content-type'), ...(fileName === undefined ? {} : { fileName }) };
}

function header(headers: string, name: string): string {
  return new RegExp(`^${name}:[ \\t]*(.*)$`, 'im').exec(headers)?.[1]?.trim() ?? '';
}

function parameter(disposition: string, name: string): string | undefined {
  const match = new RegExp(`;\\s*${name}=(?:"((?:\\\\.|[^"\\\\])*)"|([^;]*))`, 'i').exec(disposition);
  return match?.[1]?.replace(/\\(.)/g, '$1') ?? match?.[2]?.trim();
}
