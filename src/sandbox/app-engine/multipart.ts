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
  let start = body.indexOf(delimiter) + delimiter.length;
  // Which line end the sender uses, since a content may itself end in CR.
  const eol = body.subarray(start, start + 2).toString('latin1') === '\r\n' ? '\r\n' : '\n';
  for (;;) {
    const end = body.indexOf(eol + delimiter, start);
    if (end < 0) return found;
    found.push(readPart(body.subarray(start, end), eol));
    start = end + eol.length + delimiter.length;
  }
}

function readPart(part: Buffer, eol: string): { type: string; content: Buffer } {
  const end = part.indexOf(eol + eol);
  const head = part.subarray(0, Math.max(end, 0)).toString('latin1');
  const type = /^content-type:\s*(.+?)\s*$/im.exec(head)?.[1] ?? 'application/octet-stream';
  return { type, content: part.subarray(end + 2 * eol.length) };
}
