import { expect, test } from 'vitest';
import { followingClock } from '../../src/plan/clock.ts';
import { SandboxClock } from '../../src/sandbox/clock.ts';
import { telegram } from '../sandbox-telegram/support.ts';

const HOUR = 3_600_000;

test('paused it stands, for followers as well, and goes on from there at the next speed', async () => {
  const clock = new SandboxClock(3600);
  const followed = followingClock(clock.reading);
  clock.onChange((reading) => followed.follow(reading));
  clock.pause();
  expect(clock.speed).toBe(0);
  const stood = clock.now();
  let woken = 0;
  const asleep = Promise.all([clock, followed].map((one) => one.sleep(HOUR).then(() => (woken += 1))));
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect([clock.now(), woken]).toEqual([stood, 0]);
  expect(followed.now()).toBeGreaterThanOrEqual(stood);
  clock.setSpeed(36_000);
  await asleep;
  expect(clock.now()).toBeGreaterThanOrEqual(stood + HOUR);
});

test('a jump ahead wakes whoever waited for less, and leaves the speed as it was', async () => {
  const clock = new SandboxClock(1);
  const asleep = clock.sleep(HOUR);
  const before = clock.now();
  clock.jump(2 * HOUR);
  await asleep;
  expect(clock.now() - before).toBeGreaterThanOrEqual(2 * HOUR);
  expect(clock.speed).toBe(1);
  for (const ms of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
    expect(() => clock.jump(ms)).toThrow('jumps ahead by milliseconds above 0');
});

test('the clock is paused and moved over the wire, and what is no jump is refused in a sentence', async () => {
  const clock = new SandboxClock(60);
  const server = await telegram({ clock });
  expect(await server.post('/_sandbox/pause', {})).toMatchObject({ ok: true, clock: { speed: 0 } });
  const before = clock.now();
  expect(await server.post('/_sandbox/jump', { ms: HOUR })).toMatchObject({ ok: true });
  expect(clock.now() - before).toBe(HOUR);
  for (const ms of [0, -5, 1e12, '60', null]) {
    expect(await server.post('/_sandbox/jump', { ms })).toMatchObject({
      ok: false,
      description: expect.stringContaining('Expected ms'),
    });
  }
  expect(clock.now() - before).toBe(HOUR);
});
