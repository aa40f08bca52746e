import { describe, expect, it } from 'vitest';
import { judge, judgeWithCommands, rehearse } from '../../src/monitor/index.ts';
import type { Verdict } from '../../src/plan/verdict.ts';
import { START, simulate } from './simulate.ts';

const THROUGH = START + 30 * 60_000;
const passing = { name: 'orders', ok: true, why: '', tail: '12 orders' };
const failing = { name: 'stock', ok: false, why: 'ended with 1', tail: 'looking\n  3 items missing  \n\n' };
const window = { from: START, canaryShare: 0.1, durationMin: 30, history: [] };
const traffic = { seed: 1, perSecond: 5, share: 0.1, minutes: 30, baseErrors: 0.001, canaryErrors: 0.001 };

describe('beside the figures', () => {
  const good = judge(window, simulate(traffic));
  it('commands that pass are told, and change nothing', () => {
    expect(judgeWithCommands(good, [passing], THROUGH)).toEqual({
      ...good,
      reasons: [...good.reasons, 'Passed: orders.'],
    });
    expect(judgeWithCommands(good, [], THROUGH)).toEqual(good);
  });
  it('one that fails makes it bad, whatever the figures say, and comes first', () => {
    const verdict = judgeWithCommands(good, [passing, failing], THROUGH);
    expect(verdict).toEqual({
      ...good,
      answer: 'bad',
      reasons: ['stock ended with 1: 3 items missing', ...good.reasons],
    });
  });
  it.each<Verdict['answer']>(['bad', 'no-data', 'too-little-traffic', 'query-failed'])(
    'commands that pass make nothing good of %s',
    (answer) => {
      expect(judgeWithCommands({ ...good, answer }, [passing], THROUGH).answer).toBe(answer);
    },
  );
});

describe('without figures', () => {
  it('the commands alone decide, and that is said', () => {
    expect(judgeWithCommands(undefined, [passing, { ...passing, name: 'pulse' }], THROUGH)).toEqual({
      answer: 'good',
      reasons: ['Passed: orders, pulse.', 'The plan asks for no figures: the commands alone decided.'],
      canary: { requests: 0, errors: 0 },
      baseline: { requests: 0, errors: 0 },
      through: THROUGH,
    });
    const silent = { ...failing, tail: '' };
    const cut = {
      name: 'slow',
      ok: false,
      why: 'took longer than 5 minutes and was ended',
      tail: 'x'.repeat(500),
    };
    const verdict = judgeWithCommands(undefined, [silent, passing, cut], THROUGH);
    expect(verdict.answer).toBe('bad');
    expect(verdict.reasons[0]).toBe('stock ended with 1.');
    expect(verdict.reasons[1]).toMatch(/^slow took longer than 5 minutes and was ended: x{157}\.\.\.$/);
  });
  it('nothing at all never promotes', () => {
    expect(judgeWithCommands(undefined, [], THROUGH).answer).toBe('no-data');
  });
});

describe('in rehearsal', () => {
  const good: Verdict = {
    answer: 'good',
    reasons: ['Errors 0.1 % against 0.1 %.'],
    canary: { requests: 900, errors: 1 },
    baseline: { requests: 8_100, errors: 9 },
    through: THROUGH,
  };
  it('a verdict tells what it would have done, and has no say', () => {
    const verdict = judgeWithCommands(rehearse({ ...good, answer: 'bad' }), [passing], THROUGH);
    expect(verdict).toMatchObject({ answer: 'bad', rehearsal: true });
    expect(verdict.reasons).toEqual([
      'In rehearsal: it would have asked for a rollback.',
      'Errors 0.1 % against 0.1 %.',
      'Passed: orders.',
    ]);
    expect(rehearse(good).reasons[0]).toBe('In rehearsal: it would have offered the promotion.');
    expect(rehearse({ ...good, answer: 'no-data' }).reasons[0]).toBe('In rehearsal: it would have waited.');
  });
  it('a command that fails has its say', () => {
    const verdict = judgeWithCommands(rehearse(good), [failing], THROUGH);
    expect(verdict.answer).toBe('bad');
    expect(verdict.rehearsal).toBeUndefined();
    expect(verdict.reasons[0]).toMatch(/^stock ended with 1/);
  });
});
