import { expect, test } from 'vitest';
import { ADA, botAt, GROUP, telegram } from './support.ts';

const parse_mode = 'MarkdownV2';

/** The text that comes of it, and its entities in short. */
async function sent(text: string): Promise<readonly unknown[]> {
  const server = await telegram();
  const message = await botAt(server.url).api.sendMessage(GROUP, text, { parse_mode });
  const entities = (message.entities ?? []).map((entity) => {
    const { type, offset, length } = entity;
    const argument = 'url' in entity ? entity.url : 'language' in entity ? entity.language : undefined;
    return [type, offset, length, ...(argument === undefined ? [] : [argument])].join(' ');
  });
  return [message.text, ...entities];
}

test.each([
  [
    '*bold* _italic_ __under__ ~gone~ ||secret||',
    'bold italic under gone secret',
    'bold 0 4',
    'italic 5 6',
    'underline 12 5',
    'strikethrough 18 4',
    'spoiler 23 6',
  ],
  ['*bold _both_*', 'bold both', 'bold 0 5', 'bold 5 4', 'italic 5 4'],
  ['1\\. a\\-b \\\\ \\🚀', '1. a-b \\ \\🚀'],
  ['`a*b_c\\`d`', 'a*b_c`d', 'code 0 7'],
  ['```sh\nls -l\n```', 'ls -l', 'pre 0 5 sh'],
  ['```\nls -l```', 'ls -l', 'pre 0 5'],
  [
    '[here](https://t.me/a_\\)b) and [t\\.me/x]',
    'here and t.me/x',
    'text_link 0 4 https://t.me/a_)b',
    'text_link 9 6 http://t.me/x',
  ],
  ['[no](ftp://x)', 'no'],
  [`[you](tg://user?id=${ADA})`, 'you', 'text_mention 0 3'],
  ['>one *two*\n>three\nafter', 'one two\nthree\nafter', 'blockquote 0 13', 'bold 4 3'],
  ['**>one\n>two||\nafter', 'one\ntwo\nafter', 'expandable_blockquote 0 7'],
])('%j', async (source, ...expected) => {
  expect(await sent(source)).toEqual(expected);
});

test.each([
  ['1. x', "Character '.' is reserved and must be escaped with the preceding '\\'"],
  ['a-b', "Character '-' is reserved and must be escaped with the preceding '\\'"],
  ['a | b', "Character '|' is reserved and must be escaped with the preceding '\\'"],
  ['![👍](tg://emoji?id=1)', "Character '!' is reserved and must be escaped with the preceding '\\'"],
  ['é *bold', "Can't find end of Bold entity at byte offset 3"],
  ['_a __b_', "Can't find end of Italic entity at byte offset 6"],
  ['```sh\nls', "Can't find end of PreCode entity at byte offset 0"],
  ['`x', "Can't find end of Code entity at byte offset 0"],
  ['[x](http://a.b', "Can't find end of a URL at byte offset 4"],
  ['>*one\ntwo*', "Can't find end of Bold entity at byte offset 1"],
])('%j is refused', async (text, words) => {
  const server = await telegram();
  const answer = await server.call('sendMessage', { chat_id: GROUP, text, parse_mode });
  expect(answer.description).toBe(`Bad Request: can't parse entities: ${words}`);
});
