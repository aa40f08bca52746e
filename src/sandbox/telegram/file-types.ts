import { extname } from 'node:path';

/** By the ending of a file's name, as Telegram tells what a document is when its sender does not. */
const TYPES: Readonly<Record<string, string>> = {
  '.csv': 'text/csv',
  '.gif': 'image/gif',
  '.htm': 'text/html',
  '.html': 'text/html',
  '.ics': 'text/calendar',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.json': 'application/json',
  '.log': 'text/plain',
  '.md': 'text/markdown',
  '.pdf': 'application/pdf',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain',
  '.webp': 'image/webp',
  '.xml': 'application/xml',
  '.yaml': 'application/yaml',
  '.yml': 'application/yaml',
};
const UNKNOWN = 'application/octet-stream';

/** @param given what the sender said it is, if anything */
export function mimeOf(name: string, given: string): string {
  return given === '' || given === UNKNOWN ? (TYPES[extname(name).toLowerCase()] ?? UNKNOWN) : given;
}

/** How a file may be shown in a tab of its own, as a content type; undefined for what is only saved. */
export function viewOf(mime: string): string | undefined {
  const [type = ''] = mime.toLowerCase().split(';');
  if (/^(text\/html|application\/pdf|image\/(png|jpeg|gif|webp|svg\+xml))$/.test(type)) {
    return type.startsWith('text/') ? `${type}; charset=utf-8` : type;
  }
  return /^text\/|\/(json|yaml|xml)$/.test(type) ? 'text/plain; charset=utf-8' : undefined;
}

/**
 * A file is shown as a guest: in an origin of its own, which has no right to anything of the page's, without scripts and
 * without a way out. Styles written into it and pictures within it are what a report needs.
 */
export const GUEST =
  "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";
