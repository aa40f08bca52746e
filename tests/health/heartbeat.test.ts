import { expect, test, vi } from 'vitest';
import { createHeartbeat } from '../../src/health/heartbeat.ts';
import { MINUTE } from '../../src/plan/duration.ts';
import { type Reply, scriptedServer } from '../deploy/scripted-server.ts';

test('one beat a minute while all is well; what fails is noted once, what works again too, the address never', async () => {
  let reply: Reply = { json: {} };
  const { url, seen } = await scriptedServer(() => reply);
  let now = 0;
  let healthy = true;
  const notes: string[] = [];
  const beat = createHeartbeat({
    url: `${url}/ping/hidden`,
    clock: { now: () => now, sleep: () => Promise.resolve() },
    healthy: () => healthy,
    note: (message) => void notes.push(message),
  });
  /** A minute of calls, and the beat that comes of it. */
  const minute = async () => {
    const before = seen.length;
    for (let i = 0; i < 60; i++) {
      beat();
      now += 1_000;
    }
    await vi.waitFor(() => expect(seen.length).toBe(before + 1), 20_000);
  };

  await minute();
  expect(seen[0]).toMatchObject({ method: 'GET', url: '/ping/hidden' });
  reply = { json: {}, status: 500 };
  await minute();
  await vi.waitFor(() => expect(notes).toEqual(['the heartbeat does not get through: HTTP 500']), 20_000);
  reply = { cut: true };
  await minute();
  reply = { json: {} };
  await minute();
  await vi.waitFor(() => expect(notes.at(-1)).toBe('the heartbeat gets through again'), 20_000);
  expect(notes).toHaveLength(2);
  expect(notes.join()).not.toMatch(/hidden/);

  healthy = false;
  const before = seen.length;
  now += MINUTE;
  beat();
  now += MINUTE;
  healthy = true;
  await minute();
  expect(seen.length).toBe(before + 1);
});
