import { expect, test } from 'vitest';
import { parseDuration, sayDuration } from '../../src/plan/duration.ts';

test.each([
  ['30m', 1_800_000],
  ['1h 30m', 5_400_000],
  ['90s', 90_000],
  ['2d', 172_800_000],
  ['0s', 0],
  ['', undefined],
  ['soon', undefined],
  ['30', undefined],
  ['-5m', undefined],
])('%s', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each([
  [0, '0 seconds'],
  [1_000, '1 second'],
  [60_000, '60 seconds'],
  [1_800_000, '30 minutes'],
  [3_600_000, '1 hour'],
  [5_400_000, '1 hour 30 minutes'],
  [7 * 86_400_000, '7 days'],
])('%d ms is said as %s', (ms, words) => {
  expect(sayDuration(ms)).toBe(words);
});
