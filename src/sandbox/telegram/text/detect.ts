import type { Entity, EntityType } from '../model.ts';

/*
 * The patterns are those that tdlib names beside its matchers (MessageEntity.cpp): a mention or a command does not start
 * inside a word, a command does not touch `/`, `<` or `>`. Links are found with their scheme only; bare domains, hashtags
 * and e-mail addresses are not looked for.
 */
const PATTERNS: readonly (readonly [EntityType, RegExp])[] = [
  ['url', /(?<![\p{L}\p{N}_])https?:\/\/[^\s<>"«»]+/giu],
  ['bot_command', /(?<![\p{L}\p{N}_/<>])\/[a-zA-Z0-9_]{1,64}(?:@[a-zA-Z0-9_]{3,32})?(?![\p{L}\p{N}_/<>@])/gu],
  ['mention', /(?<![\p{L}\p{N}_])@[a-zA-Z0-9_]{2,32}(?![\p{L}\p{N}_])/gu],
];

/** The links, commands and mentions in a text, none overlapping another. */
export function detectEntities(text: string): Entity[] {
  const found: Entity[] = [];
  for (const [type, pattern] of PATTERNS) {
    for (const match of text.matchAll(pattern)) {
      const length = type === 'url' ? withoutTrailingPunctuation(match[0]).length : match[0].length;
      const entity = { type, offset: match.index, length };
      if (type === 'url' && !hasHost(text.slice(entity.offset, entity.offset + length))) continue;
      if (!found.some((other) => touches(entity, other))) found.push(entity);
    }
  }
  return found.sort((a, b) => a.offset - b.offset);
}

function hasHost(link: string): boolean {
  return URL.canParse(link) && new URL(link).hostname.includes('.');
}

/** A sentence's full stop or closing bracket after a link is not part of it. */
function withoutTrailingPunctuation(link: string): string {
  const bare = link.replace(/[.,:;!?'"]+$/u, '');
  const unbalanced = bare.endsWith(')') && !bare.includes('(');
  return unbalanced ? withoutTrailingPunctuation(bare.slice(0, -1)) : bare;
}

function touches(a: { offset: number; length: number }, b: Entity): boolean {
  return a.offset < b.offset + b.length && b.offset < a.offset + a.length;
}
