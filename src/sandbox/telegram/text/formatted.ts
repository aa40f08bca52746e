import { badRequest } from '../errors.ts';
import type { Entity, EntityType, FormattedText } from '../model.ts';
import { arrange } from './arrange.ts';
import { detectEntities } from './detect.ts';
import { parseHtml, type WhoIs } from './html.ts';
import { parseMarkdownV2 } from './markdown-v2.ts';

/** Characters after the entities are parsed (core.telegram.org/bots/api#sendmessage and #sendphoto). */
export const MAX_TEXT = 4096;
export const MAX_CAPTION = 1024;

const TYPES: ReadonlySet<string> = new Set<EntityType>([
  'mention',
  'bot_command',
  'url',
  'bold',
  'italic',
  'underline',
  'strikethrough',
  'spoiler',
  'blockquote',
  'expandable_blockquote',
  'code',
  'pre',
  'text_link',
  'text_mention',
]);

/**
 * A bot's text as Telegram keeps it: parsed, cleaned of control characters, trimmed, with its links, commands and
 * mentions found. Empty text comes back empty: the caller knows whether that is allowed.
 * @param given what stood in the `entities` field, parsed from JSON; only read without a parse mode.
 */
export function formattedText(raw: string, parseMode: string, given: unknown, whoIs: WhoIs): FormattedText {
  // get_formatted_text in Client.cpp refuses more than 32 KiB before anything else.
  if (Buffer.byteLength(raw) > 1 << 15) throw badRequest('text is too long');
  const parsed = parse(raw, parseMode.toLowerCase(), given, whoIs);
  return tidy(parsed);
}

/** What a person typed: plain text, in which links, commands and mentions are found. */
export function plainText(raw: string): FormattedText {
  return tidy({ text: raw, entities: [] });
}

/** In code points, as the real server counts (tdlib, utf8_length). */
export function characters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

function parse(raw: string, mode: string, given: unknown, whoIs: WhoIs): FormattedText {
  if (mode === 'html') return parseHtml(raw, whoIs);
  if (mode === 'markdownv2') return parseMarkdownV2(raw, whoIs);
  if (mode === 'markdown') {
    throw badRequest('unsupported parse_mode: this sandbox does not read the old Markdown; send MarkdownV2');
  }
  if (mode !== '' && mode !== 'none') throw badRequest('unsupported parse_mode');
  return { text: raw, entities: Array.isArray(given) ? given.map((one) => entity(one, raw.length)) : [] };
}

function entity(value: unknown, textLength: number): Entity {
  if (typeof value !== 'object' || value === null) {
    throw badRequest("can't parse MessageEntity: expected an Object");
  }
  const { type, offset, length } = value as Record<string, unknown>;
  if (typeof type !== 'string' || !TYPES.has(type)) {
    throw badRequest(
      `can't parse MessageEntity: the sandbox does not model entities of type "${String(type)}"`,
    );
  }
  if (!isCount(offset) || !isCount(length)) {
    throw badRequest("can't parse MessageEntity: offset and length must be Numbers");
  }
  if (offset + length > textLength) {
    throw badRequest(`entity begins after the end of the text at UTF-16 offset ${offset}`);
  }
  return value as Entity;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

function tidy({ text, entities }: FormattedText): FormattedText {
  const clean = cleaned(text, entities);
  const trimmed = trimmedText(clean);
  if (isBlank(trimmed.text)) return { text: '', entities: [] };
  return { text: trimmed.text, entities: arrange(trimmed.entities, detectEntities(trimmed.text)) };
}

/** Control characters become spaces, carriage returns go (tdlib, clean_input_string). */
function cleaned(text: string, entities: readonly Entity[]): FormattedText {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  const spaced = text.replace(/[\u0000-\u0009\u000b\u000c\u000e-\u001f]/g, ' ');
  if (!spaced.includes('\r')) return { text: spaced, entities };
  const kept = (end: number) => spaced.slice(0, end).replaceAll('\r', '').length;
  return {
    text: spaced.replaceAll('\r', ''),
    entities: entities.map((one) => {
      const offset = kept(one.offset);
      return { ...one, offset, length: kept(one.offset + one.length) - offset };
    }),
  };
}

/**
 * Spaces and line feeds go at the end, and at the start up to the first entity (tdlib, fix_formatted_text). Entities are
 * shortened with the text, and those of no length dropped.
 */
function trimmedText({ text, entities }: FormattedText): FormattedText {
  let end = text.length;
  while (end > 0 && /[ \n]/.test(text.charAt(end - 1))) end--;
  const cut = entities
    .map((one) => ({ ...one, length: Math.min(one.offset + one.length, end) - one.offset }))
    .filter(({ length }) => length > 0);
  const firstEntity = Math.min(end, ...cut.map(({ offset }) => offset));
  const leading = text.search(/[^ \n]/u);
  const start = Math.min(Math.max(leading, 0), firstEntity);
  return {
    text: text.slice(start, end),
    entities: cut.map((one) => ({ ...one, offset: one.offset - start })),
  };
}

/** Only spaces and characters without a width (tdlib, strip_empty_characters). */
function isBlank(text: string): boolean {
  return /^[\s\u00a0\u1680\u180e\u2000-\u200f\u202e\u202f\u205f\u2800\u3000\ufeff\ufffc]*$/u.test(text);
}
