import { badRequest } from '../errors.ts';
import { checkedLink } from '../links.ts';
import type { Entity, EntityType, FormattedText } from '../model.ts';
import type { WhoIs } from './html.ts';

/** What stands for itself only behind a backslash (core.telegram.org/bots/api#markdownv2-style). */
const RESERVED = new Set('_*[]()~`>#+-=|{}.!');

/** The names by which tdlib's refusals call an entity that does not end. */
const NAMES: Readonly<Partial<Record<EntityType, string>>> = {
  bold: 'Bold',
  italic: 'Italic',
  underline: 'Underline',
  strikethrough: 'Strikethrough',
  spoiler: 'Spoiler',
  code: 'Code',
  pre: 'Pre',
  text_link: 'TextUrl',
};

interface Open {
  readonly type: EntityType;
  /** In the text that comes out. */
  readonly offset: number;
  /** In the source, in bytes. */
  readonly byte: number;
  readonly language?: string;
}

/** Reads MarkdownV2, with the refusals of tdlib's `parse_markdown_v2`. Custom emoji and dates are not modelled, and refused. */
export function parseMarkdownV2(source: string, whoIs: WhoIs): FormattedText {
  return new MarkdownReader(source, whoIs).read();
}

class MarkdownReader {
  readonly #source: string;
  readonly #whoIs: WhoIs;
  readonly #open: Open[] = [];
  readonly #entities: Entity[] = [];
  #at = 0;
  #text = '';
  /** The quote that lines go on in. */
  #quote: { readonly type: 'blockquote' | 'expandable_blockquote'; readonly offset: number } | undefined;

  constructor(source: string, whoIs: WhoIs) {
    this.#source = source;
    this.#whoIs = whoIs;
  }

