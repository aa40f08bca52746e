import { isObject, type JsonObject } from './json.ts';
import { Refusal } from './refusal.ts';

export interface RelatedUpload {
  readonly metadata: JsonObject;
  readonly type: string;
  readonly content: Buffer;
}

/**
 * `multipart/related` with two parts: the object's metadata as JSON, then its content. gcloud quotes the boundary with
 * single quotes and ends lines with a bare LF, other clients follow RFC 2046; the content's own line ends stay.
 * @throws Refusal when there is no boundary or no second part
 */
export function readRelated(contentType: string, body: Buffer): RelatedUpload {
  const boundary = /boundary=("[^"]*"|'[^']*'|[^;\s]+)/i.exec(contentType)?.[1]?.replace(/^["']|["']$/g, '');
  if (!boundary)
    throw new Refusal('INVALID_ARGUMENT', 'Multipart upload without a boundary in its Content-Type.');
  const [first, second] = parts(body, `--${boundary}`);
  if (!first || !second)
    throw new Refusal('INVALID_ARGUMENT', 'Multipart upload needs two parts: metadata and media.');
  const metadata: unknown = JSON.parse(first.content.toString('utf8') || '{}');
  return { metadata: isObject(metadata) ? metadata : {}, type: second.type, content: second.content };
}

function parts(body: Buffer, delimiter: string): { type: string; content: Buffer }[] {
  const found: { type: string; content: Buffer }[] = [];
  let start = body.indexOf(delimiter);
  while (start >= 0) {
    const next = findDelimiter(body, delimiter, start + delimiter.length);
    if (next < 0) break;
    found.push(readPart(body.subarray(start + delimiter.length, next)));
    start = body.indexOf(delimiter, next);
  }
  return found;
}

/** Where the line end that belongs to the next delimiter begins. */
function findDelimiter(body: Buffer, delimiter: string, from: number): number {
  const at = body.indexOf(`\n${delimiter}`, from);
  return at > 0 && body[at - 1] === 0x0d ? at - 1 : at;
}

function readPart(part: Buffer): { type: string; content: Buffer } {
  const start = part.indexOf('\n') + 1;
  const crlf = part.indexOf('\r\n\r\n', start - 2);
  const lf = part.indexOf('\n\n', start - 1);
  const end = crlf >= 0 && (lf < 0 || crlf < lf) ? { at: crlf, length: 4 } : { at: lf, length: 2 };
  const head = part.subarray(start, Math.max(end.at, start)).toString('latin1');
  const type = /^content-type:\s*(.+?)\s*$/im.exec(head)?.[1] ?? 'application/octet-stream';
  return { type, content: part.subarray(end.at + end.length) };
}
