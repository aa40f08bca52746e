import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ApiError } from '../../src/sandbox/telegram/errors.ts';
import { paramsOf } from '../../src/sandbox/telegram/params.ts';
import { readRichMessage } from '../../src/sandbox/telegram/rich/read.ts';
import { ADA, botAt, GROUP, polling, telegram, thrown } from './support.ts';

const CARD = `# default: *v1* to **50 %**

- [x] Backup
- [ ] Gate

| Metric | Value |
|:-------|------:|
| p95    | **184** ms |

> Asked by Ada

<details open><summary>Log</summary>

1. first \`code <b>\`
2. see https://example.org/a_b

</details>

---
\`\`\`sh
gcloud app deploy && echo "<done>"
\`\`\`
<tg-button-row align="center">
<tg-button type="callback_data" data="go" style="success">Promote</tg-button>
<tg-button type="disabled">Hold</tg-button>
</tg-button-row>`;

const CARD_BLOCKS = [
  {
    type: 'heading',
    size: 1,
    text: ['default: ', { type: 'italic', text: ['v1'] }, ' to ', { type: 'bold', text: ['50 %'] }],
  },
  {
    type: 'list',
    items: [
      {
        label: '•',
        has_checkbox: true,
        is_checked: true,
        blocks: [{ type: 'paragraph', text: 'Backup' }],
      },
      { label: '•', has_checkbox: true, blocks: [{ type: 'paragraph', text: 'Gate' }] },
    ],
  },
  {
    type: 'table',
    is_bordered: true,
    cells: [
      [
        { text: 'Metric', is_header: true, align: 'left', valign: 'top' },
        { text: 'Value', is_header: true, align: 'right', valign: 'top' },
      ],
      [
        { text: 'p95', align: 'left', valign: 'top' },
        { text: [{ type: 'bold', text: ['184'] }, ' ms'], align: 'right', valign: 'top' },
      ],
    ],
  },
  { type: 'blockquote', blocks: [{ type: 'paragraph', text: 'Asked by Ada' }] },
  {
    type: 'details',
    summary: 'Log',
    is_open: true,
    blocks: [
      {
        type: 'list',
        items: [
          {
            label: '1.',
            value: 1,
            blocks: [{ type: 'paragraph', text: ['first ', { type: 'code', text: 'code <b>' }] }],
          },
          {
            label: '2.',
            value: 2,
            blocks: [
              {
                type: 'paragraph',
                text: [
                  'see ',
                  { type: 'url', text: 'https://example.org/a_b', url: 'https://example.org/a_b' },
                ],
              },
            ],
          },
        ],
      },
    ],
  },
  { type: 'divider' },
  { type: 'pre', text: 'gcloud app deploy && echo "<done>"', language: 'sh' },
  {
    type: 'buttons',
    align: 'center',
    buttons: [
      { text: 'Promote', callback_data: 'go', style: 'success' },
      { text: 'Hold', disabled: {} },
    ],
  },
];

test('Markdown comes back as blocks, and its buttons can be pressed', async () => {
  const server = await telegram();
  const bot = botAt(server.url);
  bot.callbackQuery('go', (ctx) => ctx.answerCallbackQuery('gone'));
  await polling(bot);
  const sent = await bot.api.raw.sendRichMessage({ chat_id: GROUP, rich_message: { markdown: CARD } });
  expect(sent.rich_message?.blocks).toEqual(CARD_BLOCKS);
  expect(sent).not.toHaveProperty('text');
  expect(await server.messages()).toMatchObject([{ rich_message: { blocks: CARD_BLOCKS } }]);
  expect(await server.press(ADA, sent.message_id, 'Promote')).toMatchObject({ text: 'gone' });
  expect(await server.press(ADA, sent.message_id, 'Hold')).toMatchObject({ ok: false });
});

test('what comes back as blocks can be sent as blocks again, and edited from text and back', async () => {
  const server = await telegram();
  const { api } = botAt(server.url);
  const blocks = [
    {
      type: 'heading',
      size: 2,
      text: ['at ', { type: 'date_time', text: 'noon', unix_time: 1, date_time_format: 'wDT' }],
    },
    { type: 'pullquote', text: 'less is more', credit: 'somebody' },
  ];
  const call = async (method: string, params: object) => server.call(method, { chat_id: GROUP, ...params });
  const { message_id } = await api.sendMessage(GROUP, 'plain');
  const rich = await call('editMessageText', { message_id, rich_message: { blocks } });
  expect(rich.result).toMatchObject({ message_id, rich_message: { blocks } });
  expect(rich.result).not.toHaveProperty('text');
  expect((await call('editMessageText', { message_id, rich_message: { blocks } })).description).toContain(
    'message is not modified',
  );
  expect((await call('editMessageText', { message_id, text: 'plain' })).result).toMatchObject({
    text: 'plain',
  });
  expect((await call('editMessageCaption', { message_id, caption: 'x' })).ok).toBe(false);
});