  read(): FormattedText {
    while (this.#at < this.#source.length) {
      if (this.#atLineStart()) this.#beginLine();
      if (this.#at < this.#source.length) this.#step();
    }
    const left = this.#open.at(-1);
    if (left !== undefined) throw unended(left);
    this.#endQuote();
    return { text: this.#text, entities: this.#entities };
  }

  #atLineStart(): boolean {
    const inCode = this.#open.at(-1)?.type === 'code' || this.#open.at(-1)?.type === 'pre';
    return !inCode && (this.#at === 0 || this.#source.charAt(this.#at - 1) === '\n');
  }

  /** A line belongs to a quote, begins one, or ends it. */
  #beginLine(): void {
    const expandable = this.#starts('**>');
    if (expandable || (this.#starts('>') && this.#quote === undefined)) {
      this.#endQuote();
      this.#quote = { type: expandable ? 'expandable_blockquote' : 'blockquote', offset: this.#text.length };
      this.#at += expandable ? 3 : 1;
    } else if (this.#starts('>')) this.#at++;
    else this.#endQuote();
  }

  #endQuote(): void {
    const quote = this.#quote;
    if (quote === undefined) return;
    const left = this.#open.at(-1);
    if (left !== undefined) throw unended(left);
    this.#quote = undefined;
    const length = this.#text.slice(quote.offset).trimEnd().length;
    if (length > 0) this.#entities.push({ ...quote, length });
  }

  #step(): void {
    const char = this.#source.charAt(this.#at);
    const next = this.#source.charAt(this.#at + 1);
    if (char === '\\' && next !== '' && next <= '~') {
      this.#text += next;
      this.#at += 2;
    } else if (this.#endsExpandable()) this.#at += 2;
    else if (this.#ends()) this.#end();
    else if (this.#isReserved(char)) this.#begin(char, next);
    else {
      this.#text += char;
      this.#at++;
    }
  }

  #isReserved(char: string): boolean {
    const type = this.#open.at(-1)?.type;
    return type === 'code' || type === 'pre' ? char === '`' : RESERVED.has(char);
  }

  /** Two bars at the end of an expandable quote's last line are its mark. */
  #endsExpandable(): boolean {
    if (this.#quote?.type !== 'expandable_blockquote' || !this.#starts('||')) return false;
    const after = this.#source.charAt(this.#at + 2);
    return this.#open.length === 0 && (after === '' || after === '\n');
  }

  /** Whether what stands here ends the innermost entity. */
  #ends(): boolean {
    switch (this.#open.at(-1)?.type) {
      case 'bold':
        return this.#starts('*');
      case 'italic':
        return this.#starts('_') && !this.#starts('__');
      case 'underline':
        return this.#starts('__');
      case 'strikethrough':
        return this.#starts('~');
      case 'spoiler':
        return this.#starts('||');
      case 'code':
        return this.#starts('`');
      case 'pre':
        return this.#starts('```');
      case 'text_link':
        return this.#starts(']');
      default:
        return false;
    }
  }

  #begin(char: string, next: string): void {
    const byte = Buffer.byteLength(this.#source.slice(0, this.#at));
    const push = (type: EntityType, width: number, more: { readonly language?: string } = {}) => {
      this.#open.push({ type, offset: this.#text.length, byte, ...more });
      this.#at += width;
    };
    const mark = markAt(char, next);
    if (mark !== undefined) {
      push(mark.type, mark.width);
      return;
    }
    if (char !== '`') {
      throw refusal(`Character '${char}' is reserved and must be escaped with the preceding '\\'`);
    }
    if (!this.#starts('```')) {
      push('code', 1);
      return;
    }
    // A word right behind the marks is the language, if a space or a line's end follows it; one line's end is left out.
    const [, language = ''] = /^```(?:([^\s`]+)(?=\s))?/.exec(this.#source.slice(this.#at)) ?? [];
    push('pre', 3 + language.length, language === '' ? {} : { language });
    if (this.#starts('\r\n')) this.#at += 2;
    else if (this.#starts('\n')) this.#at++;
  }

  #end(): void {
    const open = this.#open.pop();
    if (open === undefined) return;
    const { type, offset } = open;
    this.#at += { underline: 2, spoiler: 2, pre: 3 }[type as string] ?? 1;
    const length = this.#text.length - offset;
    const language = open.language === undefined ? {} : { language: open.language };
    if (type === 'text_link') this.#link(offset, length);
    else if (length > 0) this.#entities.push({ type, offset, length, ...language });
  }

  /** Without an address the text is one; what Telegram would not follow is no link, and its text stays. */
  #link(offset: number, length: number): void {
    const target = this.#starts('(') ? this.#address() : this.#text.slice(offset);
    if (length === 0) return;
    const person = /^tg:\/\/user\?id=(\d+)$/i.exec(target)?.[1];
    const user = person === undefined ? undefined : this.#whoIs(Number(person));
    if (user !== undefined) this.#entities.push({ type: 'text_mention', offset, length, user });
    const url = checkedLink(target);
    if (person === undefined && url.ok)
      this.#entities.push({ type: 'text_link', offset, length, url: url.link });
  }

  #address(): string {
    const [whole, inner = ''] = /^\(((?:\\[\s\S]|[^)\\])*)\)/.exec(this.#source.slice(this.#at)) ?? [];
    if (whole === undefined) {
      const byte = Buffer.byteLength(this.#source.slice(0, this.#at + 1));
      throw refusal(`Can't find end of a URL at byte offset ${byte}`);
    }
    this.#at += whole.length;
    return inner.replace(/\\([\s\S])/g, '$1');
  }

  #starts(words: string): boolean {
    return this.#source.startsWith(words, this.#at);
  }
}

/** What begins an entity, besides code. */
function markAt(
  char: string,
  next: string,
): { readonly type: EntityType; readonly width: number } | undefined {
  switch (char) {
    case '_':
      return next === '_' ? { type: 'underline', width: 2 } : { type: 'italic', width: 1 };
    case '*':
      return { type: 'bold', width: 1 };
    case '~':
      return { type: 'strikethrough', width: 1 };
    case '|':
      return next === '|' ? { type: 'spoiler', width: 2 } : undefined;
    case '[':
      return { type: 'text_link', width: 1 };
    default:
      return undefined;
  }
}

function unended({ type, byte, language }: Open) {
  const name = type === 'pre' && language !== undefined ? 'PreCode' : NAMES[type];
  return refusal(`Can't find end of ${name} entity at byte offset ${byte}`);
}

function refusal(reason: string) {
  return badRequest(`can't parse entities: ${reason}`);
}
