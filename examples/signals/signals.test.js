import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readSettings } from './settings.js';
import { outcomesBetween, statsAt } from './signals.js';

const DAY = 86_400_000;
const { model } = readSettings({});
/** A Monday. */
const BEGIN = Date.UTC(2026, 0, 5);

function signalsOf(day, of = model) {
  const from = BEGIN + day * DAY - 1;
  return outcomesBetween(from, from + DAY, of).filter(({ signal }) => signal);
}

test('a trading day has 3 to 7 signals, a weekend none', () => {
  for (let day = 0; day < 700; day++) {
    const count = signalsOf(day).length;
    if (day % 7 >= 5) assert.equal(count, 0);
    else assert.ok(count >= 3 && count <= 7, `${count} signals on day ${day}`);
  }
});

test('any week comes to 3 to 7 a day on average', () => {
  for (let day = 0; day < 700; day++) {
    const { signals } = statsAt(BEGIN + day * DAY + 3_600_000, model).week;
    assert.ok(signals / 7 >= 3 && signals / 7 <= 7, `${signals} signals in the week up to day ${day}`);
  }
});

test('no signal is of low quality or outside the sessions', () => {
  for (let day = 0; day < 200; day++) {
    for (const { quality, session, at } of signalsOf(day)) {
      assert.ok(quality >= 70 && quality <= 100);
      assert.ok(['london', 'london-new-york', 'new-york'].includes(session), new Date(at).toISOString());
    }
  }
});

test('however a day is cut up, the same comes of it', () => {
  for (let day = 0; day < 50; day++) {
    const from = BEGIN + day * DAY - 1;
    const whole = outcomesBetween(from, from + DAY, model);
    const parts = Array.from({ length: 144 }, (_, n) =>
      outcomesBetween(from + n * 600_000, from + (n + 1) * 600_000, model),
    ).flat();
    assert.deepEqual(parts, whole);
  }
});

test('each switch breaks what it says', () => {
  const week = (env) => statsAt(BEGIN + 7 * DAY, readSettings(env).model).week;
  assert.ok(week({ SIGNALS_A_DAY: '12' }).signals / 7 > 7);
  assert.ok(week({ SIGNALS_A_DAY: '1' }).signals / 7 < 3);
  assert.ok(week({ QUALITY_FLOOR: '20' }).quality.min < 70);
  assert.ok(week({ IGNORE_SESSIONS: '1' }).outOfSession > 0);
  assert.equal(week({}).outOfSession, 0);
  assert.throws(() => readSettings({ FAIL_RATE: '2' }), /FAIL_RATE is a number from 0 to 1, not "2"/);
  assert.throws(() => readSettings({ BREAK_APPROVALS: 'yes' }), /BREAK_APPROVALS is "0" or "1"/);
});

test('an evaluation writes signals and notifications, once each', async (t) => {
  const server = spawn(process.execPath, [fileURLToPath(new URL('server.js', import.meta.url))], {
    env: { ...process.env, PORT: '0', GAE_VERSION: '' },
  });
  t.after(() => server.kill());
  const lines = [];
  server.stdout.on('data', (chunk) => {
    for (const line of String(chunk).split('\n').filter(Boolean)) lines.push(JSON.parse(line));
  });
  await once(server.stdout, 'data');
  const url = `http://127.0.0.1:${lines[0].port}`;
  // One request in a thousand fails on purpose.
  const ask = async (path, time, method = 'GET') => {
    for (;;) {
      const reply = await fetch(url + path, { method, headers: { date: new Date(time).toUTCString() } });
      if (reply.status !== 500) return reply;
    }
  };
  await ask('/tasks/evaluate', BEGIN);
  await ask('/tasks/evaluate', BEGIN + DAY - 1000);
  await ask('/tasks/evaluate', BEGIN + DAY - 1000);
  const { today } = await (await ask('/stats', BEGIN + DAY - 1000)).json();
  const of = (event) => lines.filter((line) => line.event === event);
  assert.equal(of('signal').length, today.signals);
  assert.equal(of('rejected').length, today.rejected);
  assert.equal(of('notification').filter(({ delivered }) => delivered).length, today.signals);
  assert.equal((await (await ask('/signals/3/approve', BEGIN, 'POST')).json()).approved, true);
  await ask('/signals/3/approve', BEGIN, 'POST');
  assert.equal(of('approval').length, 1);
  assert.equal((await ask('/signals/99/approve', BEGIN, 'POST')).status, 404);
});