test('HTML: styles nest, spaces collapse, lists count, tables span', async () => {
  const server = await telegram();
  const html = `<p>Hello  <b>bold <i>and</i> more</b>,<br/>
    <a href="tg://user?id=${ADA}">Ada</a> &lt;3 /status</p>
    <ol start="3" type="a"><li>three</li><li value="7" type="i">seven</li></ol>
    <ol reversed><li>x</li><li>y</li></ol>
    <blockquote expandable>long<cite>me</cite></blockquote>
    <table compact><caption>c</caption><tr><td colspan="2" valign="middle">wide</td></tr></table>`;
  const { result } = await server.call('sendRichMessage', { chat_id: GROUP, rich_message: { html } });
  expect((result as { rich_message: { blocks: unknown[] } }).rich_message.blocks).toMatchObject([
    {
      type: 'paragraph',
      text: [
        'Hello ',
        { type: 'bold', text: ['bold ', { type: 'italic', text: ['and'] }, ' more'] },
        ',\n',
        { type: 'text_mention', text: ['Ada'], user: { id: ADA } },
        ' <3 ',
        { type: 'bot_command', text: '/status', bot_command: '/status' },
      ],
    },
    { items: [{ label: 'c.' }, { label: 'vii.', value: 7, type: 'i' }] },
    { items: [{ label: '2.' }, { label: '1.' }] },
    { type: 'expandable_blockquote', text: 'long', credit: 'me' },
    { is_compact: true, caption: 'c', cells: [[{ colspan: 2, valign: 'middle' }]] },
  ]);
});

const paragraphs = (count: number) => ({
  blocks: Array.from({ length: count }, () => ({ type: 'paragraph', text: 'x' })),
});
const nested = (levels: number): unknown =>
  levels === 1
    ? { type: 'paragraph', text: 'x' }
    : { type: 'details', summary: 's', blocks: [nested(levels - 1)] };
const row = (count: number) => ({
  blocks: [{ type: 'table', cells: [Array.from({ length: count }, () => ({ text: 'x' }))] }],
});

test.each([
  ['500 blocks', paragraphs(500)],
  ['16 levels', { blocks: [nested(16)] }],
  ['32,768 characters', { blocks: [{ type: 'paragraph', text: '🚀'.repeat(32_768) }] }],
  ['20 columns', row(20)],
])('just within the limits: %s', async (_, rich_message) => {
  const server = await telegram();
  expect((await server.call('sendRichMessage', { chat_id: GROUP, rich_message })).ok).toBe(true);
});

test.each([
  ['501 blocks', paragraphs(501), '501 blocks, at most 500'],
  ['17 levels', { blocks: [nested(17)] }, '17 levels, at most 16'],
  ['32,769 characters', { markdown: 'x'.repeat(32_769) }, '32769 characters, at most 32768'],
  ['21 columns', row(21), '21 columns, at most 20'],
  ['nothing to say', { html: '<p> </p>' }, 'must be non-empty'],
  ['no form', {}, 'exactly one of'],
  ['two forms', { html: 'x', markdown: 'x' }, 'exactly one of'],
  ['a tag that is open', { html: '<b>x' }, 'can\'t find the end tag of "<b>"'],
  ['tags that cross', { html: '<b><i>x</b></i>' }, 'unexpected end tag "</b>"'],
  ['media', { markdown: 'x ![](https://example.org/a.png)' }, 'tag "img"'],
  ['an unknown block', { blocks: [{ type: 'map' }] }, 'does not model blocks of type "map"'],
  ['a link that is none', { html: '<a href="http://localhost/">x</a>' }, 'is invalid'],
  [
    'a long callback',
    { html: `<tg-button type="callback_data" data="${'x'.repeat(65)}">x</tg-button>` },
    'BUTTON_DATA_INVALID',
  ],
  [
    'a style there is not',
    { html: '<tg-button type="url" url="https://t.me" style="link">x</tg-button>' },
    'for callback buttons only',
  ],
])('refused: %s', async (_, rich_message, words) => {
  const server = await telegram();
  const { api } = botAt(server.url);
  const error = await thrown(
    api.raw.sendRichMessage({ chat_id: GROUP, rich_message: rich_message as never }),
  );
  expect(error).toMatchObject({ error_code: 400, description: expect.stringContaining(words) });
  expect(await server.messages()).toEqual([]);
});

test('whatever Markdown or HTML it is given, it is read or refused, never a failure of the server', () => {
  const pieces = [
    '*',
    '**',
    '_',
    '`',
    '```\n',
    '~~',
    '||',
    '==',
    '[x](',
    'http://a.b',
    ')',
    '\n',
    '\n\n',
    '> ',
    '- ',
  ]
    .concat([
      '1. ',
      '- [x] ',
      '| a | b |\n',
      '|--|--|\n',
      '# ',
      '---\n',
      '<b>',
      '</b>',
      '<details>',
      '</details>',
    ])
    .concat([
      '<summary>',
      '</summary>',
      '<table>',
      '<tr>',
      '<td>',
      '</td>',
      '</tr>',
      '</table>',
      '&lt;',
      '&#99999999;',
    ])
    .concat(['<tg-button type="url" url="', '">', '\\', '  ', 'a', '🚀', '\ue0000\ue000', '<', '>']);
  const whoIs = () => undefined;
  const outcomes = { read: 0, refused: 0 };
  const source = fc.array(fc.constantFrom(...pieces), { maxLength: 40 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(fc.constantFrom('markdown', 'html'), source, (form, text) => {
      const params = paramsOf({ rich_message: { [form]: text } });
      try {
        expect(readRichMessage(params, whoIs).blocks.length).toBeGreaterThan(0);
        outcomes.read++;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        outcomes.refused++;
      }
    }),
    { seed: 7, numRuns: 1_000 },
  );
  expect(outcomes.read).toBeGreaterThan(100);
  expect(outcomes.refused).toBeGreaterThan(100);
});
