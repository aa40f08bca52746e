import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { enoughFor, FALSE_ALARM } from '../../src/monitor/judge/budget.ts';
import { ENOUGH } from '../../src/monitor/judge/constants.ts';

describe('the evidence for a share of false alarms', () => {
  it('is what the judge goes by when nobody says otherwise', () => {
    expect(enoughFor(FALSE_ALARM)).toBeCloseTo(ENOUGH, 10);
  });
  it('grows as fewer are allowed', () => {
    const share = fc.double({ min: 1e-6, max: 0.999, noNaN: true });
    fc.assert(
      fc.property(share, share, (a, b) => {
        if (a < b * (1 - 1e-9)) expect(enoughFor(a)).toBeGreaterThan(enoughFor(b));
      }),
    );
  });
  it.each([0, 1, -0.1, 5, Number.NaN])('refuses %s', (share) => {
    expect(() => enoughFor(share)).toThrow(/above 0 and below 1.*but got/);
  });
});
