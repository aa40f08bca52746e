import { type Html, html } from '../html.ts';

/** Telegram takes 4,096 characters, tags not counted (sendMessage: "1-4096 characters after entities parsing"). */
export const LONGEST = 4096;

/**
 * Lines as one message. When they are too many the last are left out, and `rest` says how many and how to see them.
 */
export function fitLines(lines: readonly Html[], rest: (left: number) => Html, longest = LONGEST): string {
  if (lengthOf(lines) <= longest) return html`${lines}`.text;
  const reserved = lengthOf([rest(lines.length)]) + 1;
  let kept = 0;
  let length = 0;
  for (const line of lines) {
    length += lengthOf([line]) + 1;
    if (length + reserved > longest) break;
    kept++;
  }
  return html`${[...lines.slice(0, kept), rest(lines.length - kept)]}`.text;
}

/** Characters as Telegram counts them: UTF-16 units, without tags, each entity as one. */
function lengthOf(lines: readonly Html[]): number {
  const shown = html`${lines}`.text.replace(/<[^>]*>/g, '').replace(/&(amp|lt|gt|quot);/g, '.');
  return shown.length;
}
