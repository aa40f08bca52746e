import { cleanName } from './names.ts';

/** Text that is safe to send with Telegram's HTML parse mode. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Builds {@link Html}: whatever is put in is escaped, unless it is Html itself. Lists are joined by line ends. */
export function html(parts: TemplateStringsArray, ...values: unknown[]): Html {
  return new Html(parts.reduce((text, part, i) => text + render(values[i - 1]) + part));
}

function render(value: unknown): string {
  if (value instanceof Html) return value.text;
  if (Array.isArray(value)) return value.map(render).join('\n');
  return escapeText(String(value ?? ''));
}

/** Characters that turn the direction of the words after them, which are ours and must be read as they are meant. */
const TURNS = /[\u202a-\u202e\u2066-\u2069]/g;

function escapeText(text: string): string {
  return text
    .replace(TURNS, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** A person's name that rings their phone and, in a selective ForceReply, says whose reply is asked for. */
export function mention(person: { id: number; first_name: string } | undefined): Html {
  return person ? html`<a href="tg://user?id=${person.id}">${cleanName(person.first_name)}</a>` : html``;
}

/** Cuts plain text to `max` characters, with an ellipsis where something is missing. */
export function shorten(text: string, max: number): string {
  return text.length <= max
    ? text
    : `${text
        .slice(0, max - 1)
        .replace(HALF_AT_END, '')
        .trimEnd()}…`;
}

/** The end of a text, of `max` characters at most, with an ellipsis where something is missing. */
export function tailOf(text: string, max: number): string {
  return text.length <= max
    ? text
    : `…${text
        .slice(text.length - max + 1)
        .replace(HALF_AT_START, '')
        .trimStart()}`;
}

// Telegram refuses a message that has half of a character in it.
const HALF_AT_END = /[\uD800-\uDBFF]$/;
const HALF_AT_START = /^[\uDC00-\uDFFF]/;

/** Text in which "/stats" stays a path: clients make a command of whatever follows a slash. */
export function withPaths(text: string): Html {
  const parts = text.split(/((?<![^\s(])\/[\w./-]+)/);
  return new Html(
    parts.map((part, i) => (i % 2 === 1 ? html`<code>${part}</code>` : html`${part}`).text).join(''),
  );
}
