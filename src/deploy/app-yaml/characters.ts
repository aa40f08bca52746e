import { Lexer } from 'yaml';
import { CloudError } from '../../google/cloud-error.ts';

/**
 * What YAML 1.1 does not count as printable, and the three characters that end a line in some parsers and none in others:
 * what comes of them is nobody's guess. Surrogates come in pairs here.
 */
const ODD = /[^\t\n\r\x20-\x7e\xa0-\ufffd]|[\u2028\u2029\ufffe\uffff]/;

/**
 * Refuses what gcloud's parser stumbles over, and JavaScript's does not: control characters, and tabs anywhere but in
 * quotes, comments and blocks of text.
 * @throws CloudError `invalid` with the line.
 */
export function refuseCharacters(name: string, text: string): void {
  const odd = ODD.exec(text);
  if (odd) {
    const code = odd[0].charCodeAt(0).toString(16).padStart(4, '0');
    throw new CloudError(
      'invalid',
      `${name}, line ${lineOf(text, odd.index)}: the character U+${code} cannot stand in YAML: delete it, or write "\\u${code}" in double quotes.`,
    );
  }
  const tab = text.includes('\t') ? strayTab(text) : undefined;
  if (tab === undefined) return;
  throw new CloudError(
    'invalid',
    `${name}, line ${lineOf(text, tab)}: there is a tab outside of quotes, which YAML does not take: use spaces.`,
  );
}

/** The lexer's mark in front of a plain text, and of the content of a block. */
const TEXT_FOLLOWS = '\u001f';
const MARKS = new Set(['\u0002', '\u0018', TEXT_FOLLOWS]);

/** @returns where it is. */
function strayTab(text: string): number | undefined {
  let offset = 0;
  let inBlock = false;
  let isText = false;
  for (const lexeme of new Lexer().lex(text)) {
    if (MARKS.has(lexeme)) {
      isText = lexeme === TEXT_FOLLOWS;
      continue;
    }
    const isQuoted = /^["']/.test(lexeme) && !isText;
    const isComment = lexeme.startsWith('#') && !isText;
    if (lexeme.includes('\t') && !isQuoted && !isComment && !(isText && inBlock)) {
      return offset + lexeme.indexOf('\t');
    }
    if (isText) inBlock = false;
    else if (/^[|>]/.test(lexeme)) inBlock = true;
    isText = false;
    offset += lexeme.length;
  }
  return undefined;
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
