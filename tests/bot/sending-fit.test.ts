import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fitCall, fitHtml, LONGEST } from '../../src/bot/fit-text.ts';
import { type Html, html } from '../../src/bot/html.ts';
import { cleanName } from '../../src/bot/names.ts';
import { formattedText } from '../../src/sandbox/telegram/text/formatted.ts';

const RUNS = { numRuns: 300, seed: 5 };

/** What people write, at its worst: markup, references, halves of characters, marks, both directions. */
const words = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.constantFrom('<b>', '</code>', '&amp;', '&', '"', '\n\n', '🧨', '\u202e', '\ud83d', 'e\u0301', '&#x41;'),
  fc
    .tuple(fc.constantFrom('x', '<', '&', '🧨', ' '), fc.nat(1500))
    .map(([unit, times]) => unit.repeat(times)),
);

const markup: fc.Arbitrary<Html> = fc.letrec<{ part: Html; tree: Html }>((tie) => ({
  part: fc.oneof(
    { maxDepth: 4 },
    words.map((text) => html`${text}`),
    tie('tree'),
  ),
  tree: fc
    .tuple(fc.constantFrom('b', 'i', 'code', 'a', 'blockquote'), fc.array(tie('part'), { maxLength: 4 }))
    .map(([tag, parts]) => {
      const inner = html`${parts}`;
      if (tag === 'b') return html`<b>${inner}</b>`;
      if (tag === 'i') return html`<i>${inner}</i>`;
      if (tag === 'code') return html`<code>${inner}</code>`;
      if (tag === 'a') return html`<a href="tg://user?id=1">${inner}</a>`;
      return html`<blockquote expandable>${inner}</blockquote>`;
    }),
})).tree;

/** The characters that Telegram would show. Throws where it would refuse the markup. */
function shown(text: string): string {
  return formattedText(text, 'HTML', undefined, () => undefined).text;
}

test('whatever is said, what is cut is markup that Telegram takes, and not longer than it may be', () => {
  fc.assert(
    fc.property(markup, fc.integer({ min: 1, max: 600 }), ({ text }, max) => {
      const { text: cut } = fitCall('sendMessage', { text: fitHtml(text, max), parse_mode: 'HTML' });
      expect(shown(cut).length).toBeLessThanOrEqual(max);
      expect(Buffer.from(cut).toString()).toBe(cut);
    }),
    RUNS,
  );
});

test('what fits is left as it is', () => {
  fc.assert(
    fc.property(markup, ({ text }) => {
      fc.pre(text.length < 32_768);
      const length = shownUnits(text);
      expect(fitHtml(text, Math.max(1, length))).toBe(text);
      if (length > 2) expect(fitHtml(text, length - 1)).not.toBe(text);
    }),
    RUNS,
  );
});

/** Without trimming, which Telegram does on its own. */
function shownUnits(text: string): number {
  return text.replace(/<[^>]*>/g, '').replace(/&(amp|lt|gt|quot);/g, '.').length;
}

test('each field of a call has its own limit', () => {
  const long = 'x'.repeat(5_000);
  expect(fitCall('sendMessage', { text: long }).text).toHaveLength(LONGEST.text);
  expect(fitCall('sendPhoto', { caption: long, parse_mode: 'HTML' }).caption).toHaveLength(LONGEST.caption);
  expect(fitCall('answerCallbackQuery', { text: long }).text).toHaveLength(LONGEST.answer);
  const button = { inline_keyboard: [[{ text: 'a\ud800', callback_data: 'w/1' }]] };
  expect(fitCall('sendMessage', { text: 'x', reply_markup: button }).reply_markup).toEqual({
    inline_keyboard: [[{ text: 'a\ufffd', callback_data: 'w/1' }]],
  });
});

test('a name is one line of bounded length that turns nothing around, whatever its owner has put in', () => {
  fc.assert(
    fc.property(fc.oneof(words, fc.string({ unit: 'binary', maxLength: 200 })), (name) => {
      const clean = cleanName(name);
      expect(clean).not.toMatch(/[\n\r\t\u2028\u2029\u202a-\u202e\u2066-\u2069\u200b]/);
      expect([...clean].length).toBeLessThanOrEqual(64);
      expect(clean.trim()).not.toBe('');
      expect(cleanName(clean)).toBe(clean);
    }),
    RUNS,
  );
  expect(cleanName('Ada \u202eb promoted')).toBe('Ada b promoted');
  expect(cleanName('Ada\n✅ approved by Ben')).toBe('Ada ✅ approved by Ben');
  expect(cleanName('\u200b\u200d')).toBe('Somebody without a name');
  expect(cleanName(`A${'\u0301'.repeat(50)}`)).toHaveLength(5);
});
