import { shorten } from './html.ts';

/** Characters after the entities are parsed (core.telegram.org/bots/api#sendmessage, #sendphoto, #answercallbackquery). */
export const LONGEST = { text: 4096, caption: 1024, answer: 200 } as const;

const PIECE = /<(\/?)([a-z-]+)[^>]*>|&[a-z]+;|&#x?[0-9a-f]+;|[\s\S]/giu;

/**
 * Telegram's HTML cut to `max` characters as it counts them, tags not counted: whole characters, open tags closed, an
 * ellipsis where something is missing. Counted in UTF-16 units, of which there are never fewer than characters.
 */
export function fitHtml(html: string, max: number): string {
  // Tags and names of characters only make it longer.
  if (html.length <= max) return html;
  const open: string[] = [];
  let shown = 0;
  let cut: { readonly at: number; readonly open: readonly string[] } | undefined;
  for (const match of html.matchAll(PIECE)) {
    const [piece, slash, tag] = match;
    if (tag !== undefined) {
      if (slash) open.pop();
      else open.push(tag);
      continue;
    }
    const units = piece.startsWith('&') && piece.length > 1 ? 1 : piece.length;
    if (!cut && shown + units > max - 1) cut = { at: match.index, open: [...open] };
    shown += units;
    if (cut && shown > max) return `${html.slice(0, cut.at).trimEnd()}…${closing(cut.open)}`;
  }
  return html;
}

function closing(open: readonly string[]): string {
  return open
    .toReversed()
    .map((tag) => `</${tag}>`)
    .join('');
}

/**
 * What a call says, as Telegram takes it: not longer than it may be, and without halves of characters, for which it
 * refuses a call as a whole.
 */
export function fitCall<P extends object>(method: string, payload: P): P {
  const given = payload as Readonly<Record<string, unknown>>;
  const cut = given.parse_mode === 'HTML' ? fitHtml : shorten;
  const longest = {
    text: method === 'answerCallbackQuery' ? LONGEST.answer : LONGEST.text,
    caption: LONGEST.caption,
  };
  const fitted: Record<string, unknown> = {};
  for (const name of ['text', 'caption'] as const) {
    const said = given[name];
    if (typeof said === 'string') fitted[name] = cut(whole(said), longest[name]);
  }
  if (given.reply_markup !== undefined) fitted.reply_markup = wholeTexts(given.reply_markup);
  return { ...payload, ...fitted };
}

function whole(text: string): string {
  return text.replace(HALF, '\uFFFD');
}

const HALF = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

function wholeTexts(value: unknown): unknown {
  if (typeof value === 'string') return whole(value);
  if (Array.isArray(value)) return value.map(wholeTexts);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, wholeTexts(part)]));
}
