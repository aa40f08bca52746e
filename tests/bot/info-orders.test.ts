import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Html, html } from '../../src/bot/html.ts';
import { fitLines, LONGEST } from '../../src/bot/info/fit.ts';
import { parseFreeze, parseServiceReason } from '../../src/bot/info/orders.ts';
import { wallTime } from '../../src/plan/local-time.ts';

/** Monday, 12:00 in London and 07:00 in New York. */
const NOW = Date.UTC(2026, 10, 23, 12);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

test.each([
  ['An audit', { why: 'An audit' }],
  ['for the audit', { why: 'for the audit' }],
  ['forever', { why: 'forever' }],
  ['for 2 h Lunch', { why: 'Lunch', until: NOW + 2 * HOUR }],
  ['for 2h An audit', { why: 'An audit', until: NOW + 2 * HOUR }],
  ['FOR 1h 30m  two\nlines', { why: 'two lines', until: NOW + 1.5 * HOUR }],
  ['for 1d12h <b>Why</b> & more', { why: '<b>Why</b> & more', until: NOW + 36 * HOUR }],
  ['until 18:00 The market is open', { why: 'The market is open', until: NOW + 6 * HOUR }],
  ['until 11:59 Lunch', { why: 'Lunch', until: NOW + DAY - 60_000 }],
  ['until 12:00 Lunch', { why: 'Lunch', until: NOW + DAY }],
  ['until 2026-12-24 Holidays', { why: 'Holidays', until: Date.UTC(2026, 11, 25) }],
  ['until 2026-12-24 18:00 Holidays', { why: 'Holidays', until: Date.UTC(2026, 11, 24, 18) }],
  ['until 2026-12-24T18:00 at 9:00 again', { why: 'at 9:00 again', until: Date.UTC(2026, 11, 24, 18) }],
  ['until 2026-11-23 Today', { why: 'Today', until: Date.UTC(2026, 10, 24) }],
])('/freeze %s', (text, order) => {
  expect(parseFreeze(text, NOW, 'Europe/London')).toEqual(order);
});

test.each([
  ['', /^Why is nothing to be let out\? Such as: \/freeze until 18:00/],
  ['for 2h', /^Add why, for the record\./],
  ['until 18:00', /^Add why, for the record\./],
  ['until 2026-12-24 18:00', /^Add why, for the record\./],
  [
    'until further notice',
    /^After 'until' comes a time such as 18:00, .* \(Europe\/London\), not 'further'\. .*leave 'until' out/,
  ],
  ['until 25:00 Late', /not '25:00'/],
  ['until 2026-02-30 Never', /not '2026-02-30'/],
  ['until', /not ''/],
  [
    'until 2026-11-22 Yesterday',
    /^'2026-11-22' was already \(23 Nov 2026, 00:00 UTC\)\. Name a time to come\./,
  ],
  ['until 2026-11-23 11:00 Today', /^'2026-11-23 11:00' was already/],
  ['for 2 days A rest', /^After 'for' comes a time such as 30m, 2h or 1d 12h, not '2 days'/],
  ['for 3 reasons', /^After 'for' comes .*, not '3 reasons'/],
  ['for 10s A breath', /^A freeze lasts a minute at least, not 10 seconds/],
])('/freeze %s is answered with what was expected', (text, sentence) => {
  const read = parseFreeze(text, NOW, 'Europe/London');
  expect('problem' in read ? read.problem : read).toMatch(sentence);
});

test('a time of day is the next one that clocks there show', () => {
  expect(parseFreeze('until 18:00 x', NOW, 'America/New_York')).toMatchObject({ until: NOW + 11 * HOUR });
  // Clocks in New York are put forward at 02:00 on 8 March 2026.
  const night = Date.UTC(2026, 2, 8, 5);
  expect(parseFreeze('until 02:30 x', night, 'America/New_York')).toMatchObject({
    until: Date.UTC(2026, 2, 8, 7, 30),
  });
  const moment = fc.date({ min: new Date('2026-01-01'), max: new Date('2027-12-31'), noInvalidDate: true });
  const zone = fc.constantFrom(
    'UTC',
    'Europe/London',
    'America/New_York',
    'Asia/Kathmandu',
    'Australia/Lord_Howe',
  );
  const time = fc.record({ hour: fc.integer({ min: 4, max: 23 }), minute: fc.integer({ min: 0, max: 59 }) });
  fc.assert(
    fc.property(moment, zone, time, (date, where, { hour, minute }) => {
      const now = date.getTime();
      const words = `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
      const read = parseFreeze(`until ${words} x`, now, where);
      const until = 'until' in read ? (read.until ?? Number.NaN) : Number.NaN;
      expect(until).toBeGreaterThan(now);
      expect(until - now).toBeLessThanOrEqual(25 * HOUR);
      expect(new Date(wallTime(until, where)).toISOString().slice(11, 16)).toBe(words);
    }),
  );
});

test('whatever is typed is an order or a sentence', () => {
  const word = fc.oneof(
    fc.constantFrom('until', 'for', '2h', '18:00', '2026-12-24', 'T', '-1d'),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(word), (words) => {
      const read = parseFreeze(words.join(' '), NOW, 'UTC');
      if ('problem' in read) expect(read.problem).toMatch(/[.)]$/);
      else {
        expect(read.why.trim()).not.toBe('');
        if (read.until !== undefined) expect(read.until).toBeGreaterThan(NOW);
      }
    }),
  );
});

test('a service and why', () => {
  expect(parseServiceReason(' default  Data is\nmoved ', '/lock')).toEqual({
    service: 'default',
    why: 'Data is moved',
  });
  expect(parseServiceReason('', '/lock')).toEqual({
    problem: 'Which service, and why? /lock SERVICE REASON.',
  });
  expect(parseServiceReason('default', '/unlock')).toEqual({
    problem: 'Add why, for the record: /unlock default REASON.',
  });
});

test('lines that are too many are cut where a line ends, with a word on the rest', () => {
  const rest = (left: number) => html`… and ${left} more`;
  const line = (text: string) => html`<b>${text}</b> & more`;
  expect(fitLines([line('a'), line('b')], rest)).toBe('<b>a</b> & more\n<b>b</b> & more');
  const shown = (text: string) => text.replace(/<[^>]*>/g, '').replace(/&(amp|lt|gt|quot);/g, '.');
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 400 }), { maxLength: 40 }), (texts) => {
      const lines = texts.map((text) => line(text.replaceAll('\n', ' ')));
      const fitted = fitLines(lines, rest);
      expect(shown(fitted).length).toBeLessThanOrEqual(LONGEST);
      const kept = fitted.split('\n');
      const left = /^… and (\d+) more$/.exec(kept.at(-1) ?? '')?.[1];
      const whole = left === undefined ? kept : kept.slice(0, -1);
      expect(whole.join('\n')).toBe(html`${lines.slice(0, lines.length - Number(left ?? 0))}`.text);
    }),
  );
  expect(fitLines([new Html('x'.repeat(5_000))], rest)).toBe('… and 1 more');
});
