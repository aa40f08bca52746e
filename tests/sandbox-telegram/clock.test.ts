import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { followingClock } from '../../src/plan/clock.ts';
import { openClock, SandboxClock } from '../../src/sandbox/clock.ts';
import { followSandbox } from '../../src/shared-sandbox.ts';
import { telegram, temporaryFolder } from './support.ts';

const HOUR = 3_600_000;

test('a new speed does not move the time, whatever the speeds', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0.5, max: 3600, noNaN: true }), { maxLength: 20 }), (speeds) => {
      const clock = new SandboxClock(60, Date.UTC(2026, 0, 1));
      for (const speed of speeds) {
        const [real, before] = [Date.now(), clock.now()];
        clock.setSpeed(speed);
        const after = clock.now();
        expect(after).toBeGreaterThanOrEqual(before);
        expect(after - before).toBeLessThanOrEqual((Date.now() - real + 1) * 3600);
        const { origin, epoch } = clock.reading;
        expect(epoch + (Date.now() - origin) * speed).toBeGreaterThanOrEqual(before);
      }
    }),
  );
  for (const speed of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => new SandboxClock(1).setSpeed(speed)).toThrow("A clock's speed is a number above 0");
  }
});

test('who sleeps wakes at the time that was meant when the speed changes meanwhile', async () => {
  const clock = new SandboxClock(1);
  const due = clock.now() + HOUR;
  const asleep = clock.sleep(HOUR);
  const rung: number[] = [];
  clock.alarm(due - HOUR / 2, () => rung.push(clock.now()));
  const calledOff = clock.alarm(due - 1, () => rung.push(0));
  calledOff();
  clock.setSpeed(36_000);
  await asleep;
  expect(clock.now()).toBeGreaterThanOrEqual(due);
  expect(rung).toHaveLength(1);
  expect(rung[0]).toBeGreaterThanOrEqual(due - HOUR / 2);
});

test('a sleep may be longer than a timer holds, and may be broken off', async () => {
  const clock = new SandboxClock(1);
  const stop = new AbortController();
  const asleep = clock.sleep(400 * 24 * HOUR, stop.signal);
  let woke = false;
  asleep.then(
    () => {
      woke = true;
    },
    () => undefined,
  );
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(woke).toBe(false);
  stop.abort(new Error('enough'));
  await expect(asleep).rejects.toThrow('enough');
});

test('the reading and the pace at which others ran on outlive the process', () => {
  const file = join(temporaryFolder(), 'clock.json');
  const first = openClock(file, 1);
  first.clock.setSpeed(3600);
  const before = first.clock.now();
  // Not closed: killed. The note of the change is there all the same.
  const second = openClock(file, 1);
  onTestFinished(() => {
    first.close();
    second.close();
  });
  expect(second.clock.now()).toBeGreaterThanOrEqual(before);
  expect(second.clock.speed).toBe(1);
});

test('a follower never goes back, and its sleepers are woken at the new pace', async () => {
  const now = Date.now();
  const clock = followingClock({ origin: now, epoch: 0, speed: 3600 });
  const asleep = clock.sleep(50 * HOUR);
  const before = clock.now();
  // As one hears late of it: the clock elsewhere has been slow for a while, and then runs faster than ever.
  clock.follow({ origin: now, epoch: 0, speed: 1 });
  expect(clock.now()).toBeGreaterThanOrEqual(before);
  clock.follow({ origin: Date.now(), epoch: before, speed: 3_600_000 });
  await asleep;
  expect(clock.now()).toBeGreaterThanOrEqual(50 * HOUR);
});

test('another process follows the clock through a change and through a restart', async () => {
  const clock = new SandboxClock(1);
  const dataDir = temporaryFolder();
  const server = await telegram({ clock, dataDir });
  const { clock: followed, stop } = followSandbox(server.url, clock.reading);
  onTestFinished(stop);
  const answer = await server.post('/_sandbox/speed', { speed: 3600 });
  expect(answer).toMatchObject({ ok: true, clock: { speed: 3600 } });
  expect(clock.speed).toBe(3600);
  await followed.sleep(2 * HOUR);
  expect(Math.abs(followed.now() - clock.now())).toBeLessThan(HOUR);

  await server.close();
  const later = new SandboxClock(600, clock.now());
  await telegram({ clock: later, dataDir, port: Number(new URL(server.url).port) });
  await expect.poll(() => Math.abs(followed.now() - later.now()) < HOUR / 60, { timeout: 20_000 }).toBe(true);
});

test('what is no speed is refused', async () => {
  const clock = new SandboxClock(7);
  const server = await telegram({ clock });
  for (const speed of [0, 0.5, 3601, '60', null, undefined]) {
    expect(await server.post('/_sandbox/speed', { speed })).toMatchObject({ ok: false, error_code: 400 });
  }
  const foreign = await fetch(`${server.url}/_sandbox/speed`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'sec-fetch-site': 'cross-site' },
    body: '{"speed": 60}',
  });
  expect(foreign.status).toBe(403);
  expect(clock.speed).toBe(7);
});
