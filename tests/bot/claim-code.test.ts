import { expect, test } from 'vitest';
import { drawClaimCode } from '../../src/bot/team/claim-code.ts';
import type { Clock } from '../../src/plan/clock.ts';

function handClock(): Clock & { now: () => number; turn(ms: number): void } {
  let at = 1_000;
  return {
    now: () => at,
    sleep: () => Promise.reject(new Error('Nobody sleeps here.')),
    turn(ms) {
      at += ms;
    },
  };
}

test('it is good for an hour', () => {
  const clock = handClock();
  const code = drawClaimCode(clock);
  clock.turn(60 * 60_000 - 1);
  expect(code.check(code.text, 1)).toBe('right');
  clock.turn(1);
  expect(code.check(code.text, 1)).toBe('expired');
});

test('five wrong codes are one person’s, a hundred everybody’s', () => {
  const code = drawClaimCode(handClock());
  for (let person = 1; person <= 20; person++) {
    expect(code.check(code.text, person)).toBe('right');
    for (let i = 0; i < 5; i++) expect(code.check('wrong', person)).toBe('wrong');
    expect(code.check(code.text, person)).toBe(person < 20 ? 'too many' : 'expired');
  }
  expect(code.check(code.text, 21)).toBe('expired');
});

test('codes differ, and have nothing that a font confuses', () => {
  const texts = Array.from({ length: 200 }, () => drawClaimCode(handClock()).text);
  expect(new Set(texts).size).toBe(200);
  for (const text of texts) expect(text).toMatch(/^[2-9A-HJKMNP-Z]{5}-[2-9A-HJKMNP-Z]{5}$/);
});
