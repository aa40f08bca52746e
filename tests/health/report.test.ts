import { expect, test } from 'vitest';
import { healthOf } from '../../src/health/report.ts';
import { createVitals } from '../../src/health/vitals.ts';

const START = Date.UTC(2026, 0, 5, 12);

/** A bot at `seconds` after its start. */
function bot() {
  let now = START;
  const vitals = createVitals({
    now: () => now,
    sleep: () => Promise.reject(new Error('nobody sleeps here')),
  });
  return {
    vitals,
    at(seconds: number) {
      now = START + seconds * 1_000;
      return healthOf(vitals, [], now);
    },
  };
}

test('who has just begun is well, though the first poll may take half a minute', () => {
  const { at } = bot();
  expect(at(1)).toMatchObject({ ok: true, polling: { ok: true }, ticker: { ok: true } });
  expect(at(1).polling).not.toHaveProperty('last');
});

test('a bot that Telegram does not answer is ill after 90 seconds, until it does', () => {
  const { vitals, at } = bot();
  for (let s = 0; s <= 91; s++) {
    at(s);
    vitals.notice({ kind: 'tick' });
  }
  expect(at(91)).toMatchObject({
    ok: false,
    polling: { ok: false, problem: 'Telegram has answered no poll within 90 seconds.' },
    ticker: { ok: true },
  });
  vitals.notice({ kind: 'telegram', method: 'getUpdates', outcome: 200 });
  expect(at(92)).toMatchObject({ ok: true, polling: { ok: true, last: '2026-01-05T12:01:31.000Z' } });
});

test('a ticker that stands still is told', () => {
  const { vitals, at } = bot();
  at(5);
  vitals.notice({ kind: 'tick' });
  expect(at(36)).toMatchObject({ ok: false, ticker: { ok: false, last: '2026-01-05T12:00:05.000Z' } });
});
