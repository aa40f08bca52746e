import { inlineHtml } from './markdown-inline.ts';

/*
 * Rich Markdown (core.telegram.org/bots/api#rich-markdown-style) as the HTML that says the same: blocks first, then what
 * stands within a line. HTML in it passes. Footnotes and formulas are not modelled and stay as they are written.
 */

const FENCE = /^ {0,3}(`{3,}|~{3,})\s*([\w+-]*)\s*$/;
const HEADING = /^ {0,3}(#{1,6})\s+(.*?)(?:\s+#+)?\s*$/;
const RULE = /^ {0,3}([-*_])(?:\s*\1){2,}\s*$/;
const QUOTE = /^ {0,3}> ?(.*)$/;
const ITEM = /^( *)([-*+]|\d{1,9}[.)])\s+(.*)$/;
const TASK = /^\[([ xX])\]\s+(.*)$/;
const RULER = /^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/;
const HTML_BLOCK =
  /^ {0,3}<(details|p|table|ul|ol|aside|footer|blockquote|pre|h[1-6]|tg-[\w-]+)\b([^>]*)>(.*)$/i;

/** The lines of a document as blocks of HTML. */
export function htmlOfMarkdown(markdown: string): string {
  return blocksOf(markdown.replaceAll('\r\n', '\n').split('\n'));
}

/** A block that was read, and the line after it. */
type Read = readonly [html: string, next: number];

function blocksOf(lines: readonly string[]): string {
  let html = '';
  for (let at = 0; at < lines.length; ) {
    const [block, next] = readBlock(lines, at);
    html += block;
    at = next;
  }
  return html;
}

function readBlock(lines: readonly string[], at: number): Read {
  const line = lines[at] ?? '';
  if (line.trim() === '') return ['', at + 1];
  const heading = HEADING.exec(line);
  if (heading !== null) {
    const size = heading[1]?.length;
    return [`<h${size}>${inlineHtml(heading[2] ?? '')}</h${size}>`, at + 1];
  }
  if (RULE.test(line)) return ['<hr/>', at + 1];
  if (FENCE.test(line)) return readFence(lines, at);
  if (QUOTE.test(line)) return readQuote(lines, at);
  if (ITEM.test(line)) return readList(lines, at);
  if (isTable(lines, at)) return readTable(lines, at);
  if (HTML_BLOCK.test(line)) return readHtml(lines, at);
  return readParagraph(lines, at);
}

function readFence(lines: readonly string[], at: number): Read {
  const [, fence = '', language = ''] = FENCE.exec(lines[at] ?? '') ?? [];
  const end = lines.findIndex((line, index) => index > at && line.trim() === fence);
  const last = end < 0 ? lines.length : end;
  const code = escaped(lines.slice(at + 1, last).join('\n'));
  const inner = language === '' ? code : `<code class="language-${language}">${code}</code>`;
  return [`<pre>${inner}</pre>`, last + 1];
}

function readQuote(lines: readonly string[], at: number): Read {
  let next = at;
  const inner: string[] = [];
  for (; next < lines.length; next++) {
    const quoted = QUOTE.exec(lines[next] ?? '')?.[1];
    if (quoted === undefined) break;
    inner.push(quoted);
  }
  return [`<blockquote>${blocksOf(inner)}</blockquote>`, next];
}

/** Items of one kind; what is indented below an item's marker belongs to it. */
function readList(lines: readonly string[], at: number): Read {
  const [, indent = '', marker = ''] = ITEM.exec(lines[at] ?? '') ?? [];
  const ordered = /\d/.test(marker);
  let html = '';
  let next = at;
  while (next < lines.length) {
    const item = ITEM.exec(lines[next] ?? '');
    if (item === null || item[1] !== indent || /\d/.test(item[2] ?? '') !== ordered) break;
    const inner = [item[3] ?? ''];
    for (next++; next < lines.length; next++) {
      const line = lines[next] ?? '';
      const deep = line.startsWith(`${indent}  `);
      const goesOn = line.trim() === '' && (lines[next + 1] ?? '').startsWith(`${indent}  `);
      if (!deep && !goesOn) break;
      inner.push(line.slice(indent.length).replace(/^ {1,4}(?=\S)|^ {2}/, ''));
    }
    html += itemHtml(inner);
  }
  const start = Number.parseInt(marker, 10);
  return [ordered ? `<ol start="${start}">${html}</ol>` : `<ul>${html}</ul>`, next];
}

function itemHtml([first = '', ...rest]: readonly string[]): string {
  const [, box, text] = TASK.exec(first) ?? [];
  if (box === undefined) return `<li>${blocksOf([first, ...rest])}</li>`;
  const checked = box === ' ' ? '' : ' checked';
  return `<li><input type="checkbox"${checked}>${blocksOf([text ?? '', ...rest])}</li>`;
}

function isTable(lines: readonly string[], at: number): boolean {
  const ruler = lines[at + 1] ?? '';
  return (lines[at] ?? '').includes('|') && ruler.includes('|') && RULER.test(ruler);
}

function readTable(lines: readonly string[], at: number): Read {
  const aligns = cellsOf(lines[at + 1] ?? '').map(alignOf);
  const row = (line: string, name: 'th' | 'td') =>
    cellsOf(line)
      .map((cell, column) => `<${name} align="${aligns[column] ?? 'left'}">${inlineHtml(cell)}</${name}>`)
      .join('');
  let html = `<tr>${row(lines[at] ?? '', 'th')}</tr>`;
  let next = at + 2;
  for (; (lines[next] ?? '').includes('|'); next++) html += `<tr>${row(lines[next] ?? '', 'td')}</tr>`;
  return [`<table bordered>${html}</table>`, next];
}

function cellsOf(line: string): string[] {
  const inner = line
    .trim()
    .replace(/^\|/, '')
    .replace(/(?<!\\)\|$/, '');
  return inner.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|'));
}

function alignOf(ruler: string): 'left' | 'center' | 'right' {
  if (!ruler.endsWith(':')) return 'left';
  return ruler.startsWith(':') ? 'center' : 'right';
}

/** Up to the line that ends it; what `details` hold is Markdown again. */
function readHtml(lines: readonly string[], at: number): Read {
  const [, name = '', attributes = '', first = ''] = HTML_BLOCK.exec(lines[at] ?? '') ?? [];
  const end = new RegExp(`</${name}>\\s*$`, 'i');
  const last = lines.findIndex((line, index) => index >= at && end.test(line));
  if (last < 0) return [lines.slice(at).join('\n'), lines.length];
  if (name.toLowerCase() !== 'details') return [lines.slice(at, last + 1).join('\n'), last + 1];
  const inner = [...(last === at ? [] : [first]), ...lines.slice(at + 1, last + 1)];
  const body = (last === at ? first : inner.join('\n')).replace(end, '');
  const [, summary = '', rest = body] = /^\s*<summary>([\s\S]*?)<\/summary>([\s\S]*)$/i.exec(body) ?? [];
  const opened = `<details${attributes}><summary>${inlineHtml(summary)}</summary>`;
  return [`${opened}${blocksOf(rest.split('\n'))}</details>`, last + 1];
}

/** Up to an empty line, or one that begins another block. */
function readParagraph(lines: readonly string[], at: number): Read {
  let next = at + 1;
  const begins = (line: string) =>
    [HEADING, RULE, FENCE, QUOTE, HTML_BLOCK, ITEM].some((form) => form.test(line));
  while (next < lines.length && (lines[next] ?? '').trim() !== '' && !begins(lines[next] ?? '')) next++;
  return [`<p>${inlineHtml(lines.slice(at, next).join('\n'))}</p>`, next];
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
