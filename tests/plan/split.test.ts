import fc from 'fast-check';
import { expect, test } from 'vitest';
import { describeSplit, openGate, type Split, sameSplit, WHOLE } from '../../src/plan/split.ts';

/** Any split that App Engine could hold: up to five versions, thousandths that sum to one. */
const split = fc
  .array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 5 })
  .map((weights): Split => {
    const total = weights.reduce((a, b) => a + b, 0);
    const shares = weights.map((w) => Math.max(1, Math.floor((w / total) * 990)));
    shares[0] = (shares[0] ?? 0) + WHOLE - shares.reduce((a, b) => a + b, 0);
    return { shardBy: 'RANDOM', shares: Object.fromEntries(shares.map((share, i) => [`v${i}`, share])) };
  });
const shardBy = fc.constantFrom('RANDOM', 'COOKIE', 'IP') as fc.Arbitrary<'RANDOM' | 'COOKIE' | 'IP'>;
const share = fc.integer({ min: 1, max: 100 }).map((percent) => percent * 10);

test('an opened gate adds up exactly, gives the new version its share and leaves nobody at zero', () => {
  fc.assert(
    fc.property(split, shardBy, share, (base, by, wanted) => {
      const { shares } = openGate(base, 'new', wanted, by);
      const values = Object.values(shares);
      expect(values.reduce((a, b) => a + b, 0)).toBe(WHOLE);
      expect(values.every((value) => Number.isInteger(value) && value > 0)).toBe(true);
      expect(shares.new).toBe(wanted);
      if (by === 'IP') expect(values.every((value) => value % 10 === 0)).toBe(true);
    }),
  );
});

test('the old versions keep their proportions, to the smallest unit', () => {
  fc.assert(
    fc.property(split, share, (base, wanted) => {
      if (wanted === WHOLE) return;
      const { shares } = openGate(base, 'new', wanted, 'RANDOM');
      for (const [id, before] of Object.entries(base.shares)) {
        expect(Math.abs((shares[id] ?? 0) - (before * (WHOLE - wanted)) / WHOLE)).toBeLessThan(1);
      }
    }),
  );
});

test('at the whole, nobody else is left', () => {
  const base: Split = { shardBy: 'IP', shares: { v1: 700, v2: 300 } };
  expect(openGate(base, 'v3', WHOLE, 'COOKIE')).toEqual({ shardBy: 'COOKIE', shares: { v3: WHOLE } });
});

test('splits are the same by shares, and by who is diverted only where somebody is', () => {
  const whole: Split = { shardBy: 'UNSPECIFIED', shares: { v1: WHOLE } };
  expect(sameSplit(whole, { ...whole, shardBy: 'IP' })).toBe(true);
  const halves: Split = { shardBy: 'IP', shares: { v1: 500, v2: 500 } };
  expect(sameSplit(halves, { ...halves, shardBy: 'COOKIE' })).toBe(false);
  expect(sameSplit(halves, whole)).toBe(false);
  expect(describeSplit({ shardBy: 'IP', shares: { v2: 100, v1: 900 } })).toBe('v1 90 %, v2 10 %');
});
