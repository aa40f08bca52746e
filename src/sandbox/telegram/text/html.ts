import { badRequest } from '../errors.ts';
import { checkedLink } from '../links.ts';
import type { Entity, EntityType, FormattedText, User } from '../model.ts';

/** Finds a person by id; `undefined` for a stranger. */
export type WhoIs = (id: number) => User | undefined;

interface OpenTag {
  readonly name: string;
  /** The link of `a`, the language of `code`, "spoiler" of `span`, "expandable" of `blockquote`. */
  readonly argument: string;
  readonly offset: number;
}

const SIMPLE: Readonly<Record<string, EntityType>> = {
  b: 'bold',
  strong: 'bold',
  i: 'italic',
  em: 'italic',
  u: 'underline',
  ins: 'underline',
  s: 'strikethrough',
  strike: 'strikethrough',
  del: 'strikethrough',
  'tg-spoiler': 'spoiler',
  span: 'spoiler',
};
const TAGS = new Set([...Object.keys(SIMPLE), 'a', 'pre', 'code', 'blockquote']);
const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"' };
const REFERENCE = /&(?:#x([0-9a-fA-F]+)|#([0-9]+)|([a-zA-Z]+));?/y;

/**
 * Reads Telegram's small HTML (core.telegram.org/bots/api#html-style). The refusals, with their byte offsets, are worded as
 * tdlib's `parse_html` words them. A link to `tg://user?id=…` mentions that person, if known. Not modelled, and refused as an unknown tag: `tg-emoji` and `tg-time`.
 */
export function parseHtml(html: string, whoIs: WhoIs): FormattedText {
  return new HtmlReader(html, whoIs).read();
}

class HtmlReader {
  readonly #html: string;
  readonly #whoIs: WhoIs;
  readonly #open: OpenTag[] = [];
  readonly #entities: Entity[] = [];
  #at = 0;
  #text = '';

  constructor(html: string, whoIs: WhoIs) {
    this.#html = html;
    this.#whoIs = whoIs;
  }

  read(): FormattedText {
    while (this.#at < this.#html.length) {
      const char = this.#html.charAt(this.#at);
      if (char === '&') this.#text += this.#reference();
      else if (char !== '<') {
        this.#text += char;
        this.#at++;
      } else if (this.#html.charAt(this.#at + 1) === '/') this.#endTag();
      else this.#startTag();
    }
    const left = this.#open.at(-1);
    if (left !== undefined) throw refusal(`Can't find end tag corresponding to start tag "${left.name}"`);
    return { text: this.#text, entities: this.#entities.map(withoutCodeLanguage) };
  }

  /** A character reference, or the ampersand itself where none starts. */
  #reference(): string {
    REFERENCE.lastIndex = this.#at;
    const match = REFERENCE.exec(this.#html);
    const char = match === null ? undefined : decode(match);
    this.#at += match === null || char === undefined ? 1 : match[0].length;
    return char ?? '&';
  }

  #startTag(): void {
    const begin = this.#at;
    const name = this.#take(/<([^\s>]*)/y).toLowerCase();
    if (this.#ended()) throw refusal(`Unclosed start tag at byte offset ${this.#bytes(begin)}`);
    if (!TAGS.has(name)) {
      throw refusal(`Unsupported start tag "${name}" at byte offset ${this.#bytes(begin)}`);
    }
    const argument = this.#attributes(name, begin);
    this.#at++;
    if (name === 'span' && argument !== 'spoiler') {
      throw refusal(`Tag "span" must have class "tg-spoiler" at byte offset ${this.#bytes(begin)}`);
    }
    this.#open.push({ name, argument, offset: this.#text.length });
  }

  /** Leaves the reader on the `>`. */
  #attributes(tag: string, begin: number): string {
    let argument = '';
    for (;;) {
      this.#take(/(\s*)/y);
      if (this.#html.charAt(this.#at) === '>') return argument;
      const name = this.#take(/([^\s=>/"']*)/y);
      if (name === '') {
        throw refusal(`Empty attribute name in the tag "${tag}" at byte offset ${this.#bytes(begin)}`);
      }
      this.#take(/(\s*)/y);
      const hasValue = this.#html.charAt(this.#at) === '=';
      if (hasValue) this.#take(/=(\s*)/y);
      if (this.#ended()) {
        throw refusal(`Unclosed start tag "${tag}" at byte offset ${this.#bytes(begin)}`);
      }
      const value = hasValue ? this.#attributeValue() : '';
      if (this.#ended()) throw refusal(`Unclosed start tag at byte offset ${this.#bytes(begin)}`);
      argument = attributeMeaning(tag, name, value) ?? argument;
    }
  }

  #attributeValue(): string {
    const quote = this.#html.charAt(this.#at);
    if (quote !== '"' && quote !== "'") {
      const begin = this.#at;
      const token = this.#take(/([a-zA-Z0-9.-]*)/y).toLowerCase();
      if (this.#ended() || /[\s>]/.test(this.#html.charAt(this.#at))) return token;
      throw refusal(`Unexpected end of name token at byte offset ${this.#bytes(begin)}`);
    }
    this.#at++;
    let value = '';
    while (!this.#ended() && this.#html.charAt(this.#at) !== quote) {
      if (this.#html.charAt(this.#at) === '&') value += this.#reference();
      else value += this.#html.charAt(this.#at++);
    }
    this.#at++;
    return value;
  }

  #endTag(): void {
    const begin = this.#at;
    const tag = this.#open.pop();
    if (tag === undefined) throw refusal(`Unexpected end tag at byte offset ${this.#bytes(begin)}`);
    const name = this.#take(/<\/([^\s>]*)/y).toLowerCase();
    this.#take(/(\s*)/y);
    if (this.#html.charAt(this.#at) !== '>') {
      throw refusal(`Unclosed end tag at byte offset ${this.#bytes(begin)}`);
    }
    this.#at++;
    if (name !== '' && name !== tag.name) {
      throw refusal(
        `Unmatched end tag at byte offset ${this.#bytes(begin)}, expected "</${tag.name}>", found "</${name}>"`,
      );
    }
    const length = this.#text.length - tag.offset;
    if (length > 0) this.#close(tag, length);
  }

  #close({ name, argument, offset }: OpenTag, length: number): void {
    const simple = SIMPLE[name];
    if (simple !== undefined) this.#entities.push({ type: simple, offset, length });
    else if (name === 'a') this.#link(argument || this.#text.slice(offset), offset, length);
    else if (name === 'blockquote') {
      this.#entities.push({ type: argument === '' ? 'blockquote' : 'expandable_blockquote', offset, length });
    } else this.#code(name === 'pre' ? 'pre' : 'code', argument, offset, length);
  }

  /** A link that Telegram would not follow is dropped without a word, its text stays (tdlib, LinkManager). */
  #link(target: string, offset: number, length: number): void {
    const person = /^tg:\/\/user\?id=(\d+)$/i.exec(target)?.[1];
    if (person !== undefined) {
      const user = this.#whoIs(Number(person));
      if (user !== undefined) this.#entities.push({ type: 'text_mention', offset, length, user });
      return;
    }
    const url = checkedLink(target);
    if (url.ok) this.#entities.push({ type: 'text_link', offset, length, url: url.link });
  }

  /** `pre` and `code class="language-…"` around the same text are one code block with a language. */
  #code(type: 'pre' | 'code', language: string, offset: number, length: number): void {
    const inner = this.#entities.at(-1);
    if (inner !== undefined && inner.offset === offset && inner.length === length) {
      const found = type === 'pre' ? (inner.type === 'code' ? inner.language : undefined) : language;
      if (found && inner.type !== type && (inner.type === 'code' || inner.type === 'pre')) {
        this.#entities[this.#entities.length - 1] = { type: 'pre', offset, length, language: found };
        return;
      }
    }
    this.#entities.push({ type, offset, length, ...(language === '' ? {} : { language }) });
  }

  /** @returns the first group of a sticky pattern at the reader's place, and steps over the match. */
  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#html);
    this.#at += match?.[0].length ?? 0;
    return match?.[1] ?? '';
  }

  #ended(): boolean {
    return this.#at >= this.#html.length;
  }

  #bytes(index: number): number {
    return Buffer.byteLength(this.#html.slice(0, index));
  }
}

function attributeMeaning(tag: string, name: string, value: string): string | undefined {
  if (tag === 'a' && name === 'href') return value;
  if (tag === 'blockquote' && name === 'expandable') return 'expandable';
  if (tag === 'code' && name === 'class' && value.startsWith('language-'))
    return value.slice('language-'.length);
  if (tag === 'span' && name === 'class' && value.startsWith('tg-')) return value.slice('tg-'.length);
  return undefined;
}

/** `code` alone has no language on the wire. */
function withoutCodeLanguage(entity: Entity): Entity {
  if (entity.type !== 'code') return entity;
  return { type: 'code', offset: entity.offset, length: entity.length };
}

function decode(match: RegExpExecArray): string | undefined {
  const [whole, hex, decimal, name] = match;
  if (name !== undefined) return NAMED[name];
  const code = hex === undefined ? Number.parseInt(decimal ?? '', 10) : Number.parseInt(hex, 16);
  // Longer references than these are left as they stand (tdlib, decode_html_entity).
  if (code === 0 || code >= 0x10ffff || whole.replace(';', '').length >= 10) return undefined;
  return String.fromCodePoint(code);
}

function refusal(reason: string) {
  return badRequest(`can't parse entities: ${reason}`);
}
