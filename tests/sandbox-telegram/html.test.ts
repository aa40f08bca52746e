import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formattedText, plainText } from '../../src/sandbox/telegram/text/formatted.ts';
import { botAt, GROUP, telegram, thrown } from './support.ts';

const ada = { id: 11, is_bot: false, first_name: 'Ada', username: 'ada' };
const whoIs = (id: number) => (id === ada.id ? ada : undefined);

/** Entities as `type offset+length`, with what else they carry. */
function read(html: string): [string, string[]] {
  const { text, entities } = formattedText(html, 'HTML', undefined, whoIs);
  const shown = entities.map((one) => {
    const more = one.url ?? one.language ?? one.user?.first_name;
    return `${one.type} ${one.offset}+${one.length}${more === undefined ? '' : ` ${more}`}`;
  });
  return [text, shown];
}

test.each([
  [
    '<b>a</b><i>b</i><u>c</u><s>d</s><tg-spoiler>e</tg-spoiler>',
    'abcde',
    ['bold 0+1', 'italic 1+1', 'underline 2+1', 'strikethrough 3+1', 'spoiler 4+1'],
  ],
  [
    '<strong>a</strong><em>b</em><ins>c</ins><del>d</del><span class="tg-spoiler">e</span>',
    'abcde',
    ['bold 0+1', 'italic 1+1', 'underline 2+1', 'strikethrough 3+1', 'spoiler 4+1'],
  ],
  ['🚀🚀 <b>über 👩‍🚀</b>!', '🚀🚀 über 👩‍🚀!', ['bold 5+10']],
  ['&lt;b&gt; &amp;amp; &quot; &nbsp; &#x1F680;&#65;', '<b> &amp; " &nbsp; 🚀A', []],
  ['<a href="https://example.com/a?b=1&amp;c=2">x</a>', 'x', ['text_link 0+1 https://example.com/a?b=1&c=2']],
  ['<a href="http://localhost:8080/">x</a>', 'x', []],
  ['<a href="http://127.0.0.1:8080/">x</a>', 'x', ['text_link 0+1 http://127.0.0.1:8080/']],
  [
    '<a href="tg://user?id=11">you</a> <a href="tg://user?id=9">stranger</a>',
    'you stranger',
    ['text_mention 0+3 Ada'],
  ],
  ['<pre><code class="language-ts">let a</code></pre>', 'let a', ['pre 0+5 ts']],
  ['<pre>a</pre><code class="language-ts">b</code>', 'ab', ['pre 0+1', 'code 1+1']],
  ['<code><b>x</b></code>', 'x', ['code 0+1']],
  ['<blockquote expandable>a\nb</blockquote>', 'a\nb', ['expandable_blockquote 0+3']],
  ['<blockquote>a <b>b</b></blockquote>', 'a b', ['blockquote 0+3', 'bold 2+1']],
  ['<b>ab<i>cd</i>ef</b>', 'abcdef', ['bold 0+2', 'bold 2+4', 'italic 2+2']],
  ['<b>a </b><b>b</b>', 'a b', ['bold 0+3']],
  ['<b>x</b><b></b>', 'x', ['bold 0+1']],
  ['<B>x</B><i>y</>', 'xy', ['bold 0+1', 'italic 1+1']],
  ['  <b>  x </b> \n ', '  x', ['bold 0+3']],
  ['  x <b>y</b>\n\n', 'x y', ['bold 2+1']],
  ['a\r\nb\tc', 'a\nb c', []],
  [
    'see /status and https://example.com/x. @ada',
    'see /status and https://example.com/x. @ada',
    ['bot_command 4+7', 'url 16+21', 'mention 39+4'],
  ],
  ['<code>/status</code> a/b //c', '/status a/b //c', ['code 0+7']],
])('%j', (html, text, entities) => {
  expect(read(html)).toEqual([text, entities]);
});

test.each([
  ['<x>a</x>', 'Unsupported start tag "x" at byte offset 0'],
  ['ü<font>a', 'Unsupported start tag "font" at byte offset 2'],
  ['a < b', 'Unsupported start tag "" at byte offset 2'],
  ['a <b', 'Unclosed start tag at byte offset 2'],
  ['a <b x', 'Unclosed start tag "b" at byte offset 2'],
  ['🚀<b>a', 'Can\'t find end tag corresponding to start tag "b"'],
  ['<b>a</i>', 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'],
  ['a</b>', 'Unexpected end tag at byte offset 1'],
  ['<b>a</b', 'Unclosed end tag at byte offset 4'],
  ['<span>a</span>', 'Tag "span" must have class "tg-spoiler" at byte offset 0'],
  ['<a ="x">a</a>', 'Empty attribute name in the tag "a" at byte offset 0'],
  ['<a href=a/b>a</a>', 'Unexpected end of name token at byte offset 8'],
  ['<a href="x', 'Unclosed start tag at byte offset 0'],
  ['<a href=', 'Unclosed start tag "a" at byte offset 0'],
])('%j is refused', (html, reason) => {
  expect(() => read(html)).toThrow(`Bad Request: can't parse entities: ${reason}`);
});

test('the refusal reaches grammY in the words that bots look for', async () => {
  const server = await telegram();
  const error = await thrown(botAt(server.url).api.sendMessage(GROUP, '<x>', { parse_mode: 'HTML' }));
  expect(error.description).toBe(
    'Bad Request: can\'t parse entities: Unsupported start tag "x" at byte offset 0',
  );
  const markdown = await thrown(botAt(server.url).api.sendMessage(GROUP, '*x*', { parse_mode: 'Markdown' }));
  expect(markdown.description).toContain('unsupported parse_mode');
  expect(server.logged.join()).toContain('the old Markdown');
});

test('escaped text comes back as it was, whatever it holds, and its entities stay inside it', () => {
  const escaped = (text: string) =>
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const words = fc.string({
    unit: fc.constantFrom('a', ' ', '<', '&', '>', '"', '🚀', '\n', 'é', '/', '@', 'b'),
  });
  const styled = fc.array(fc.tuple(fc.constantFrom('b', 'i', 'u', 'code', 'blockquote'), words, words), {
    maxLength: 4,
  });
  fc.assert(
    fc.property(styled, (parts) => {
      const html = parts
        .map(([tag, inner, after]) => `<${tag}>${escaped(inner)}</${tag}>${escaped(after)}`)
        .join('');
      const plain = parts.map(([, inner, after]) => inner + after).join('');
      const { text, entities } = formattedText(html, 'HTML', undefined, whoIs);
      expect(text.trim()).toBe(plain.trim());
      let last = 0;
      for (const { offset, length } of entities) {
        expect(length).toBeGreaterThan(0);
        expect(offset).toBeGreaterThanOrEqual(last);
        expect(offset + length).toBeLessThanOrEqual(text.length);
        last = offset;
      }
    }),
  );
});

test('a command is one only where a word may start', () => {
  const commands = (text: string) =>
    plainText(text)
      .entities.filter(({ type }) => type === 'bot_command')
      .map(({ offset, length }) => text.slice(offset, offset + length));
  expect(commands('/a /b@some_bot x/c </d> /e/f /g.')).toEqual(['/a', '/b@some_bot', '/g']);
  expect(commands('/deploy_v2 ü/x /ü')).toEqual(['/deploy_v2']);
});
